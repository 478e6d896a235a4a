import type { Clock } from './clock.ts';
import type { Session } from './session.ts';
import { afterWaiting } from './time-left.ts';
import type { CallOutcome, ToolCall } from './upstream.ts';
import { WakeUp } from './wake-up.ts';

/** What the supervisor tells of itself. */
export interface Supervised {
  readonly session: () => Session | undefined;
  readonly isClosed: () => boolean;
  readonly notReady: () => CallOutcome;
}

/** See SupervisorOptions. */
export interface FurtherSendsOptions {
  readonly clock: Clock;
  readonly healMs?: number;
  readonly maxWaiting?: number;
}

/** A server that loses each new session is not healed by trying on. */
const MAX_SENDS = 3;
const OVERLOADED_RETRY_MS = 1000;
/** A timer may fire this much early; what waited for its deadline has then waited in vain. */
const TIMER_SLACK_MS = 3;

/**
 * Calls that may be sent more than once, each within its own deadline.
 *
 *     send ─▶ lost (may have run) ────────▶ once more when it is repeatable, on the next session
 *        └──▶ not_ready (certainly not run) ▶ on the next session, when that comes within the time to heal
 */
export class FurtherSends {
  readonly #clock: Clock;
  readonly #healMs: number;
  readonly #maxWaiting: number;
  readonly #supervised: Supervised;
  readonly #wakeUp: WakeUp;
  #healsUntil = -Infinity;
  #waiting = 0;

  constructor(options: FurtherSendsOptions, supervised: Supervised) {
    this.#clock = options.clock;
    this.#healMs = options.healMs ?? 0;
    this.#maxWaiting = options.maxWaiting ?? 2000;
    this.#supervised = supervised;
    this.#wakeUp = new WakeUp(options.clock);
  }

  /** False for a call that is sent once, whatever comes of it. */
  concern(call: ToolCall): boolean {
    return this.#healMs > 0 || call.isRepeatable === true;
  }

  /** A session was lost: the time to heal begins. */
  lost(): void {
    this.#healsUntil = this.#clock.now() + this.#healMs;
  }

  /** There is a session, or none is to be waited for. */
  wake(): void {
    this.#wakeUp.wakeAll();
  }

  /** Never rejects. */
  async call(call: ToolCall): Promise<CallOutcome> {
    const startedAt = this.#clock.now();
    const endsAt = startedAt + call.timeoutMs;
    let session = this.#supervised.session();
    let outcome = session === undefined ? this.#supervised.notReady() : await session.callTool(call);
    let sends = session === undefined ? 0 : 1;
    let isRepeated = false;
    while (sends < MAX_SENDS) {
      let waitUntil: number;
      if (outcome.kind === 'not_ready') {
        waitUntil = Math.min(endsAt, this.#healsUntil);
        if (this.#clock.now() >= waitUntil) return outcome;
      } else {
        if (outcome.kind !== 'lost' || call.isRepeatable !== true || isRepeated) return outcome;
        // Progress may have carried it far beyond its time, of which nothing is left then.
        if (this.#clock.now() >= endsAt) return outcome;
        waitUntil = endsAt;
        isRepeated = true;
      }
      if (!(await this.#wait(waitUntil, call))) {
        return outcome.kind === 'lost' ? outcome : { kind: 'overloaded', retryAfterMs: OVERLOADED_RETRY_MS };
      }
      if (call.signal?.aborted === true) return { kind: 'cancelled' };
      if (this.#supervised.isClosed()) return outcome;
      const waitedMs = this.#clock.now() - startedAt;
      const leftMs = call.timeoutMs - waitedMs;
      session = this.#supervised.session();
      if (leftMs < (session === undefined ? TIMER_SLACK_MS : 1)) return { kind: 'timeout' };
      if (session === undefined) return outcome.kind === 'lost' ? outcome : this.#supervised.notReady();
      outcome = await session.callTool(afterWaiting(call, waitedMs));
      sends += 1;
    }
    return outcome;
  }

  /**
   * Resolves when there is a session, none is to be waited for, the time is up, or the caller has gone; with false at
   * once when too many wait already.
   */
  async #wait(until: number, call: ToolCall): Promise<boolean> {
    if (this.#supervised.session() !== undefined || this.#supervised.isClosed()) return true;
    if (this.#waiting >= this.#maxWaiting) return false;
    this.#waiting += 1;
    await this.#wakeUp.wait(until - this.#clock.now(), call.signal);
    this.#waiting -= 1;
    return true;
  }
}
