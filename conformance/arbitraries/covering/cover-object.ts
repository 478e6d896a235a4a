import type { JsonObject } from '../../../src/index.ts';
import type { Shape } from '../goals/goal-space.ts';
import { toObject } from '../json.ts';
import { satisfies } from '../schema/judge.ts';
import { buildObject } from '../values/generate-object.ts';
import { closeNames, listMembers, type MemberPool } from '../values/member-pool.ts';
import { plainGeneration, type Coverage } from './covering.ts';
import { interleave, type Covered } from './covered.ts';

/** Beyond, sizes are left to chance. */
const maxMembers = 64;

/** Objects with what is required, with each optional member alone, with all, then with each value that a member may have. */
export function* coverObject(coverage: Coverage, shape: Shape, place: string): Iterable<Covered> {
  const pool = listMembers(coverage.space, shape);
  const where = place || 'the value';
  const build = (names: ReadonlySet<string>): JsonObject | undefined => {
    const value = buildObject(plainGeneration(coverage), pool, names, 1);
    return value !== undefined && isRight(coverage, shape, value) ? value : undefined;
  };
  for (const [names, what] of listSelections(coverage, shape, pool)) {
    const value = build(names);
    if (value !== undefined) yield { value, what: `${where} has ${what}` };
  }
  const names = [
    ...pool.required,
    ...pool.declared,
    ...pool.strangers.slice(0, coverage.hasStrangers ? 1 : 0),
  ];
  yield* interleave(names.map((name) => coverMember(coverage, shape, pool, place, name)));
}

function* listSelections(
  { hasStrangers }: Coverage,
  { constraints }: Shape,
  pool: MemberPool,
): Iterable<readonly [ReadonlySet<string>, string]> {
  const { required, declared, strangers } = pool;
  yield [required, 'only what is required'];
  const all = new Set([...required, ...declared]);
  if (declared.length > 0) yield [all, 'every member'];
  if (declared.length > 1) {
    for (const name of declared)
      yield [
        new Set([...required, ...closeNames(pool, name)]),
        `only ${JSON.stringify(name)} beside what is required`,
      ];
  }
  if (hasStrangers) {
    for (const name of strangers.slice(0, 3)) {
      yield [
        new Set([...required, ...closeNames(pool, name)]),
        `the member ${JSON.stringify(name)}, which no schema names`,
      ];
    }
  }
  const others = [...declared, ...strangers];
  for (const size of new Set([constraints.minProperties, constraints.maxProperties])) {
    if (size <= required.size || size > maxMembers) continue;
    yield [new Set([...required, ...others].slice(0, size)), `${size} members`];
  }
}

function* coverMember(
  coverage: Coverage,
  shape: Shape,
  pool: MemberPool,
  place: string,
  name: string,
): Iterable<Covered> {
  const member = pool.members.get(name);
  if (member === undefined) return;
  const names = new Set([...pool.required, ...closeNames(pool, name)]);
  // What else it takes to have as many members as there have to be.
  for (const other of [...pool.declared, ...pool.strangers]) {
    if (names.size >= shape.constraints.minProperties) break;
    for (const each of closeNames(pool, other)) names.add(each);
  }
  const base = buildObject(plainGeneration(coverage), pool, names, 1);
  if (base === undefined) return;
  const pointer = `${place}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  for (const { value, what } of coverage.cover(coverage, member.goal, pointer)) {
    const object = toObject(
      [...pool.members.keys()].flatMap((key) => {
        if (key === name) return [[key, value] as const];
        const other = Object.hasOwn(base, key) ? base[key] : undefined;
        return other === undefined ? [] : [[key, other] as const];
      }),
    );
    if (isRight(coverage, shape, object)) yield { value: object, what };
  }
}

function isRight({ space }: Coverage, { constraints, goal }: Shape, value: JsonObject): boolean {
  const size = Object.keys(value).length;
  if (size < constraints.minProperties || size > constraints.maxProperties) return false;
  if (!constraints.isLoose && constraints.excluded.length === 0) return true;
  return goal.demands.every(({ schema, isMet }) => satisfies(space.model, schema, value) === isMet);
}
