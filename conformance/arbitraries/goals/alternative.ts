import type { Constraints } from './constraints.ts';
import type { Demand } from './demand.ts';

/** A demand on the value at hand, with the observers that see the annotations it leaves. */
export interface PendingDemand extends Demand {
  /** Positions in the constraints' observers. */
  readonly observers: readonly number[];
}

/** One way to meet a demand. */
export interface Alternative {
  readonly constrain?: (constraints: Constraints) => void;
  readonly demands?: readonly PendingDemand[];
}

/** Ways to meet a demand, of which one is enough; none make it a contradiction. */
export type Choice = readonly Alternative[];
