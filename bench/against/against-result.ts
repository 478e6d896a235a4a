import type { Estimate } from '../statistics.ts';

/** Two gateways in front of the same server, measured in turn. */
export interface AgainstResult {
  readonly gateway: string;
  /** The words of the other one. */
  readonly other: string;
  readonly rounds: number;
  readonly steps: readonly AgainstStep[];
}

/** Null where either could not be measured. */
export interface AgainstStep {
  readonly users: number;
  readonly callsPerSecond: Pair | null;
  readonly p50Ms: Pair | null;
  /** Processor time of gateway and server for each call, in µs. */
  readonly cpuUs: Pair | null;
  readonly failed: number;
  readonly otherFailed: number;
}

/** Medians over the rounds, and the ratios of rounds next to each other: the gateway to the other one. */
export interface Pair {
  readonly ours: number;
  readonly other: number;
  readonly ratio: Estimate;
}
