import type { JsonValue } from '../../../src/index.ts';
import { createDraw, shuffle, type Draw } from '../draw.ts';
import { toGoal, type Demand, type Goal } from '../goals/demand.ts';
import type { Shape } from '../goals/goal-space.ts';
import { toIdentity } from '../json.ts';
import type { Generation } from './generation.ts';
import { itemGoalAt, measureReach } from './item-goals.ts';

const maxUniqueTries = 24;
/** Arrays at their longest are made up to here. */
const maxEdge = 100;
const moreItems = [0, 1, 1, 2, 3, 5];

/** An array of a shape; undefined when an item that it needs was not found. */
export function generateArray(
  generation: Generation,
  shape: Shape,
  depth: number,
): readonly JsonValue[] | undefined {
  return buildArray(generation, shape, depth, chooseLength(generation, shape, depth));
}

/** An array of that length. */
export function buildArray(
  generation: Generation,
  shape: Shape,
  depth: number,
  length: number,
): readonly JsonValue[] | undefined {
  const { constraints } = shape;
  if (length < constraints.minItems) return undefined;
  const goals = assignContains(generation, shape, length);
  if (goals === undefined) return undefined;
  const items: JsonValue[] = [];
  const seen = new Set<string>();
  for (const goal of goals) {
    const item = constraints.isUnique
      ? generateUnseen(generation, goal, depth - 1, seen)
      : generation.make(generation, goal, depth - 1);
    if (item !== undefined) items.push(item);
    // Whatever `contains` demands of the items after it is lost.
    else if (items.length >= constraints.minItems && constraints.contains.length === 0) break;
    else return undefined;
  }
  return constraints.isRepeating ? repeatItem(generation, shape, items) : items;
}

function chooseLength({ space, draw, fuel }: Generation, shape: Shape, depth: number): number {
  const { minItems, maxItems, contains } = shape.constraints;
  const needed = contains.reduce((most, { min }) => Math.max(most, min), minItems);
  const reach = Math.min(maxItems, measureReach(space, shape));
  if (draw.kind === 'edge' && maxItems <= maxEdge) return Math.min(maxItems, reach);
  if (draw.kind !== 'random' || depth <= 0 || fuel.left <= 0) return Math.min(needed, reach);
  const isFull = Number.isFinite(maxItems) && maxItems <= needed + 8 && draw.chance(0.2);
  const length = isFull ? maxItems : needed + draw.pick(moreItems);
  return Math.min(length, reach, needed + Math.max(0, fuel.left));
}

/** What each item has to meet, with items chosen for each `contains`; undefined when there are not enough. */
function assignContains(
  { space, draw }: Generation,
  shape: Shape,
  length: number,
): readonly Goal[] | undefined {
  const { contains } = shape.constraints;
  const goals = Array.from({ length }, (_item, index) => itemGoalAt(space, shape, index));
  if (contains.length === 0) return goals;
  const demands: Demand[][] = goals.map((goal) => [...goal.demands]);
  const isPossible = (index: number, demand: Demand): boolean =>
    space.heightOf(toGoal(space.model, [...(demands[index] ?? []), demand])) !== undefined;
  for (const { schema, min, max } of contains) {
    const most = Math.min(max, length);
    if (most < min) return undefined;
    let left = countMatches(draw, min, most, Number.isFinite(max));
    let placed = 0;
    const order = shuffle([...goals.keys()], draw);
    for (const index of order) {
      if (left > 0 && isPossible(index, { schema, isMet: true })) {
        demands[index]?.push({ schema, isMet: true });
        left -= 1;
        placed += 1;
      } else if (Number.isFinite(max)) {
        demands[index]?.push({ schema, isMet: false });
      }
    }
    if (placed < min) return undefined;
  }
  return demands.map((each) => toGoal(space.model, each));
}

/** How many items `contains` is to match: mostly no more than it takes, and at times as many as it allows. */
function countMatches(draw: Draw, min: number, most: number, isBounded: boolean): number {
  if (draw.kind === 'edge' && isBounded) return most;
  if (draw.chance(0.7)) return min;
  return isBounded && draw.chance(0.4) ? most : draw.integer(min, Math.min(most, min + 2));
}

function generateUnseen(
  generation: Generation,
  goal: Goal,
  depth: number,
  seen: Set<string>,
): JsonValue | undefined {
  for (let tries = 0; tries < maxUniqueTries; tries += 1) {
    // The simplest would be the same each time.
    const isRepeated = tries > 0 && generation.draw.kind !== 'random';
    const current = isRepeated ? { ...generation, draw: createDraw(64 * seen.size + tries) } : generation;
    const item = generation.make(current, goal, depth);
    if (item === undefined) return undefined;
    const identity = toIdentity(item);
    if (seen.has(identity)) continue;
    seen.add(identity);
    return item;
  }
  return undefined;
}

/** Two items become equal: one that meets what is asked of both takes the place of the other. */
function repeatItem(
  { space, draw }: Generation,
  shape: Shape,
  items: JsonValue[],
): readonly JsonValue[] | undefined {
  if (items.length < 2) return undefined;
  const from = draw.integer(0, items.length - 1);
  const others = [...items.keys()].filter((index) => index !== from);
  const key = itemGoalAt(space, shape, from).key;
  const to = others.find((index) => itemGoalAt(space, shape, index).key === key) ?? others[0];
  const item = items[from];
  if (to === undefined || item === undefined) return undefined;
  items[to] = item;
  return items;
}
