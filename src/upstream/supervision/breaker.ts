import type { CircuitState } from '../upstream.ts';

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
  #state: CircuitState = 'closed';

  constructor({ breakAfter = 5 }: BreakerOptions) {
    this.#breakAfter = breakAfter;
  }

  get state(): CircuitState {
    return this.#state;
  }

  /** One more failure in a row. @returns true when it opened the closed circuit */
  fail(): boolean {
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

  /** The session may get calls. */
  admit(): void {
    this.#state = 'closed';
  }

  /** A session lived for a while: what was before no longer counts. */
  reset(): void {
    this.#failures = 0;
  }
}
