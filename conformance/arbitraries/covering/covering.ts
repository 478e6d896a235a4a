import { simplestDraw } from '../draw.ts';
import type { Goal } from '../goals/demand.ts';
import type { GoalSpace } from '../goals/goal-space.ts';
import { createGeneration } from '../values/generate-value.ts';
import type { Generation } from '../values/generation.ts';
import type { Covered } from './covered.ts';

const maxFuel = 2_000;

/** What covering goes by. */
export interface Coverage {
  readonly space: GoalSpace;
  readonly hasStrangers: boolean;
  /** Keys of goals that have been covered in detail: once is enough, and recursions end. */
  readonly covered: Set<string>;
  /** Values for everything that can be told apart in a part of the value. */
  readonly cover: (coverage: Coverage, goal: Goal, place: string) => Iterable<Covered>;
}

/** Generation that leaves out whatever it can. */
export function plainGeneration({ space, hasStrangers }: Coverage): Generation {
  return createGeneration({ space, hasStrangers, draw: simplestDraw, fuel: { left: maxFuel } });
}
