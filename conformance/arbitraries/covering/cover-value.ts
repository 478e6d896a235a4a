import type { JsonValue } from '../../../src/index.ts';
import type { Goal } from '../goals/demand.ts';
import type { GoalSpace, Shape } from '../goals/goal-space.ts';
import { satisfies } from '../schema/judge.ts';
import { generateValue } from '../values/generate-value.ts';
import { listEdgeNumbers } from '../values/numbers.ts';
import { coverArray } from './cover-array.ts';
import { coverObject } from './cover-object.ts';
import { coverString } from './cover-string.ts';
import { plainGeneration, type Coverage } from './covering.ts';
import { interleave, type Covered } from './covered.ts';

const maxValues = 200;
const maxEdges = 8;

/** Covering that can be started with {@link coverValue}. */
export function createCoverage(space: GoalSpace, hasStrangers: boolean): Coverage {
  return { space, hasStrangers, covered: new Set(), cover: coverValue };
}

/** Values for everything that can be told apart in a goal: each shape with its bounds, then each part. */
export function* coverValue(coverage: Coverage, goal: Goal, place: string): Iterable<Covered> {
  const { space, covered } = coverage;
  const shapes = space.shapesOf(goal);
  if (covered.has(goal.key)) {
    const value = simplest(coverage, goal);
    if (value !== undefined) yield { value, what: `${place || 'the value'} at its simplest` };
    return;
  }
  covered.add(goal.key);
  yield* coverGiven(coverage, shapes, place);
  yield* interleave(shapes.map((shape) => coverShape(coverage, shape, place)));
}

/** The plainest value of a goal. */
function simplest(coverage: Coverage, goal: Goal): JsonValue | undefined {
  return generateValue(plainGeneration(coverage), goal, 0);
}

function* coverGiven({ space }: Coverage, shapes: readonly Shape[], place: string): Iterable<Covered> {
  const given = new Set(shapes.flatMap(({ constraints }) => constraints.given));
  const demands = shapes[0]?.goal.demands ?? [];
  for (const value of given) {
    const isRight = demands.every(({ schema, isMet }) => satisfies(space.model, schema, value) === isMet);
    if (isRight) yield { value, what: `${place || 'the value'} as an example or the default has it` };
  }
}

function* coverShape(coverage: Coverage, shape: Shape, place: string): Iterable<Covered> {
  const { constraints } = shape;
  switch (shape.kind) {
    case 'values':
      for (const value of (constraints.values ?? []).slice(0, maxValues)) {
        yield { value, what: `${place || 'the value'} is ${JSON.stringify(value)?.slice(0, 60)}` };
      }
      return;
    case 'number':
      for (const value of listEdgeNumbers(constraints).slice(0, maxEdges))
        yield { value, what: `${place || 'the value'} is ${value}` };
      return;
    case 'string':
      yield* coverString(coverage, shape, place);
      return;
    case 'array':
      yield* coverArray(coverage, shape, place);
      return;
    case 'object':
      yield* coverObject(coverage, shape, place);
  }
}
