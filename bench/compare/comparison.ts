import type { Machine } from '../machine.ts';

/** What one round of a step came to; null where there was nothing to measure. */
export interface RoundSample {
  readonly callsPerSecond: number;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  /** Processor time of gateway and server for each call, in µs. */
  readonly cpuUs: number | null;
  readonly failed: number;
  readonly wrong: number;
}

/** All rounds with so many users, in order; the gateway was started anew for each. */
export interface RoundStep {
  readonly users: number;
  readonly rounds: readonly RoundSample[];
}

export type Metric = 'callsPerSecond' | 'p50Ms' | 'p99Ms' | 'cpuUs';

/** `unclear`: too few rounds to tell. */
export type Verdict = 'better' | 'same' | 'worse' | 'unclear';

export interface MetricComparison {
  readonly metric: Metric;
  /** Medians over the rounds; null where nothing was measured. */
  readonly before: number | null;
  readonly now: number | null;
  /** What changes by less, as a part of the value before, is noise. */
  readonly noise: number | null;
  readonly verdict: Verdict;
}

export interface StepComparison {
  readonly users: number;
  /** Worse when any metric is. */
  readonly verdict: Verdict;
  readonly metrics: readonly MetricComparison[];
}

/** A run against one that was saved. */
export interface Comparison {
  /** The file. */
  readonly path: string;
  /** ISO 8601. */
  readonly savedAt: string;
  readonly version: string;
  readonly gateway: string;
  readonly machine: Machine;
  readonly verdict: Verdict;
  readonly steps: readonly StepComparison[];
}
