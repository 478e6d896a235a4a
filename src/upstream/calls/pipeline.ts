import type { LargeValues } from '../../json/large-values.ts';
import { detach, parseError, toCallMessage, toCancelMessage } from './call-messages.ts';
import { CallQueue } from './call-queue.ts';
import { CallWindow } from './call-window.ts';
import type { Clock } from '../clock.ts';
import { Deadlines } from './deadlines.ts';
import type { Envelope } from '../messages/envelope.ts';
import type { Logger } from '../../logger.ts';
import { PendingCall, type GivenUp } from './pending-call.ts';
import { StrayCounter, type StrayAnswers } from './stray-counter.ts';
import type { CallOutcome, Peer, Progress, ToolCall } from '../upstream.ts';

/** The sending half of a connection, as the pipeline sees it. */
export interface Wire {
  /** False while too many bytes wait to be taken; `Pipeline.resume` is called when it becomes true. */
  readonly canSend: boolean;
  /** True when a caller's headers go beside the message; else they are in it. @default false */
  readonly sendsHeaders?: boolean;
  /** @default a pipe */
  readonly peer?: Peer;
  /** Sends one message, a call or its cancellation; `text` ends with a newline. */
  write(text: string, pending: PendingCall, what: 'call' | 'cancel'): void;
}

export interface PipelineOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Calls sent and not yet settled. @default 1000 */
  readonly maxInFlight?: number;
  /**
   * Calls waiting to be sent; 0: none waits. @default 1000: with as many waiting as running, the last in the queue waits about
   * one time as long as a call takes; a longer queue would only hold callers who have given up.
   */
  readonly maxQueue?: number;
  /** Told when the wire can send again, where calls wait elsewhere for `hasRoom`; and is not told of calls that end. */
  readonly onRoom?: () => void;
  /** For the outcome `too_large`. */
  readonly maxMessageBytes: number;
  /** Gives the outcome of an error that means something else on this connection. @default as it is */
  readonly judgeError?: (error: Extract<CallOutcome, { kind: 'error' }>) => CallOutcome;
}

/**
 * tools/call over one connection: many calls in flight, answered in any order (MCP server/tools, basic).
 *
 *     call() → | queue (in turns, never sent) | → | window (sent, by id) | → settled
 *               shed, timeout, cancel, loss ↘        answer, timeout, cancel, loss ↗
 *
 * Progress moves the deadline of a call that asks for that, up to a limit of its own.
 *
 * Invariants: a call is in the queue or in the window or settled; it leaves with exactly one outcome; the queue is
 * empty unless the window is full or the wire cannot send; |window| <= maxInFlight, |queue| <= maxQueue; after
 * `stop()` the queue is empty and stays so, after `lose()` both.
 */
export class Pipeline {
  readonly #wire: Wire;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly maxInFlight: number;
  readonly #maxMessageBytes: number;
  readonly #judgeError: PipelineOptions['judgeError'];
  readonly #onRoom: (() => void) | undefined;
  readonly #deadlines: Deadlines;
  readonly #window = new CallWindow<PendingCall>();
  readonly #queue: CallQueue;
  readonly #strays: StrayCounter;
  #lost: { readonly reason: string; readonly retryAfterMs: number } | undefined;

