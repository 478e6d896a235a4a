import type { Clock } from '../clock.ts';

/** How many replicas a server may have. */
export interface ReplicaPolicy {
  /** From 1. */
  readonly min: number;
  readonly max: number;
}

/** When their number changes. */
export interface ScalingOptions {
  /** Part of the calls that a replica takes at a time, from which on it is saturated. @default 0.8 */
  readonly saturation?: number;
  /** All of them saturated, or calls waiting, for this long: one more. @default 2000 */
  readonly growAfterMs?: number;
  /** One fewer would do, and be half idle, for this long: one fewer. @default 60000 */
  readonly shrinkAfterMs?: number;
}

/** What there is to do at a moment. */
export interface ReplicaLoad {
  readonly total: number;
  readonly ready: number;
  /** With all of them, and waiting. */
  readonly calls: number;
  readonly waiting: number;
  /** With the one that has the fewest. */
  readonly fewest: number;
}

/**
 * Judges from looks at the load whether there should be one replica more, or one fewer.
 *
 * Invariant: an advice is given only after the same has been seen in every look for its whole time.
 */
export class Scaler {
  readonly #policy: ReplicaPolicy;
  readonly #clock: Clock;
  /** Calls with which a replica is saturated. */
  readonly #saturated: number;
  readonly #growAfterMs: number;
  readonly #shrinkAfterMs: number;
  #saturatedSince: number | undefined;
  #idleSince: number | undefined;

  /** @param maxInFlight of one replica */
  constructor(policy: ReplicaPolicy, maxInFlight: number, clock: Clock, options: ScalingOptions = {}) {
    const { saturation = 0.8, growAfterMs = 2000, shrinkAfterMs = 60_000 } = options;
    this.#policy = policy;
    this.#clock = clock;
    this.#saturated = Math.max(1, saturation * maxInFlight);
    this.#growAfterMs = growAfterMs;
    this.#shrinkAfterMs = shrinkAfterMs;
  }

  /** One look. */
  advise({ total, ready, calls, waiting, fewest }: ReplicaLoad): 'grow' | 'shrink' | 'stay' {
    const { min, max } = this.#policy;
    const now = this.#clock.now();
    // One that is still starting may be all that is needed.
    const isSaturated = ready === total && (waiting > 0 || fewest >= this.#saturated);
    this.#saturatedSince = isSaturated ? (this.#saturatedSince ?? now) : undefined;
    const isIdle = calls <= 0.5 * this.#saturated * (total - 1);
    this.#idleSince = isIdle ? (this.#idleSince ?? now) : undefined;
    if (
      this.#saturatedSince !== undefined &&
      now - this.#saturatedSince >= this.#growAfterMs &&
      total < max
    ) {
      this.#saturatedSince = undefined;
      return 'grow';
    }
    if (this.#idleSince !== undefined && now - this.#idleSince >= this.#shrinkAfterMs && total > min) {
      this.#idleSince = undefined;
      return 'shrink';
    }
    return 'stay';
  }
}
