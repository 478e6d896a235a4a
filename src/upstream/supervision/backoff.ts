/** How long to wait between attempts. */
export interface BackoffOptions {
  /** From 0 to 1, for the jitter. */
  readonly random: () => number;
  /** The wait before the first restart; doubled with each further failure. @default 250 */
  readonly minBackoffMs?: number;
  /** @default 30000 */
  readonly maxBackoffMs?: number;
}

/** Exponential with jitter, so that several gateways do not restart their servers in step. */
export class Backoff {
  readonly #options: BackoffOptions;
  #failures = 0;

  constructor(options: BackoffOptions) {
    this.#options = options;
  }

  /** In a row. */
  get failures(): number {
    return this.#failures;
  }

  /** Counts one more failure. @returns the wait after it */
  nextMs(): number {
    const { random, minBackoffMs = 250, maxBackoffMs = 30_000 } = this.#options;
    const fullMs = Math.min(maxBackoffMs, minBackoffMs * 2 ** this.#failures);
    this.#failures += 1;
    return Math.round(fullMs * (0.5 + random() / 2));
  }

  /** Begins anew, when an attempt has proven itself. */
  reset(): void {
    this.#failures = 0;
  }
}
