import type { SchemaModel } from '../schema/schema-model.ts';
import { isNumberPossible } from '../values/numbers.ts';
import { createStringFinder, type StringFinder } from '../values/strings.ts';
import type { Constraints } from './constraints.ts';
import { toGoal, type Demand, type Goal } from './demand.ts';
import { expandGoal } from './expand.ts';
import { countSpecialItems, isNamePossible, toItemGoal, toMemberGoal } from './parts.ts';
import { numberTypes, types } from './types.ts';

/** One way to meet a goal, of one type. */
export interface Shape {
  readonly kind: 'values' | 'number' | 'string' | 'array' | 'object';
  readonly constraints: Constraints;
  readonly goal: Goal;
  /** Levels of containers that the smallest such value has; a scalar has none. */
  readonly height: number;
}

/** What is known about the goals of one schema; found out on demand, and once. */
export interface GoalSpace {
  readonly model: SchemaModel;
  readonly strings: StringFinder;
  /** The ways to meet a goal that are possible, as far as can be seen; none when nothing satisfies it. */
  readonly shapesOf: (goal: Goal) => readonly Shape[];
  /** The height of the smallest value; undefined when there is none, or only deeper than is looked. */
  readonly heightOf: (goal: Goal) => number | undefined;
  /** Strings that meet all demands, few and different. */
  readonly findNames: (demands: readonly Demand[]) => readonly string[];
}

/** Values that need more levels are not looked for. */
const maxHeight = 64;
/** More items than this are not generated. */
const maxNeededItems = 10_000;
const maxNames = 16;

/** Creates the space of a schema's goals. */
export function createGoalSpace(model: SchemaModel): GoalSpace {
  const strings = createStringFinder(model);
  const expanded = new Map<string, readonly Shape[]>();
  const heights = new Map<string, { height: number | undefined; lookedTo: number }>();
  const shapes = new Map<string, readonly Shape[]>();
  const space: GoalSpace = {
    model,
    strings,
    shapesOf,
    heightOf: (goal) => findHeight(goal, maxHeight),
    findNames,
  };
  return space;

  function shapesOf(goal: Goal): readonly Shape[] {
    const known = shapes.get(goal.key);
    if (known !== undefined) return known;
    const possible = expand(goal).flatMap((shape) => {
      const height = heightOfShape(shape, maxHeight);
      return height === undefined ? [] : [{ ...shape, height }];
    });
    shapes.set(goal.key, possible);
    return possible;
  }

  function expand(goal: Goal): readonly Shape[] {
    const known = expanded.get(goal.key);
    if (known !== undefined) return known;
    // Should the expansion come back to the goal, it is not met this way.
    expanded.set(goal.key, []);
    const finder = { findNames, findMatching: (pattern: string) => strings.find({ patterns: [pattern] }) };
    const found = expandGoal(model, goal, finder).flatMap((constraints) => splitByType(constraints, goal));
    expanded.set(goal.key, found);
    return found;
  }

  /** The height when it is at most `limit`. */
  function findHeight(goal: Goal, limit: number): number | undefined {
    const known = heights.get(goal.key);
    if (known?.height !== undefined) return known.height <= limit ? known.height : undefined;
    for (let height = known === undefined ? 0 : known.lookedTo + 1; height <= limit; height += 1) {
      const isReached = expand(goal).some((shape) => heightOfShape(shape, height) !== undefined);
      const current = heights.get(goal.key);
      if (current?.height !== undefined) return current.height <= limit ? current.height : undefined;
      heights.set(goal.key, { height: isReached ? height : undefined, lookedTo: height });
      if (isReached) return height;
    }
    return undefined;
  }

  function heightOfShape({ kind, constraints }: Shape, limit: number): number | undefined {
    switch (kind) {
      case 'number':
        return isNumberPossible(constraints) ? 0 : undefined;
      case 'string':
        return strings.isPossible(constraints) ? 0 : undefined;
      case 'array':
        return heightOfParts(listNeededItems(constraints), limit);
      case 'object':
        return heightOfParts(listNeededMembers(constraints), limit);
      default:
        return 0;
    }
  }

  function heightOfParts(parts: readonly Goal[] | undefined, limit: number): number | undefined {
    if (parts === undefined) return undefined;
    let highest = 0;
    for (const part of parts) {
      const height = limit === 0 ? undefined : findHeight(part, limit - 1);
      if (height === undefined) return undefined;
      highest = Math.max(highest, height + 1);
    }
    return highest;
  }

  function listNeededItems(constraints: Constraints): readonly Goal[] | undefined {
    const { minItems, maxItems, contains } = constraints;
    if (minItems > maxNeededItems || contains.some(({ min }) => min > maxItems)) return undefined;
    const special = countSpecialItems(constraints);
    const count = Math.min(minItems, special + 1);
    return Array.from({ length: count }, (_item, index) => toItemGoal(model, constraints, index));
  }

  function listNeededMembers(constraints: Constraints): readonly Goal[] | undefined {
    if (constraints.minProperties > maxNeededItems) return undefined;
    if (!constraints.required.every((name) => isNamePossible(model, constraints, name))) return undefined;
    return constraints.required.map((name) => toMemberGoal(model, constraints, name));
  }

  function findNames(demands: readonly Demand[]): readonly string[] {
    const goal = toGoal(model, [...demands, { schema: stringSchema, isMet: true }]);
    const found = expand(goal).flatMap(({ kind, constraints }) => {
      if (kind === 'values') return (constraints.values ?? []).filter((value) => typeof value === 'string');
      return kind === 'string' ? strings.find(constraints) : [];
    });
    return [...new Set(found)].slice(0, maxNames);
  }
}

const stringSchema = { type: 'string' };

const kinds = [
  ['number', numberTypes],
  ['string', types.string],
  ['array', types.array],
  ['object', types.object],
] as const;

function splitByType(constraints: Constraints, goal: Goal): readonly Shape[] {
  if (constraints.values !== undefined) return [{ kind: 'values', constraints, goal, height: 0 }];
  const plain = [
    ...((constraints.types & types.null) === 0 ? [] : [null]),
    ...((constraints.types & types.boolean) === 0 ? [] : [true, false]),
  ];
  const values = plain.filter((value) => !constraints.excluded.includes(value));
  const shapes: Shape[] =
    values.length === 0 ? [] : [{ kind: 'values', constraints: { ...constraints, values }, goal, height: 0 }];
  for (const [kind, bits] of kinds) {
    const common = constraints.types & bits;
    if (common !== 0) shapes.push({ kind, constraints: { ...constraints, types: common }, goal, height: 0 });
  }
  return shapes;
}
