import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Operation } from '../contract/contract.ts';
import type { CallTrace } from '../upstream/upstream.ts';
import { streamOf } from './tls/http2.ts';

/** The trace that a request belongs to. */
export interface RequestTrace {
  /** Lower-case hex, for log lines. */
  readonly traceId: string;
  /** Follows the request's tool call. */
  readonly call: CallTrace;
}

/** Keeps a record of requests, in a form of its own. Nothing here throws. */
export interface RequestWatcher {
  /** A request has come; nothing of it has been judged. Gives the trace it belongs to, when it is traced. */
  began?(record: RequestRecord): RequestTrace | undefined;
  /** The answer has left, or its caller has gone, and its call is over. */
  ended(record: RequestRecord): void;
  /** What it counts, for /metrics. */
  readonly counters?: readonly WatcherCounter[];
}

/** A counter of /metrics; `name` as Prometheus has it. */
interface WatcherCounter {
  readonly name: string;
  readonly help: string;
  readonly count: () => number;
}

/** What is known of one request, more and more until it ends. */
export class RequestRecord {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Of the caller; behind a trusted proxy, what that says. */
  readonly address: string;
  readonly startedAt: Date = new Date();
  /** From then on, in milliseconds; not touched by what happens to the clock. */
  readonly #startedMs = performance.now();
  #endedMs = 0;
  trace: RequestTrace | undefined;
  /** Undefined for what is answered before anything was looked at. */
  id: string | undefined;
  /** The tool that it calls, and the server that has it; undefined for everything but calls. */
  operation: Operation | undefined;
  serverName: string | undefined;
  /** As the tool got them; undefined until they are read. */
  argumentsJson: string | undefined;
  /** Of the answer, or 499 for a caller who had gone; where a stream had begun with 200, how it ended. */
  status = 0;
  /** Of the problem that was answered with. */
  code: string | undefined;
  #isClosed = false;
  #isCalling = false;
  readonly #onEnd: (record: RequestRecord) => void;

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    address: string,
    onEnd: (record: RequestRecord) => void,
  ) {
    this.request = request;
    this.response = response;
    this.address = address;
    this.#onEnd = onEnd;
    response.once('close', () => {
      this.#isClosed = true;
      this.#endWhenOver();
    });
  }

  get durationMs(): number {
    return this.#endedMs - this.#startedMs;
  }

  /** It is a call of this tool; `settle` ends it. */
  call(operation: Operation, serverName: string): void {
    this.operation = operation;
    this.serverName = serverName;
    this.#isCalling = true;
  }

  /** How the call ended. */
  settle(status: number, code: string | undefined): void {
    this.status = status;
    this.code = code;
    this.#isCalling = false;
    this.#endWhenOver();
  }

  #endWhenOver(): void {
    if (!this.#isClosed || this.#isCalling || this.#endedMs !== 0) return;
    this.#endedMs = performance.now();
    if (this.status === 0) this.status = hasAnswered(this.response) ? this.response.statusCode : 499;
    this.#onEnd(this);
  }
}

/** Kept on the request itself: a WeakMap would cost the garbage collector an entry for each call. */
const recordKey = Symbol('record');

interface RecordedMessage extends IncomingMessage {
  [recordKey]?: RequestRecord;
}

/** The records of the requests under way. */
export class RequestRecords {
  readonly #watchers: readonly RequestWatcher[];
  readonly #addressOf: (request: IncomingMessage) => string;

  constructor(watchers: readonly RequestWatcher[], addressOf: (request: IncomingMessage) => string) {
    this.#watchers = watchers;
    this.#addressOf = addressOf;
  }

  begin(request: IncomingMessage, response: ServerResponse): void {
    const record = new RequestRecord(request, response, this.#addressOf(request), this.#end);
    (request as RecordedMessage)[recordKey] = record; // read by `of` alone
    for (const watcher of this.#watchers) record.trace = watcher.began?.(record) ?? record.trace;
  }

  of(request: IncomingMessage): RequestRecord | undefined {
    return (request as RecordedMessage)[recordKey]; // written by `begin` alone
  }

  readonly #end = (record: RequestRecord): void => {
    for (const watcher of this.#watchers) watcher.ended(record);
  };
}

function hasAnswered(response: ServerResponse): boolean {
  return response.writableFinished && streamOf(response)?.aborted !== true;
}
