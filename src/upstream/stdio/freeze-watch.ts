import { delay, type Clock } from '../clock.ts';
import type { PendingCall } from '../calls/pending-call.ts';

/** When a server that says nothing counts as frozen. */
export interface FreezeOptions {
  /** Calls in a row without an answer, after which it is asked. @default 3 */
  readonly afterCalls?: number;
  /** For the answer. @default 10000 */
  readonly pingMs?: number;
}

/** A connection, as far as it tells whether anybody is at the other end. */
export interface WatchedConnection {
  /** Grows with whatever the server says, in whatever way. */
  readonly signsOfLife: () => number;
  /** The ids of the calls that wait for their answers, oldest first. */
  readonly waitingIds: () => Iterable<number>;
  /** True when the server answered in time; never rejects. */
  readonly ping: (timeoutMs: number) => Promise<boolean>;
  /** The server is frozen. */
  readonly onFrozen: (reason: string) => void;
}

/**
 * Tells a server that is frozen (stopped, deadlocked) from one that is slow.
 *
 *     quiet ──several calls in a row without an answer, and nothing said──▶ asking ──no answer, nothing said──▶ frozen
 *       ▲                                                                     │
 *       └────────────────────────any sign of life─────────────────────────────┘
 *
 * A server that does one thing at a time may be silent for as long as that takes: none is asked while a call waits,
 * within its deadline, that is older than those without an answer.
 */
export class FreezeWatch {
  readonly #clock: Clock;
  readonly #afterCalls: number;
  readonly #pingMs: number;
  readonly #connection: WatchedConnection;
  readonly #stopped = new AbortController();
  #isAsking = false;
  #unanswered = 0;
  /** Of the calls without an answer. */
  #oldestId = Infinity;
  /** When the first of them was given up. */
  #signs = -1;

  constructor(
    clock: Clock,
    { afterCalls = 3, pingMs = 10_000 }: FreezeOptions,
    connection: WatchedConnection,
  ) {
    this.#clock = clock;
    this.#afterCalls = afterCalls;
    this.#pingMs = pingMs;
    this.#connection = connection;
  }

  /** A call that was sent is waited for no longer. */
  givenUp({ id = Infinity, sentAt, call }: PendingCall): void {
    // Whoever leaves early says nothing about the server.
    if (call.signal?.aborted === true && this.#clock.now() - sentAt < this.#pingMs) return;
    const signs = this.#connection.signsOfLife();
    if (signs !== this.#signs) {
      this.#signs = signs;
      this.#unanswered = 0;
      this.#oldestId = Infinity;
    }
    this.#unanswered += 1;
    this.#oldestId = Math.min(this.#oldestId, id);
    if (this.#unanswered < this.#afterCalls || this.#isAsking || this.#mayBeBusy()) return;
    this.#isAsking = true;
    void this.#ask(); // it never rejects
  }

  /** The connection is over. */
  stop(): void {
    this.#stopped.abort();
  }

  #mayBeBusy(): boolean {
    for (const id of this.#connection.waitingIds()) return id < this.#oldestId;
    return false;
  }

  async #ask(): Promise<void> {
    const { ping, signsOfLife, onFrozen } = this.#connection;
    const endsAt = this.#clock.now() + this.#pingMs;
    const isAnswered = await ping(this.#pingMs);
    // A ping that cannot even be sent fails at once; the server has its time all the same.
    if (!isAnswered) await delay(this.#clock, endsAt - this.#clock.now(), this.#stopped.signal);
    this.#isAsking = false;
    if (this.#stopped.signal.aborted) return;
    const isFrozen = !isAnswered && signsOfLife() === this.#signs;
    if (isFrozen) {
      const seconds = this.#pingMs / 1000;
      onFrozen(
        `the server was frozen: ${this.#unanswered} calls in a row got no answer, nor did a ping within ${seconds} s`,
      );
    } else this.#signs = -1;
  }
}
