import { CallQueue } from '../calls/call-queue.ts';
import { Deadlines } from '../calls/deadlines.ts';
import { PendingCall, type GivenUp } from '../calls/pending-call.ts';
import { afterWaiting } from '../calls/time-left.ts';
import type { Clock } from '../clock.ts';
import type { CallTaker } from '../supervision/further-sends.ts';
import type { CallOutcome, ToolCall } from '../upstream.ts';
import type { Replica } from './replica.ts';

export interface DealerOptions {
  readonly clock: Clock;
  /** Calls that wait at a time. */
  readonly maxQueue: number;
  /** Those that calls may go to. */
  readonly replicas: () => readonly Replica[];
}

/**
 * Deals calls out to replicas: to the ready one with the fewest of those that have room; while none has, calls wait for
 * whichever has room first.
 *
 * Invariant: no call waits here and with a replica at the same time, and none waits here while a replica has room that
 * has said so (`deal`).
 */
export class Dealer implements CallTaker {
  readonly #clock: Clock;
  readonly #replicas: DealerOptions['replicas'];
  readonly #deadlines: Deadlines;
  readonly #queue: CallQueue;
  #turn = 0;

  constructor({ clock, maxQueue, replicas }: DealerOptions) {
    this.#clock = clock;
    this.#replicas = replicas;
    this.#deadlines = new Deadlines(clock);
    this.#queue = new CallQueue({ maxQueue, end: (pending, outcome) => this.#end(pending, outcome) });
  }

  /** Calls that wait. */
  get queued(): number {
    return this.#queue.size;
  }

  callTool(call: ToolCall): Promise<CallOutcome> {
    const replica = this.#queue.size === 0 ? this.#pick() : undefined;
    if (replica !== undefined) return replica.callTool(call);
    if (call.signal?.aborted === true) return Promise.resolve({ kind: 'cancelled' });
    const client = call.client?.identify() ?? '';
    const now = this.#clock.now();
    const refusal = this.#queue.makeRoom(client, now);
    if (refusal !== undefined) return Promise.resolve(refusal);
    return new Promise((resolve) => {
      const pending = new PendingCall(call, resolve, this.#giveUp);
      this.#deadlines.add(pending, call.timeoutMs, now, call.waitedMs);
      call.signal?.addEventListener('abort', pending);
      this.#queue.add(pending, client, now);
    });
  }

  /** A replica has room: what waits goes to those that have, as far as it does. */
  deal(): void {
    if (this.#queue.size === 0) return;
    const now = this.#clock.now();
    for (let replica = this.#pick(); replica !== undefined; replica = this.#pick()) {
      const pending = this.#queue.take(now);
      if (pending === undefined) return;
      this.#release(pending);
      const { call, expiresAt, settle } = pending;
      const leftMs = expiresAt - now;
      void replica.callTool(afterWaiting(call, call.timeoutMs - leftMs)).then(settle);
    }
  }

  get hasReady(): boolean {
    return this.#replicas().some(({ isReady }) => isReady);
  }

  /** Which of them are ready may have changed: deals, or, when none is, ends what waits with the refusal. */
  update(refusal: CallOutcome): void {
    if (this.hasReady) this.deal();
    else this.refuse(refusal);
  }

  /** Ends what waits, and lets go of its timers. */
  refuse(refusal: CallOutcome): void {
    this.#queue.empty(refusal);
    this.#deadlines.clear();
  }

  /** The one with the fewest calls of those that have room; among equals they take turns. */
  #pick(): Replica | undefined {
    const replicas = this.#replicas();
    const { length } = replicas;
    let best: Replica | undefined;
    for (let step = 0; step < length; step += 1) {
      const replica = replicas[(this.#turn + step) % length];
      if (replica?.hasRoom === true && (best === undefined || replica.calls < best.calls)) best = replica;
    }
    if (best !== undefined) this.#turn = (this.#turn + 1) % length;
    return best;
  }

  readonly #giveUp = (pending: PendingCall, outcome: GivenUp): void => {
    this.#queue.leave(pending, outcome, this.#clock.now());
  };

  #end(pending: PendingCall, outcome: CallOutcome): void {
    this.#release(pending);
    pending.settle(outcome);
  }

  #release(pending: PendingCall): void {
    this.#deadlines.remove(pending);
    pending.call.signal?.removeEventListener('abort', pending);
  }
}