  constructor(wire: Wire, options: PipelineOptions) {
    this.#wire = wire;
    this.#clock = options.clock;
    this.#logger = options.logger;
    this.maxInFlight = options.maxInFlight ?? 1000;
    this.#maxMessageBytes = options.maxMessageBytes;
    this.#judgeError = options.judgeError;
    this.#onRoom = options.onRoom;
    this.#deadlines = new Deadlines(options.clock);
    this.#queue = new CallQueue({
      maxQueue: options.maxQueue ?? 1000,
      end: (pending, outcome) => this.#end(pending, outcome),
    });
    this.#strays = new StrayCounter(options);
  }

  get inFlight(): number {
    return this.#window.size;
  }

  get queued(): number {
    return this.#queue.size;
  }

  /** True when a call would be sent at once. */
  get hasRoom(): boolean {
    return this.#lost === undefined && this.#canSend();
  }

  get strays(): StrayAnswers {
    return this.#strays.counts;
  }

  /** Never rejects; settles within `call.timeoutMs`, or what progress makes of it, the time in the queue included. */
  call(call: ToolCall): Promise<CallOutcome> {
    if (this.#lost !== undefined) return Promise.resolve({ kind: 'not_ready', ...this.#lost });
    if (call.signal?.aborted === true) return Promise.resolve({ kind: 'cancelled' });
    const mustQueue = !this.#canSend();
    const client = mustQueue ? (call.client?.identify() ?? '') : '';
    const now = this.#clock.now();
    const refusal = mustQueue ? this.#queue.makeRoom(client, now) : undefined;
    if (refusal !== undefined) return Promise.resolve(refusal);
    return new Promise((resolve) => {
      const pending = new PendingCall(call, resolve, this.#giveUp);
      const { waitedMs } = call;
      this.#deadlines.add(pending, call.timeoutMs, now, waitedMs);
      if (pending.limit !== undefined)
        this.#deadlines.add(pending.limit, call.extraTime?.maxMs ?? 0, now, waitedMs);
      call.signal?.addEventListener('abort', pending);
      if (mustQueue) this.#queue.add(pending, client, now);
      else this.#send(pending, now);
    });
  }

  /** An answer to one of our ids has come in `line`, whose large values may be known. */
  answer(envelope: Extract<Envelope, { kind: 'result' | 'error' }>, line: Buffer, large?: LargeValues): void {
    const pending = this.#take(envelope.id);
    if (pending === undefined) return;
    const upstreamMs = this.#clock.now() - pending.sentAt;
    const { start, end } = envelope;
    if (envelope.kind === 'result') {
      const resultJson = detach(line, start, end);
      if (large === undefined) pending.settle({ kind: 'result', resultJson, upstreamMs });
      else pending.settle({ kind: 'result', resultJson, upstreamMs, large: large.from(start) });
    } else {
      const error = parseError(line.toString('utf8', start, end));
      pending.settle(this.#judgeError?.(error) ?? error);
    }
    this.#pump();
  }

  /** The answer to `id` was longer than a message may be. */
  answerTooLarge(id: number): void {
    const pending = this.#take(id);
    if (pending === undefined) return;
    pending.settle({ kind: 'too_large', limitBytes: this.#maxMessageBytes });
    this.#pump();
  }

  /** True while a call with this id waits for its answer. */
  has(id: number): boolean {
    return this.#window.get(id) !== undefined;
  }

  /** The ids of the calls that wait for their answers. */
  get ids(): readonly number[] {
    return this.#window.ids();
  }

  /** Ends a call otherwise than by an answer; does nothing when it has ended. */
  settle(id: number, outcome: CallOutcome): void {
    const pending = this.#window.get(id);
    if (pending === undefined) return;
    this.#window.delete(id);
    this.#end(pending, outcome);
    this.#pump();
  }

  /**
   * A notifications/progress for one of our tokens (the token of a call is its id). It gives a call more time that asked
   * for that (MCP basic/lifecycle, "Timeouts").
   */
  progress(token: number, progress: Progress): void {
    const pending = this.#window.get(token);
    if (pending === undefined) return;
    const { extraTime, onProgress } = pending.call;
    if (extraTime !== undefined) {
      pending.isExtended = true;
      this.#deadlines.renew(pending, extraTime.byMs, this.#clock.now());
    }
    if (onProgress === undefined) return;
    try {
      onProgress(progress);
    } catch (error) {
      this.#logger.error({ err: error }, 'a progress listener threw');
    }
  }

  /** The wire can send again. */
  resume(): void {
    this.#pump();
    this.#onRoom?.();
  }

  /** Nothing more can be sent: what waits is not ready, and each later call; what was sent may be answered yet. */
  stop(reason: string, retryAfterMs: number): void {
    if (this.#lost !== undefined) return;
    this.#lost = { reason, retryAfterMs };
    this.#queue.empty({ kind: 'not_ready', reason, retryAfterMs });
  }

  /** The connection is gone: settles every call at once, and each later one. Only the first loss counts. */
  lose(reason: string, retryAfterMs: number): void {
    this.stop(reason, retryAfterMs);
    for (const pending of this.#window.takeAll()) this.#end(pending, { kind: 'lost', reason });
    this.#strays.clear();
    this.#deadlines.clear();
  }

  #canSend(): boolean {
    return this.#queue.size === 0 && this.#window.size < this.maxInFlight && this.#wire.canSend;
  }

  #pump(): void {
    if (this.#queue.size === 0) return;
    const now = this.#clock.now();
    while (this.#window.size < this.maxInFlight && this.#wire.canSend) {
      const pending = this.#queue.take(now);
      if (pending === undefined) return;
      this.#send(pending, now);
    }
  }

  #send(pending: PendingCall, now: number): void {
    const id = this.#window.add(pending);
    pending.id = id;
    pending.sentAt = now;
    const { call } = pending;
    const { peer = pipe, sendsHeaders } = this.#wire;
    if (call.trace !== undefined) pending.sent = call.trace.sending(id, peer);
    const text = toCallMessage(id, sendsHeaders === true ? withoutHeaders(call) : call, pending.sent);
    this.#wire.write(text, pending, 'call');
  }

  /** Takes the call of `id` out of the window, or counts the answer as a stray. */
  #take(id: number | undefined): PendingCall | undefined {
    const pending = id === undefined ? undefined : this.#window.get(id);
    if (pending === undefined || id === undefined) {
      this.#strays.count(id, id !== undefined && this.#window.mayHaveGiven(id));
      return undefined;
    }
    this.#window.delete(id);
    this.#release(pending);
    return pending;
  }

  /** Timeout and cancellation (MCP basic/utilities/cancellation): a call that was sent is cancelled upstream. */
  readonly #giveUp = (pending: PendingCall, outcome: GivenUp): void => {
    const { id } = pending;
    if (id === undefined) {
      this.#queue.leave(pending, outcome, this.#clock.now());
      return;
    }
    this.#window.delete(id);
    this.#strays.expect(id);
    const reason = outcome.kind === 'cancelled' ? 'the caller has gone' : 'the call timed out';
    this.#wire.write(toCancelMessage(id, reason), pending, 'cancel');
    this.#end(pending, outcome);
    this.#pump();
  };

  #end(pending: PendingCall, outcome: CallOutcome): void {
    this.#release(pending);
    pending.settle(outcome);
  }

  #release(pending: PendingCall): void {
    this.#deadlines.remove(pending);
    if (pending.limit !== undefined) this.#deadlines.remove(pending.limit);
    pending.call.signal?.removeEventListener('abort', pending);
  }
}

const pipe: Peer = { transport: 'pipe' };

function withoutHeaders(call: ToolCall): ToolCall {
  if (call.forwardedHeaders === undefined) return call;
  const { forwardedHeaders: _, ...rest } = call;
  return rest;
}
