import type { Expiring } from './deadlines.ts';
import type { Place } from './fair-queue.ts';
import type { CallOutcome, SentRequest, ToolCall } from '../upstream.ts';

/** How a call ends before its answer came. */
export type GivenUp = Extract<CallOutcome, { kind: 'timeout' | 'cancelled' }>;

/** Ends a call before its answer came. */
export type GiveUp = (pending: PendingCall, outcome: GivenUp) => void;

/** One call between `call()` and its outcome: entry of the queue or the window, of the deadlines, and abort listener. */
export class PendingCall implements Expiring {
  readonly call: ToolCall;
  readonly settle: (outcome: CallOutcome) => void;
  /** Undefined until it is sent. */
  id: number | undefined;
  sentAt = 0;
  /** Where it waits to be sent. */
  place: Place<PendingCall> | undefined;
  /** Its end whatever it reports; only where progress moves its deadline. */
  readonly limit: Expiring | undefined;
  /** Its deadline was moved. */
  isExtended = false;

  expiresAt = 0;
  lane: Expiring['lane'];
  previous: Expiring | undefined;
  next: Expiring | undefined;

  /** Of a traced call, once it is sent. */
  sent: SentRequest | undefined;

  readonly #giveUp: GiveUp;

  constructor(call: ToolCall, settle: (outcome: CallOutcome) => void, giveUp: GiveUp) {
    this.call = call;
    this.settle = call.trace === undefined ? settle : (outcome) => this.#settleTraced(outcome, settle);
    this.limit = call.extraTime === undefined ? undefined : new TimeLimit(() => giveUp(this, overMaxTime));
    this.#giveUp = giveUp;
  }

  expire(): void {
    this.#giveUp(this, this.isExtended ? silent : unanswered);
  }

  /** Being the listener object itself saves a closure a call. */
  handleEvent(): void {
    this.#giveUp(this, cancelled);
  }

  #settleTraced(outcome: CallOutcome, settle: (outcome: CallOutcome) => void): void {
    this.sent?.ended(outcome);
    settle(outcome);
  }
}

const unanswered: GivenUp = { kind: 'timeout' };
const silent: GivenUp = { kind: 'timeout', after: 'silence' };
const overMaxTime: GivenUp = { kind: 'timeout', after: 'max_time' };
const cancelled: GivenUp = { kind: 'cancelled' };

class TimeLimit implements Expiring {
  expiresAt = 0;
  lane: Expiring['lane'];
  previous: Expiring | undefined;
  next: Expiring | undefined;
  readonly expire: () => void;

  constructor(expire: () => void) {
    this.expire = expire;
  }
}
