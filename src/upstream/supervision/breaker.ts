import type { CircuitState, Failures } from '../upstream.ts';

/** When a server counts as one that keeps dying. */
export interface BreakerOptions {
  /** Failures in a row after which calls are refused at once. @default 5 */
  readonly breakAfter?: number;
}

/**
 * Keeps calls from a server that keeps dying.
 *
 *     closed ──too many failures in a row──▶ open ──a session was opened──▶ half_open ──pings answered──▶ closed
 *                                             ▲                                 │
 *                                             └───lost, or a ping unanswered────┘
 *
 * closed: calls go through, and may wait for a restart. open: calls are refused at once; restarts go on, with the
 * backoff's pauses. half_open: there is a session, which takes no calls yet.
 * Invariants: the failures in a row are forgotten by `reset` alone, so a session that was let through and is lost before
 * it has lived for a while opens the circuit again at once; `open` and `half_open` are left by a proof, not by time.
 */
export class Breaker {
  readonly #breakAfter: number;
  #failures = 0;
  #lastDeath: string | undefined;
  #state: CircuitState = 'closed';

  constructor({ breakAfter = 5 }: BreakerOptions) {
    this.#breakAfter = breakAfter;
  }

  get state(): CircuitState {
    return this.#state;
  }

  /** Undefined while it is closed. */
  get failures(): Failures | undefined {
    if (this.#state === 'closed') return undefined;
    return { inARow: this.#failures, ...(this.#lastDeath !== undefined && { death: this.#lastDeath }) };
  }

  /**
   * One more failure in a row.
   *
   * @param death how the server died; undefined when it did not come up
   * @returns true when it opened the closed circuit
   */
  fail(death: string | undefined): boolean {
    this.#lastDeath = death;
    const wasClosed = this.#state === 'closed';
    this.#failures += 1;
    if (this.#failures >= this.#breakAfter) this.#state = 'open';
    return wasClosed && this.#state === 'open';
  }

  /** A session was opened. @returns true when it has to prove itself before it gets calls */
  mustProve(): boolean {
    if (this.#state === 'closed') return false;
    this.#state = 'half_open';
    return true;
  }

  /** The session may get calls. @returns true when it closed the circuit */
  admit(): boolean {
    const wasOpen = this.#state !== 'closed';
    this.#state = 'closed';
    return wasOpen;
  }

  /** A session lived for a while: what was before no longer counts. */
  reset(): void {
    this.#failures = 0;
  }
}
