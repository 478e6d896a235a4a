import type { Goal } from '../goals/demand.ts';
import type { Constraints } from '../goals/constraints.ts';
import type { GoalSpace, Shape } from '../goals/goal-space.ts';
import { isNamePossible, toMemberGoal } from '../goals/parts.ts';
import { strangeNames } from '../goals/refuse-members.ts';
import { ownObject } from '../json.ts';

/** A member that an object may have. */
interface PossibleMember {
  readonly goal: Goal;
  readonly height: number;
}

/** The members that objects of a shape are made of. */
export interface MemberPool {
  /** Those that are possible, in the order of the schema. */
  readonly members: ReadonlyMap<string, PossibleMember>;
  readonly required: ReadonlySet<string>;
  /** Named by the schema, and not required. */
  readonly declared: readonly string[];
  /** Of no name that the schema tells. */
  readonly strangers: readonly string[];
  /** The names that the presence of a name requires, all of them possible. */
  readonly needs: ReadonlyMap<string, readonly string[]>;
}

const maxStrangers = 12;
const pools = new WeakMap<Constraints, MemberPool>();

/** The members of a shape. */
export function listMembers(space: GoalSpace, { constraints }: Shape): MemberPool {
  const known = pools.get(constraints);
  if (known !== undefined) return known;
  const pool = createPool(space, constraints);
  pools.set(constraints, pool);
  return pool;
}

/** A name with all the names that it brings along; none when that is impossible. */
export function closeNames(pool: MemberPool, name: string): readonly string[] {
  const closed = new Set([name]);
  for (const each of closed) {
    if (!pool.members.has(each)) return [];
    for (const needed of pool.needs.get(each) ?? []) closed.add(needed);
  }
  return [...closed];
}

function createPool(space: GoalSpace, constraints: Constraints): MemberPool {
  const members = new Map<string, PossibleMember>();
  const add = (name: string): boolean => {
    if (members.has(name) || !isNamePossible(space.model, constraints, name)) return false;
    const goal = toMemberGoal(space.model, constraints, name);
    const height = space.heightOf(goal);
    if (height !== undefined) members.set(name, { goal, height });
    return height !== undefined;
  };
  const needs = new Map<string, readonly string[]>();
  for (const [name, needed] of constraints.dependentRequired)
    needs.set(name, [...(needs.get(name) ?? []), ...needed]);
  const declared = listDeclaredNames(space, constraints).filter(add);
  const strangers: string[] = [];
  for (const name of listStrangers(space, constraints)) {
    if (strangers.length >= Math.max(maxStrangers, constraints.minProperties)) break;
    if (add(name)) strangers.push(name);
  }
  const required = new Set(constraints.required);
  for (const name of required) for (const needed of needs.get(name) ?? []) required.add(needed);
  for (const name of required) add(name);
  return {
    members,
    required,
    declared: declared.filter((name) => !required.has(name)),
    strangers: strangers.filter((name) => !required.has(name)),
    needs,
  };
}

/** The names that stand in the schemas, and some for each of their patterns. */
function listDeclaredNames({ strings }: GoalSpace, constraints: Constraints): readonly string[] {
  const names = new Set<string>();
  const sources = [...constraints.sources, ...constraints.observers.flatMap(({ seen }) => seen)];
  for (const source of sources)
    for (const name of Object.keys(ownObject(source, 'properties'))) names.add(name);
  for (const name of constraints.required) names.add(name);
  for (const [name, needed] of constraints.dependentRequired)
    for (const each of [name, ...needed]) names.add(each);
  for (const source of sources) {
    const patterns = Object.keys(ownObject(source, 'patternProperties'));
    for (const pattern of patterns)
      for (const name of strings.find({ patterns: [pattern] }).slice(0, 4)) names.add(name);
    // Names that several patterns match are judged by all of their schemas.
    for (const [index, pattern] of patterns.entries()) {
      const other = patterns[index + 1];
      if (other !== undefined)
        for (const name of strings.find({ patterns: [pattern, other] }).slice(0, 2)) names.add(name);
    }
  }
  return [...names];
}

function* listStrangers({ findNames }: GoalSpace, constraints: Constraints): Iterable<string> {
  if (constraints.names.length > 0) yield* findNames(constraints.names);
  yield* strangeNames;
  for (let count = 1; count <= constraints.minProperties; count += 1) yield `member${count}`;
}
