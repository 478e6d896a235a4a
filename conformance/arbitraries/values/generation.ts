import type { JsonValue } from '../../../src/index.ts';
import type { Draw } from '../draw.ts';
import type { Goal } from '../goals/demand.ts';
import type { GoalSpace } from '../goals/goal-space.ts';

/** What the generation of one value goes by. */
export interface Generation {
  readonly space: GoalSpace;
  readonly draw: Draw;
  /** Values that may still be made before only the necessary ones are. */
  readonly fuel: { left: number };
  /** True when members that no schema names may be made up. */
  readonly hasStrangers: boolean;
  /** Makes a part of the value: a value that meets the goal, or undefined. */
  readonly make: (generation: Generation, goal: Goal, depth: number) => JsonValue | undefined;
}
