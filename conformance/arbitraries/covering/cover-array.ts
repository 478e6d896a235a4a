import type { JsonValue } from '../../../src/index.ts';
import { edgeDraw } from '../draw.ts';
import type { ContainsConstraint } from '../goals/constraints.ts';
import { toGoal } from '../goals/demand.ts';
import { countSpecialItems } from '../goals/parts.ts';
import type { Shape } from '../goals/goal-space.ts';
import { satisfies } from '../schema/judge.ts';
import { buildArray } from '../values/generate-array.ts';
import { itemGoalAt, measureReach } from '../values/item-goals.ts';
import { plainGeneration, type Coverage } from './covering.ts';
import { interleave, type Covered } from './covered.ts';

/** Longer arrays are left to chance. */
const maxLongest = 64;

/** Arrays at their shortest and longest, then with each value that an item may have. */
export function* coverArray(coverage: Coverage, shape: Shape, place: string): Iterable<Covered> {
  const { space } = coverage;
  const { minItems, maxItems, contains } = shape.constraints;
  const where = place || 'the value';
  const reach = measureReach(space, shape);
  const needed = contains.reduce((most, { min }) => Math.max(most, min), minItems);
  const special = countSpecialItems(shape.constraints);
  const most = Math.min(maxItems, reach);
  for (const length of new Set([
    minItems,
    needed,
    needed + 1,
    needed + 2,
    special,
    special + 1,
    most - 1,
    most,
  ])) {
    if (length < minItems || length > Math.max(maxLongest, needed) || length > most) continue;
    const value = buildArray(plainGeneration(coverage), shape, 1, length);
    if (value !== undefined && isRight(coverage, shape, value))
      yield { value, what: `${where} has ${length} items` };
  }
  for (const each of contains) yield* coverContains(coverage, shape, place, each);
  const indexes = Array.from({ length: Math.min(special + 1, most) }, (_item, index) => index);
  yield* interleave(indexes.map((index) => coverItem(coverage, shape, `${place}/${index}`, index)));
}

function* coverItem(coverage: Coverage, shape: Shape, place: string, index: number): Iterable<Covered> {
  const length = Math.max(index + 1, shape.constraints.minItems);
  const base = buildArray(plainGeneration(coverage), shape, 1, length);
  if (base === undefined || base.length <= index) return;
  for (const { value, what } of coverage.cover(coverage, itemGoalAt(coverage.space, shape, index), place)) {
    const array = base.with(index, value);
    if (isRight(coverage, shape, array)) yield { value: array, what };
  }
}

/** As many items as `contains` allows, then each value that the one it needs may have. */
function* coverContains(
  coverage: Coverage,
  shape: Shape,
  place: string,
  { schema, min, max }: ContainsConstraint,
): Iterable<Covered> {
  const { space } = coverage;
  const { minItems, maxItems } = shape.constraints;
  if (max <= Math.min(maxItems, maxLongest)) {
    const generation = { ...plainGeneration(coverage), draw: edgeDraw };
    const value = buildArray(generation, shape, 1, Math.max(max, minItems));
    const what = `${place || 'the value'} has ${max} items that contains matches`;
    if (value !== undefined && isRight(coverage, shape, value)) yield { value, what };
  }
  const base =
    min === 0 ? undefined : buildArray(plainGeneration(coverage), shape, 1, Math.max(min, minItems));
  if (base === undefined) return;
  const goal = toGoal(space.model, [...itemGoalAt(space, shape, 0).demands, { schema, isMet: true }]);
  for (const { value, what } of coverage.cover(coverage, goal, `${place}/0`)) {
    const array = base.with(0, value);
    if (isRight(coverage, shape, array)) yield { value: array, what };
  }
}

/** An item that was put in may stand there already, or be one too many for `contains`. */
function isRight({ space }: Coverage, { constraints, goal }: Shape, value: JsonValue): boolean {
  if (!constraints.isUnique && !constraints.isLoose && constraints.contains.length === 0) return true;
  return goal.demands.every(({ schema, isMet }) => satisfies(space.model, schema, value) === isMet);
}
