import type { Constraints } from '../goals/constraints.ts';
import type { Goal } from '../goals/demand.ts';
import type { GoalSpace, Shape } from '../goals/goal-space.ts';
import { countSpecialItems, toItemGoal } from '../goals/parts.ts';

interface ItemGoals {
  readonly special: readonly Goal[];
  readonly rest: Goal;
}

const known = new WeakMap<Constraints, ItemGoals>();

/** What the item at an index has to meet. */
export function itemGoalAt(space: GoalSpace, { constraints }: Shape, index: number): Goal {
  const goals = known.get(constraints) ?? createItemGoals(space, constraints);
  known.set(constraints, goals);
  return goals.special[index] ?? goals.rest;
}

/** How many items there can be before one is impossible. */
export function measureReach(space: GoalSpace, shape: Shape): number {
  const special = countSpecialItems(shape.constraints);
  for (let index = 0; index <= special; index += 1) {
    if (space.heightOf(itemGoalAt(space, shape, index)) === undefined) return index;
  }
  return Infinity;
}

function createItemGoals({ model }: GoalSpace, constraints: Constraints): ItemGoals {
  const count = countSpecialItems(constraints);
  const special = Array.from({ length: count }, (_item, index) => toItemGoal(model, constraints, index));
  return { special, rest: toItemGoal(model, constraints, count) };
}
