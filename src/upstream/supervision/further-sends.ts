import type { Clock } from '../clock.ts';
import type { Session } from '../session.ts';
import { afterWaiting } from '../calls/time-left.ts';
import type { CallOutcome, ToolCall } from '../upstream.ts';
import { WakeUp } from './wake-up.ts';

/** What takes calls: a session, or one replica of several. */
export type CallTaker = Pick<Session, 'callTool'>;

/** What the supervisor tells of itself. */
export interface Supervised {
  readonly session: () => CallTaker | undefined;
  readonly isClosed: () => boolean;
  readonly notReady: () => CallOutcome;
}

/** See SupervisorOptions. */
export interface FurtherSendsOptions {
  readonly clock: Clock;
  readonly healMs?: number;
  readonly healsUnsent?: boolean;
  readonly sendsAgain?: boolean;
  readonly maxWaiting?: number;
}

/** A server that loses each new session is not healed by trying on. */
const MAX_SENDS = 3;
const OVERLOADED_RETRY_MS = 1000;

/**
 * Calls that may be sent more than once, each within its own deadline.
 *
 *     send ─▶ lost (may have run) ────────▶ once more when it is repeatable, on the next session
 *        └──▶ not_ready (certainly not run) ▶ on the next session, when there is one or it comes within the time to heal
 *
 * None waits once no session is to be hoped for.
 */
export class FurtherSends {
  readonly #clock: Clock;
  readonly #healMs: number;
  readonly #healsUnsent: boolean;
  readonly #sendsAgain: boolean;
  readonly #maxWaiting: number;
  readonly #supervised: Supervised;
  readonly #wakeUp: WakeUp;
  #healsUntil = -Infinity;
  #isHopeless = false;
  #waiting = 0;

  constructor(options: FurtherSendsOptions, supervised: Supervised) {
    this.#clock = options.clock;
    this.#healMs = options.healMs ?? 0;
    this.#healsUnsent = options.healsUnsent ?? false;
    this.#sendsAgain = options.sendsAgain ?? true;
    this.#maxWaiting = options.maxWaiting ?? 2000;
    this.#supervised = supervised;
    this.#wakeUp = new WakeUp(options.clock);
  }

  /** False for a call that, with a session at hand, is sent once, whatever comes of it. */
  concern(call: ToolCall): boolean {
    return this.#sendsAgain && (this.#healsUnsent || call.isRepeatable === true);
  }

  /** A session was lost: the time to heal begins. */
  lost(): void {
    this.#healsUntil = this.#clock.now() + this.#healMs;
  }

  /** The time to heal is over: calls that were not run wait no longer. */
  giveUp(): void {
    this.#healsUntil = -Infinity;
    this.wake();
  }

  /** While true, no call waits, not even one that was lost. */
  set isHopeless(isHopeless: boolean) {
    this.#isHopeless = isHopeless;
    if (isHopeless) this.wake();
  }

  /** There is a session, or none is to be waited for. */
  wake(): void {
    this.#wakeUp.wakeAll();
  }

  /** Never rejects. */
  async call(call: ToolCall): Promise<CallOutcome> {
    const endsAt = this.#clock.now() + call.timeoutMs - (call.waitedMs ?? 0);
    let session = this.#supervised.session();
    let outcome = session === undefined ? this.#supervised.notReady() : await session.callTool(call);
    let sends = session === undefined ? 0 : 1;
    let loss: CallOutcome | undefined;
    while (sends < MAX_SENDS) {
      const isLost = outcome.kind === 'lost';
      if (isLost) {
        // Progress may have carried it far beyond its time, of which nothing is left then.
        if (call.isRepeatable !== true || loss !== undefined || this.#clock.now() >= endsAt) return outcome;
        loss = outcome;
      } else if (outcome.kind !== 'not_ready' || !(this.#isHealing() || this.#isAnother(session))) break;
      if (!(await this.#wait(isLost, endsAt, call))) {
        outcome = { kind: 'overloaded', retryAfterMs: OVERLOADED_RETRY_MS };
        break;
      }
      if (call.signal?.aborted === true) return { kind: 'cancelled' };
      if (this.#supervised.isClosed()) break;
      const leftMs = endsAt - this.#clock.now();
      const isOver = leftMs < 1;
      if (isOver && loss !== undefined) return { kind: 'timeout' };
      session = this.#supervised.session();
      outcome = this.#supervised.notReady();
      if (isOver || session === undefined) break;
      outcome = await session.callTool(afterWaiting(call, call.timeoutMs - leftMs));
      sends += 1;
    }
    // It may have run, whatever kept it from being sent once more.
    return loss !== undefined && isUnsent(outcome) ? loss : outcome;
  }

  #isHealing(): boolean {
    return this.#clock.now() < this.#healsUntil;
  }

  /** True when there is a session, and not the one that has refused. */
  #isAnother(refused: CallTaker | undefined): boolean {
    const session = this.#supervised.session();
    return session !== undefined && session !== refused;
  }

  /**
   * Resolves when there is a session, none is to be waited for, the time is up, or the caller has gone; with false at
   * once when too many wait already.
   */
  async #wait(isLost: boolean, endsAt: number, call: ToolCall): Promise<boolean> {
    let leftMs = this.#leftMs(isLost, endsAt, call);
    if (leftMs <= 0) return true;
    if (this.#waiting >= this.#maxWaiting) return false;
    this.#waiting += 1;
    for (; leftMs > 0; leftMs = this.#leftMs(isLost, endsAt, call)) {
      await this.#wakeUp.wait(leftMs, call.signal);
    }
    this.#waiting -= 1;
    return true;
  }

  /** How long a call may wait from now. */
  #leftMs(isLost: boolean, endsAt: number, call: ToolCall): number {
    const { session, isClosed } = this.#supervised;
    if (this.#isHopeless || session() !== undefined || isClosed() || call.signal?.aborted === true) return 0;
    return (isLost ? endsAt : Math.min(endsAt, this.#healsUntil)) - this.#clock.now();
  }
}

function isUnsent({ kind }: CallOutcome): boolean {
  return kind === 'not_ready' || kind === 'overloaded';
}
