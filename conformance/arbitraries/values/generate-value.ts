import type { JsonValue } from '../../../src/index.ts';
import { createDraw } from '../draw.ts';
import type { Goal } from '../goals/demand.ts';
import type { GoalSpace, Shape } from '../goals/goal-space.ts';
import { satisfies } from '../schema/judge.ts';
import { toIdentity } from '../json.ts';
import { generateArray } from './generate-array.ts';
import { generateObject } from './generate-object.ts';
import type { Generation } from './generation.ts';
import { drawNumber } from './numbers.ts';

const maxTries = 6;
/** Values made in vain and otherwise, for one sample: a bound on the time that it takes. */
const maxMade = 50_000;

/** Generation that can be started with {@link generateValue}. */
export function createGeneration(options: Omit<Generation, 'make'>): Generation {
  return { ...options, make: generateValue };
}

/**
 * A value that meets a goal, by construction as far as that goes; undefined when none was found.
 *
 * @param depth levels of containers that may be nested before only the necessary ones are
 */
export function generateValue(generation: Generation, goal: Goal, depth: number): JsonValue | undefined {
  const shapes = generation.space.shapesOf(goal);
  if (shapes.length === 0) return undefined;
  let current = generation;
  for (let tries = 0; tries < maxTries; tries += 1) {
    generation.fuel.left -= 1;
    if (generation.fuel.left < -maxMade) return undefined;
    const shape = pickShape(current, shapes, depth);
    const value = generateShape(current, shape, depth);
    if (value !== undefined) return value;
    // The same once more would be the same, so luck has to help.
    if (current.draw.kind !== 'random') current = { ...generation, draw: createDraw(tries) };
  }
  return undefined;
}

/** A value of one shape. */
function generateShape(generation: Generation, shape: Shape, depth: number): JsonValue | undefined {
  const { space, draw } = generation;
  const { constraints } = shape;
  switch (shape.kind) {
    case 'values': {
      const values = constraints.values ?? [];
      return values.length === 0 ? undefined : draw.pick(values);
    }
    case 'number':
      return drawNumber(constraints, draw);
    case 'string':
      return space.strings.draw(toStringConstraints(shape), draw);
    case 'array':
      return keepIfRight(generation, shape, generateArray(generation, shape, depth));
    case 'object':
      return keepIfRight(generation, shape, generateObject(generation, shape, depth));
  }
}

/** The constraints on a string, without values of other types. */
export function toStringConstraints({ constraints }: Shape): Parameters<GoalSpace['strings']['draw']>[0] {
  if (constraints.excluded.length === 0) return constraints;
  return { ...constraints, excluded: constraints.excluded.filter((value) => typeof value === 'string') };
}

function keepIfRight(
  generation: Generation,
  { constraints, goal }: Shape,
  value: JsonValue | undefined,
): JsonValue | undefined {
  if (value === undefined) return undefined;
  if (constraints.excluded.length > 0) {
    const identity = toIdentity(value);
    if (constraints.excluded.some((each) => toIdentity(each) === identity)) return undefined;
  }
  if (!constraints.isLoose) return value;
  const { model } = generation.space;
  return goal.demands.every(({ schema, isMet }) => satisfies(model, schema, value) === isMet)
    ? value
    : undefined;
}

/** Any, while there is room; else one of the lowest, so that every recursion ends. */
function pickShape({ draw, fuel }: Generation, shapes: readonly Shape[], depth: number): Shape {
  if (draw.kind === 'random' && depth > 0 && fuel.left > 0) {
    const fitting = shapes.filter(({ height }) => height <= depth);
    if (fitting.length > 0) return draw.pick(fitting);
  }
  const lowest = Math.min(...shapes.map(({ height }) => height));
  return draw.pick(shapes.filter(({ height }) => height === lowest));
}
