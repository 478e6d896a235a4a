import { DrainRate } from './drain-rate.ts';
import { FairQueue } from './fair-queue.ts';
import type { GivenUp, PendingCall } from './pending-call.ts';
import type { CallOutcome } from '../upstream.ts';

export interface CallQueueOptions {
  /** Calls that wait at a time; 0: none does. */
  readonly maxQueue: number;
  /** Ends a call that has left the queue without being sent. */
  readonly end: (pending: PendingCall, outcome: CallOutcome) => void;
}

/** With a smaller part of its time than this left, a call would be cancelled about when the server begins with it. */
const LEAST_PART = 0.01;

/**
 * Calls that wait to be sent. Clients take turns; when it is full, the newest call of the client with most of them makes
 * room for one of a client with fewer. Their deadlines are their owner's, who calls `leave` when one has passed.
 *
 * Invariant: a call in the queue was never sent, so whatever it ends with here says that nothing was.
 */
export class CallQueue {
  readonly #maxQueue: number;
  readonly #end: CallQueueOptions['end'];
  readonly #calls = new FairQueue<PendingCall>();
  readonly #drain = new DrainRate();

  constructor({ maxQueue, end }: CallQueueOptions) {
    this.#maxQueue = maxQueue;
    this.#end = end;
  }

  get size(): number {
    return this.#calls.size;
  }

  /** Makes room for one more call of the client, if need be by refusing another; else returns the refusal of this one. */
  makeRoom(client: string, now: number): CallOutcome | undefined {
    if (this.#calls.size < this.#maxQueue) return undefined;
    const excess = this.#calls.findExcess(client);
    if (excess === undefined) return this.#refusal(now);
    this.#calls.remove(excess);
    this.#end(excess.item, this.#refusal(now));
    return undefined;
  }

  /** Adds the newest call of a client, for which `makeRoom` has found room. */
  add(pending: PendingCall, client: string, now: number): void {
    if (this.#calls.size === 0) this.#drain.begin(now);
    pending.place = this.#calls.add(pending, client);
  }

  /** Takes out the call to be sent next. Those whose time is all but over end instead. */
  take(now: number): PendingCall | undefined {
    for (let pending = this.#calls.take(); pending !== undefined; pending = this.#calls.take()) {
      if (!isAllButOver(pending, now)) {
        this.#drain.count();
        return pending;
      }
      this.#end(pending, { ...this.#refusal(now), after: 'waiting' });
    }
    return undefined;
  }

  /** A call that is in the queue is given up: its time is over, or its caller has gone. */
  leave(pending: PendingCall, { kind }: GivenUp, now: number): void {
    if (pending.place === undefined) return;
    this.#calls.remove(pending.place);
    this.#end(pending, kind === 'cancelled' ? { kind } : { ...this.#refusal(now), after: 'waiting' });
  }

  /** Ends all that wait. */
  empty(outcome: CallOutcome): void {
    for (let pending = this.#calls.take(); pending !== undefined; pending = this.#calls.take())
      this.#end(pending, outcome);
  }

  #refusal(now: number): Extract<CallOutcome, { kind: 'overloaded' }> {
    return { kind: 'overloaded', retryAfterMs: this.#drain.retryAfterMs(this.#calls.size, now) };
  }
}

function isAllButOver({ call, expiresAt, limit }: PendingCall, now: number): boolean {
  const leftMs = Math.min(expiresAt, limit?.expiresAt ?? Infinity) - now;
  return leftMs <= call.timeoutMs * LEAST_PART;
}
