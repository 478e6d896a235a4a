import type { JsonObject, JsonValue } from '../../../src/index.ts';
import { shuffle } from '../draw.ts';
import type { Constraints } from '../goals/constraints.ts';
import type { Shape } from '../goals/goal-space.ts';
import { toObject } from '../json.ts';
import type { Generation } from './generation.ts';
import { closeNames, listMembers, type MemberPool } from './member-pool.ts';

/** An object of a shape; undefined when a member that it needs was not found. */
export function generateObject(generation: Generation, shape: Shape, depth: number): JsonObject | undefined {
  const pool = listMembers(generation.space, shape);
  const names = chooseNames(generation, shape.constraints, pool, depth);
  return names === undefined ? undefined : buildObject(generation, pool, names, depth);
}

/** An object with these members, in the order in which the schema has them; undefined when one was not found. */
export function buildObject(
  generation: Generation,
  pool: MemberPool,
  names: ReadonlySet<string>,
  depth: number,
): JsonObject | undefined {
  const members: [string, JsonValue][] = [];
  for (const [name, { goal }] of pool.members) {
    if (!names.has(name)) continue;
    const value = generation.make(generation, goal, depth - 1);
    if (value !== undefined) members.push([name, value]);
    else if (pool.required.has(name)) return undefined;
  }
  return toObject(members);
}

function chooseNames(
  { draw, fuel, hasStrangers }: Generation,
  constraints: Constraints,
  pool: MemberPool,
  depth: number,
): ReadonlySet<string> | undefined {
  const names = new Set(pool.required);
  const isRoomy = depth > 0 && fuel.left > 0;
  const fits = (name: string): boolean => (pool.members.get(name)?.height ?? Infinity) < depth;
  if (isRoomy && pool.declared.length > 0) {
    const share = draw.pick([0, 0.25, 0.5, 0.5, 0.8, 1]);
    for (const name of pool.declared)
      if (draw.chance(share) && fits(name)) addAll(names, closeNames(pool, name));
  }
  if (
    isRoomy &&
    hasStrangers &&
    pool.strangers.length > 0 &&
    draw.chance(pool.declared.length > 0 ? 0.2 : 0.6)
  ) {
    for (const name of shuffle(pool.strangers, draw).slice(0, draw.integer(1, 3))) {
      if (fits(name)) addAll(names, closeNames(pool, name));
    }
  }
  if (names.size < constraints.minProperties) {
    for (const name of [...shuffle(pool.declared, draw), ...shuffle(pool.strangers, draw)]) {
      if (names.size >= constraints.minProperties) break;
      addAll(names, closeNames(pool, name));
    }
  }
  if (names.size > constraints.maxProperties) dropNames(names, constraints.maxProperties, pool);
  return names.size < constraints.minProperties || names.size > constraints.maxProperties ? undefined : names;
}

/** Leaves out members that nothing needs. */
function dropNames(names: Set<string>, max: number, pool: MemberPool): void {
  for (const name of [...names].toReversed()) {
    if (names.size <= max) return;
    if (pool.required.has(name)) continue;
    const isNeeded = [...names].some(
      (other) => other !== name && pool.needs.get(other)?.includes(name) === true,
    );
    if (!isNeeded) names.delete(name);
  }
}

function addAll(names: Set<string>, more: readonly string[]): void {
  for (const name of more) names.add(name);
}
