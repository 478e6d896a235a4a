import type { Expiring } from './deadlines.ts';
import type { CallOutcome, ToolCall } from './upstream.ts';

/** Ends a call before its answer came. */
export type GiveUp = (pending: PendingCall, why: 'timeout' | 'cancelled') => void;

/** One call between `call()` and its outcome: entry of the queue or the window, of the deadlines, and abort listener. */
export class PendingCall implements Expiring {
  readonly call: ToolCall;
  readonly settle: (outcome: CallOutcome) => void;
  /** Undefined until it is sent. */
  id: number | undefined;
  sentAt = 0;

  expiresAt = 0;
  lane: Expiring['lane'];
  previous: Expiring | undefined;
  next: Expiring | undefined;

  readonly #giveUp: GiveUp;

  constructor(call: ToolCall, settle: (outcome: CallOutcome) => void, giveUp: GiveUp) {
    this.call = call;
    this.settle = settle;
    this.#giveUp = giveUp;
  }

  expire(): void {
    this.#giveUp(this, 'timeout');
  }

  /** Being the listener object itself saves a closure a call. */
  handleEvent(): void {
    this.#giveUp(this, 'cancelled');
  }
}
