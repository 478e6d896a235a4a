import { isJsonObject, type JsonObject, type JsonValue } from '../../src/index.ts';
import { describeStatus } from './http-words.ts';
import { parseObject } from './message-kind.ts';
import { readMessage } from './read-message.ts';
import type { ServerFacts } from './server-facts.ts';
import type { Channel, Ending, ReceivedText, Refusal, Target } from './target.ts';
import type { Received, RequestId, SentRequest, WireEvent, WireLine } from './wire-event.ts';

/** What became of a request. */
export type Reply =
  | { readonly kind: 'result'; readonly result: JsonValue; readonly line: WireLine; readonly tookMs: number }
  | { readonly kind: 'error'; readonly error: JsonValue; readonly line: WireLine; readonly tookMs: number }
  /** `reason` says why it is known that no answer can come any more, where that is known. */
  | { readonly kind: 'unanswered'; readonly waitedMs: number; readonly reason?: string }
  | { readonly kind: 'ended'; readonly ending: Ending };

/** A request under way. */
export interface PendingReply {
  readonly request: SentRequest;
  readonly reply: Promise<Reply>;
}

export interface RequestOptions {
  /** @default the next whole number */
  readonly id?: RequestId;
  readonly progressToken?: RequestId;
  /** @default the session's */
  readonly timeoutMs?: number;
  /** Writes the message in another way, as for numbers that JavaScript rounds. @default as it is */
  readonly respell?: (text: string) => string;
}

export interface SessionOptions {
  readonly requestTimeoutMs: number;
  readonly watchers: readonly ((event: WireEvent) => void)[];
}

interface Waiting {
  readonly settle: (reply: Reply) => void;
}

/** Evidence keeps the ends of what is longer. */
const SHOWN_CHARACTERS = 4_000;
const KEPT_LINES = 200;
/** Answered requests that are remembered, to notice a second answer. */
const KEPT_REQUESTS = 10_000;

/**
 * One connection, and the JSON-RPC bookkeeping on it: which request a response belongs to, how long it took, what was
 * never answered. It judges nothing; watchers see every line.
 */
export class Session {
  /** Undefined until it was initialized. */
  server: ServerFacts | undefined;
  readonly #options: SessionOptions;
  readonly #channel: Channel;
  readonly #requests = new Map<string, SentRequest>();
  readonly #waiting = new Map<SentRequest, Waiting>();
  readonly #lines: WireLine[] = [];
  readonly #textIds = new Set<string>();
  #nextId = 1;
  #ending: Ending | undefined;
  #isLeaving = false;
  #hasHung = false;
  readonly #ended: Promise<Ending>;
  #resolveEnded: (ending: Ending) => void = () => {};

