/** What faults under load came to. Times are in ms. */
export interface FaultsResult {
  /** Users who behave; the counts of calls below are theirs and those of slow readers. */
  readonly users: number;
  /** Clients beside them that hang up before they are answered. */
  readonly hangingUp: number;
  /** Clients beside them that take their time to read answers. */
  readonly readingSlowly: number;
  readonly seconds: number;
  /** Those that succeeded. */
  readonly calls: number;
  /** Those that were answered with a failure. */
  readonly failed: number;
  /** Those that were never answered: the connection broke, or nothing came for too long. */
  readonly lost: number;
  /** Answers that were not to their own question. */
  readonly wrong: number;
  /** Failed and lost ones by kind, the most frequent first. */
  readonly failures: readonly FailedKind[];
  /** Failed and lost calls as a part of all, 0 to 1; null when there were none. */
  readonly failedShare: number | null;
  /** Calls that were given up before they were answered. */
  readonly hangUps: number;
  /** Null when it was stopped before the server was killed. */
  readonly recovery: Recovery | null;
  /** Calls that ended in each slice of the time. */
  readonly slices: readonly FaultSlice[];
  /** Why the gateway ended, when it did. */
  readonly gatewayEnding: string | null;
}

export interface FailedKind {
  /** An HTTP status as text, or what broke. */
  readonly what: string;
  readonly count: number;
  /** The start of the first such answer. */
  readonly example: string;
}

/** How calls went on after the server was killed. */
export interface Recovery {
  /** Since the load began. */
  readonly killedAtMs: number;
  /** From the kill to the first success of a call that began after it; null when there was none. */
  readonly firstSuccessMs: number | null;
  /** From the kill to when the former rate was there again, and stayed for a while; null when it did not come. */
  readonly formerRateMs: number | null;
  /** Before the kill. */
  readonly formerCallsPerSecond: number;
  /** Of the last part of the time. */
  readonly laterCallsPerSecond: number;
}

export interface FaultSlice {
  /** When it began, since the load began. */
  readonly atMs: number;
  readonly succeeded: number;
  readonly failed: number;
}
