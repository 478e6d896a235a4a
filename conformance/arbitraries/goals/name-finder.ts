import type { Demand } from './demand.ts';

/** Finds names for members that a schema is to refuse. */
export interface NameFinder {
  /** Names that satisfy all demands, few and different. */
  readonly findNames: (demands: readonly Demand[]) => readonly string[];
  readonly findMatching: (pattern: string) => readonly string[];
}
