/** What a load over a long time came to. Times are in ms, memory in MB. */
export interface SoakResult {
  readonly users: number;
  /** What was asked for. */
  readonly durationMs: number;
  readonly seconds: number;
  /** Those that succeeded. */
  readonly calls: number;
  readonly failed: number;
  /** Answers that were not to their own question. */
  readonly wrong: number;
  readonly failures: readonly SoakFailure[];
  readonly samples: readonly SoakSample[];
  /** What could be read here, over the time. */
  readonly trends: readonly Trend[];
  /** Why the gateway ended, when it did. */
  readonly gatewayEnding: string | null;
}

export interface SoakFailure {
  readonly what: string;
  readonly count: number;
  readonly example: string;
}

/** How things stood at one time; null where it cannot be read. */
export interface SoakSample {
  /** Since the load began. */
  readonly atMs: number;
  readonly gatewayRssMb: number | null;
  readonly gatewayFiles: number | null;
  /** Of the server with all that it started. */
  readonly serverRssMb: number | null;
  readonly serverFiles: number | null;
  readonly gatewayLoopLagMs: number | null;
  /** Of the calls since the sample before; null when none succeeded. */
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  readonly callsPerSecond: number;
}

/** How one number went over the time. */
export interface Trend {
  readonly what: TrendName;
  readonly unit: '' | 'MB' | 'ms';
  readonly drift: Drift;
}

export type TrendName =
  | 'gateway memory'
  | 'gateway files'
  | 'server memory'
  | 'server files'
  | 'gateway loop lag'
  | 'latency p50'
  | 'latency p99'
  | 'calls/s';

/** Where a number goes. */
export interface Drift {
  /**
   * `flat`: whatever it did is little beside its size. `settles`: it grew, and no longer does. `unclear`: it varies too
   * much to say. `too-short`: it was not watched for long enough.
   */
  readonly kind: 'flat' | 'grows' | 'falls' | 'settles' | 'unclear' | 'too-short';
  /** The middle value; null when there is none. */
  readonly level: number | null;
  /** Change an hour, and what it may as well be (95 %); of what has settled, since then. Null when it was too short. */
  readonly perHour: { readonly slope: number; readonly low: number; readonly high: number } | null;
}