  constructor(target: Target, options: SessionOptions) {
    this.#options = options;
    this.#ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
    this.#channel = target.open({
      onText: (received) => this.#receive(received),
      onOver: (text, reason) => this.#giveUp(text, reason),
      onEnded: (ending) => this.#end(ending),
    });
  }

  /** True while requests make sense: the connection is open, and everything asked so far was answered in time. */
  get isUsable(): boolean {
    return this.#ending === undefined && !this.#isLeaving && !this.#hasHung;
  }

  /** The last lines in both directions, oldest first. */
  get recentLines(): readonly WireLine[] {
    return this.#lines;
  }

  now(): number {
    return this.#channel.now();
  }

  request(method: string, params?: JsonObject, options: RequestOptions = {}): Promise<Reply> {
    return this.start(method, params, options).reply;
  }

  /** Sends a request; its reply settles at the deadline at the latest, and never rejects. */
  start(method: string, params?: JsonObject, options: RequestOptions = {}): PendingReply {
    const { progressToken, timeoutMs = this.#options.requestTimeoutMs } = options;
    const id = options.id ?? this.#nextId++;
    const sent = progressToken === undefined ? params : withMeta(params, { progressToken });
    const plain = JSON.stringify({ jsonrpc: '2.0', id, method, ...(sent !== undefined && { params: sent }) });
    const text = options.respell?.(plain) ?? plain;
    const name = params?.['name'];
    const tool = method === 'tools/call' && typeof name === 'string' ? name : undefined;
    const sentAtMs = this.now();
    const common = { id, method, params: sent, tool, progressToken, text, sentAtMs };
    const request: SentRequest = { ...common, responses: 0, isCancelled: false };
    this.#remember(request);
    this.#watch({ kind: 'requested', request });
    const reply = this.#awaitReply(request, timeoutMs);
    this.sendText(text);
    return { request, reply };
  }

  notify(method: string, params?: JsonObject): void {
    this.sendText(JSON.stringify({ jsonrpc: '2.0', method, ...(params !== undefined && { params }) }));
  }

  /** Cancels a request (MCP basic/utilities/cancellation); its reply still settles. */
  cancel(request: SentRequest): void {
    request.isCancelled = true;
    this.notify('notifications/cancelled', { requestId: request.id, reason: 'a check of cancellation' });
  }

  /** Sends a text as it is, valid or not; it may be answered to `id`. */
  sendText(text: string, id?: JsonValue): void {
    if (id !== undefined) this.#textIds.add(JSON.stringify(id));
    this.#record({ direction: 'sent', text, atMs: this.now() });
    this.#channel.send(text);
  }

  /** Says that nothing more will be sent; resolves with the end, or with undefined after `deadlineMs`. */
  async leave(deadlineMs: number): Promise<Ending | undefined> {
    this.#isLeaving = true;
    this.#channel.endInput();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), deadlineMs);
    });
    try {
      return await Promise.race([this.#ended, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends the connection and whatever it started. */
  async close(graceMs = 1_000): Promise<void> {
    this.#isLeaving = true;
    await this.#channel.close(this.#hasHung ? Math.min(graceMs, 100) : graceMs);
    this.#end({ kind: 'exited', code: null, signal: null, stderrTail: [] });
  }

  #awaitReply(request: SentRequest, timeoutMs: number): Promise<Reply> {
    const ending = this.#ending;
    if (ending !== undefined) return Promise.resolve({ kind: 'ended', ending });
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        // A cancelled request need not be answered.
        if (!request.isCancelled) {
          this.#hasHung = true;
          this.#watch({ kind: 'unanswered', request, waitedMs: timeoutMs });
        }
        settle({ kind: 'unanswered', waitedMs: timeoutMs });
      }, timeoutMs);
      const settle = (reply: Reply): void => {
        clearTimeout(timer);
        this.#waiting.delete(request);
        resolve(reply);
      };
      this.#waiting.set(request, { settle });
    });
  }

  #receive(text: ReceivedText): void {
    if (text.refusal !== undefined) {
      this.#receiveRefusal(text, text.refusal);
      return;
    }
    const line: WireLine = { direction: 'received', text: text.text, atMs: text.atMs };
    const received = readMessage(text, this.#requests, this.#textIds);
    const shown = this.#record(line);
    const request = received.kind === 'response' ? received.request : undefined;
    if (request !== undefined) request.responses += 1;
    this.#watch({ kind: 'received', line: shown, received, isAside: text.isAside === true });
    this.#answer(received, shown);
  }

  // An HTTP error that is no response takes the place of one.
  #receiveRefusal({ text, atMs }: ReceivedText, refusal: Refusal): void {
    const line = this.#record({ direction: 'received', text: `${refusal.title}: ${text}`, atMs });
    const [request, waiting] = this.#findWaiting(refusal.of) ?? [];
    this.#watch({ kind: 'received', line, received: { kind: 'refusal', refusal, request }, isAside: false });
    const tookMs = atMs - (request?.sentAtMs ?? atMs);
    waiting?.settle({ kind: 'error', error: toError(text, refusal), line, tookMs });
  }

  #giveUp(text: string, reason: string): void {
    const [request, waiting] = this.#findWaiting(text) ?? [];
    if (request === undefined || waiting === undefined) return;
    const waitedMs = Math.round(this.now() - request.sentAtMs);
    if (!request.isCancelled) this.#watch({ kind: 'unanswered', request, waitedMs, reason });
    waiting.settle({ kind: 'unanswered', waitedMs, reason });
  }

  #findWaiting(text: string): readonly [SentRequest, Waiting] | undefined {
    return [...this.#waiting].find(([request]) => request.text === text);
  }

  #answer(received: Received, line: WireLine): void {
    if (received.kind === 'request') this.#refuse(received.message, received.method);
    if (received.kind === 'batch') {
      // 2025-03-26 allowed batches; their responses still belong to somebody.
      for (const item of received.items) {
        const text = JSON.stringify(item);
        const inner = readMessage({ text, atMs: line.atMs }, this.#requests, this.#textIds);
        if (inner.kind === 'response' || inner.kind === 'request') this.#answer(inner, line);
      }
    }
    if (received.kind !== 'response') return;
    const request = received.request ?? received.lookalike;
    const waiting = request && this.#waiting.get(request);
    if (request === undefined || waiting === undefined) return;
    const { result, error } = received.message;
    const tookMs = line.atMs - request.sentAtMs;
    // An error of null beside a result is a defect of its own, and no failure.
    if (error !== undefined && (error !== null || result === undefined))
      waiting.settle({ kind: 'error', error, line, tookMs });
    else waiting.settle({ kind: 'result', result: result ?? null, line, tookMs });
  }

  // The server may ask too: ping is owed an answer, and nothing else was offered.
  #refuse(message: JsonObject, method: string): void {
    const id = message['id'] ?? null;
    const answer =
      method === 'ping' ? { result: {} } : { error: { code: -32601, message: 'not offered by this client' } };
    this.sendText(JSON.stringify({ jsonrpc: '2.0', id, ...answer }));
  }

  #end(ending: Ending): void {
    if (this.#ending !== undefined) return;
    this.#ending = ending;
    this.#watch({ kind: 'ended', ending, isExpected: this.#isLeaving });
    for (const { settle } of this.#waiting.values()) settle({ kind: 'ended', ending });
    this.#resolveEnded(ending);
  }

  #remember(request: SentRequest): void {
    this.#requests.set(JSON.stringify(request.id), request);
    if (this.#requests.size <= KEPT_REQUESTS) return;
    for (const [key, old] of this.#requests) {
      if (!this.#waiting.has(old)) this.#requests.delete(key);
      if (this.#requests.size <= KEPT_REQUESTS) return;
    }
  }

  #record(line: WireLine): WireLine {
    const shown = line.text.length <= SHOWN_CHARACTERS ? line : { ...line, text: shorten(line.text) };
    this.#lines.push(shown);
    if (this.#lines.length > KEPT_LINES) this.#lines.shift();
    return shown;
  }

  #watch(event: WireEvent): void {
    for (const watch of this.#options.watchers) watch(event);
  }
}

/** The body may hold a JSON-RPC error without an id; else the status is told by the code that comes nearest. */
function toError(body: string, { status }: Refusal): JsonValue {
  const own = parseObject(body)?.['error'];
  if (isJsonObject(own) && typeof own['code'] === 'number') return own;
  return { code: status >= 500 ? -32603 : -32600, message: describeStatus(status, body) };
}

/** True when the text of a line is all of it. */
export function isWhole({ text }: WireLine): boolean {
  return text.length <= SHOWN_CHARACTERS;
}

function withMeta(params: JsonObject | undefined, meta: JsonObject): JsonObject {
  const before = params?.['_meta'];
  return { ...params, _meta: { ...(isJsonObject(before) ? before : {}), ...meta } };
}

function shorten(text: string): string {
  const half = SHOWN_CHARACTERS / 2;
  return `${text.slice(0, half)} … (${text.length} characters) … ${text.slice(-half)}`;
}
