import type { IncomingMessage } from 'node:http';
import { delay } from '../clock.ts';
import { mergeHeaders } from '../header-forwarding.ts';
import type { PendingCall } from '../calls/pending-call.ts';
import type { CallOutcome, ToolCall } from '../upstream.ts';
import type { CallLane, PostTarget } from './call-lane.ts';
import { EventStreamReader } from './event-stream.ts';
import type { Exchange, HttpReply, HttpRequest } from './http-client.ts';
import { mediaType } from './media-type.ts';
import { readBody } from './read-body.ts';
import { judgeStatus, judgeUnaddressed, type Verdict } from './refusal.ts';

/** What a refusal may say. */
const MAX_REFUSAL_BYTES = 65_536;
/** A stream whose call is answered ends by itself, usually at once. */
const LINGER_MS = 1000;
/** Attempts to resume a stream, in a row, that brought nothing. */
const MAX_RESUMES = 3;
const MIN_RESUME_MS = 100;
const MAX_RESUME_MS = 30_000;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;

/**
 * The POST of one tools/call and all that answers it (MCP basic/transports, "Streamable HTTP", "Sending Messages to the
 * Server"; "Resumability and Redelivery").
 *
 *     posted ─▶ refused, or no connection ─▶ settled
 *        ├────▶ JSON ──────────────────────▶ settled
 *        └────▶ event stream ─▶ cut ─┬─────▶ settled
 *                    ▲               │ has event ids
 *                    └─── resumed ◀──┘
 *
 * Over HTTP+SSE a POST is only accepted or refused; the answer comes on the session's stream.
 * The call may be settled by others at any time: on its deadline, when cancelled, at the end of the session.
 */
export class CallPost {
  readonly #lane: CallLane;
  readonly #id: number;
  readonly #call: ToolCall;
  /** Beside the connection's own: what is forwarded of the caller's, and the trace. */
  readonly #callHeaders: ToolCall['forwardedHeaders'];
  readonly #body: string;
  readonly #over = new AbortController();
  #exchange: Exchange | undefined;
  #lastEventId: string | undefined;
  #resumeMs = LINGER_MS;
  /** The server was shown credentials that are not the caller's. */
  #hasOwnCredentials = false;

  constructor(lane: CallLane, id: number, { call, sent }: PendingCall, body: string) {
    this.#lane = lane;
    this.#id = id;
    this.#call = call;
    this.#callHeaders =
      sent === undefined ? call.forwardedHeaders : { ...call.forwardedHeaders, ...sent.context };
    this.#body = body;
  }

  /** Resolves when nothing more is sent or read. */
  async run(): Promise<void> {
    const { url, headers } = await this.#target();
    if (!this.#isWaiting()) return;
    const reply = await this.#send({
      method: 'POST',
      url,
      headers: mergeHeaders(headers, this.#callHeaders),
      body: this.#body,
    });
    if (!this.#isWaiting()) {
      this.abort();
    } else if (reply.kind === 'answered') {
      await this.#read(reply.message);
    } else if (reply.wasSent) {
      await this.#settleLost(reply.reason);
    } else {
      this.#settleGone(reply.reason);
    }
  }

  /** Stops sending and reading. */
  abort(): void {
    this.#over.abort();
    this.#exchange?.abort();
  }

  #isWaiting(): boolean {
    return this.#lane.pipeline.has(this.#id);
  }

  async #target(): Promise<PostTarget> {
    const target = await this.#lane.target();
    this.#hasOwnCredentials = target.headers['authorization'] !== undefined;
    return target;
  }

  #send(request: HttpRequest): Promise<HttpReply> {
    this.#exchange = this.#lane.http.send(request);
    return this.#exchange.reply;
  }

  async #read(message: IncomingMessage): Promise<void> {
    const status = message.statusCode ?? 0;
    if (status < 200 || status >= 300) {
      await this.#obey(await this.#judge(message, status));
    } else if (this.#lane.hasCommonStream) {
      await readBody(message, MAX_REFUSAL_BYTES);
      if (!this.#lane.isStreaming()) await this.#settleLost('the event stream was closed before the answer');
    } else if (mediaType(message) === 'text/event-stream') {
      await this.#readStreams(message);
    } else if (mediaType(message) === 'application/json') {
      await this.#readJson(message);
    } else {
      message.destroy();
      const type = message.headers['content-type'] ?? 'no content type';
      await this.#settleLost(`the server answered with HTTP ${status} and ${type}, not with a result`);
    }
  }

  async #judge(message: IncomingMessage, status: number): Promise<Verdict> {
    const body = await readBody(message, MAX_REFUSAL_BYTES);
    return judgeStatus({
      status,
      retryAfter: message.headers['retry-after'],
      body: body.kind === 'complete' ? body.bytes.toString('utf8') : '',
      hasCallersCredentials:
        this.#call.forwardedHeaders?.['authorization'] !== undefined && !this.#hasOwnCredentials,
    });
  }

  async #obey(verdict: Verdict): Promise<void> {
    switch (verdict.kind) {
      case 'session_gone':
        this.#settleGone(verdict.reason);
        return;
      case 'unreachable':
        await this.#settleLost(verdict.reason);
        return;
      case 'settled':
        this.#settle(verdict.outcome);
    }
  }

  async #readJson(message: IncomingMessage): Promise<void> {
    const body = await readBody(message, this.#lane.maxMessageBytes);
    switch (body.kind) {
      case 'too_large':
        this.#lane.pipeline.answerTooLarge(this.#id);
        return;
      case 'cut':
        await this.#settleLost('the connection ended within the answer');
        return;
      case 'complete':
        toOneLine(body.bytes);
        this.#lane.router.route(body.bytes);
        // An error without an id, perhaps: no other call can be meant.
        if (this.#isWaiting())
          await this.#obey(judgeUnaddressed(body.bytes.toString('utf8', 0, MAX_REFUSAL_BYTES)));
    }
  }

  /** Reads the stream, and those that resume it, until one holds the answer. */
  async #readStreams(first: IncomingMessage): Promise<void> {
    let fruitless = 0;
    let message: IncomingMessage | undefined = first;
    while (message !== undefined) {
      const isFruitful = await this.#readStream(message);
      fruitless = isFruitful ? 0 : fruitless + 1;
      message = undefined;
      while (this.#isWaiting() && this.#lastEventId !== undefined && fruitless < MAX_RESUMES) {
        message = await this.#resume(this.#lastEventId);
        if (message !== undefined) break;
        fruitless += 1;
      }
    }
    if (this.#isWaiting()) await this.#settleLost('the event stream ended without an answer');
  }

  /** True when an event came. */
  #readStream(message: IncomingMessage): Promise<boolean> {
    let isFruitful = false;
    let stopLingering: (() => void) | undefined;
    const { router, clock, maxMessageBytes } = this.#lane;
    const reader = new EventStreamReader(maxMessageBytes, {
      onEvent: ({ type, id, data }) => {
        isFruitful = true;
        if (id !== undefined) this.#lastEventId = id === '' ? undefined : id;
        if (data.length > 0 && (type === '' || type === 'message')) router.route(data);
      },
      onOversized: (head, tail, byteLength) => router.routeOversized(head, tail, byteLength),
      onRetry: (ms) => {
        this.#resumeMs = Math.min(MAX_RESUME_MS, Math.max(MIN_RESUME_MS, ms));
      },
    });
    return new Promise((resolve) => {
      message.on('data', (chunk: Buffer) => {
        reader.push(chunk);
        if (!this.#isWaiting()) stopLingering ??= clock.after(LINGER_MS, () => message.destroy());
      });
      message.once('close', () => {
        reader.end();
        stopLingering?.();
        resolve(isFruitful);
      });
      message.resume();
    });
  }

  /** Undefined when the stream could not be had. */
  async #resume(lastEventId: string): Promise<IncomingMessage | undefined> {
    const { clock, gone } = this.#lane;
    await delay(clock, this.#resumeMs, this.#over.signal);
    if (!this.#isWaiting()) return undefined;
    const { url, headers } = await this.#target();
    if (!this.#isWaiting()) return undefined;
    const { 'content-type': _, ...rest } = headers;
    const reply = await this.#send({
      method: 'GET',
      url,
      headers: mergeHeaders(
        { ...rest, accept: 'text/event-stream', 'last-event-id': lastEventId },
        this.#callHeaders,
      ),
    });
    if (!this.#isWaiting()) {
      this.abort();
      return undefined;
    }
    if (reply.kind === 'failed') {
      // Nobody is there any more who could have kept the answer.
      if (!reply.wasSent) this.#lastEventId = undefined;
      return undefined;
    }
    const { message } = reply;
    const status = message.statusCode ?? 0;
    if (status === 200 && mediaType(message) === 'text/event-stream') return message;
    const verdict = await this.#judge(message, status);
    if (verdict.kind === 'session_gone') gone(verdict.reason);
    if (verdict.kind !== 'unreachable') this.#lastEventId = undefined;
    return undefined;
  }

  /** Certainly not run. */
  #settleGone(reason: string): void {
    const retryAfterMs = this.#lane.gone(reason);
    this.#settle({ kind: 'not_ready', retryAfterMs, reason });
  }

  /** It may have run. One that may be sent again is told when it is known whether there still is a session to do so. */
  async #settleLost(reason: string): Promise<void> {
    const known = this.#lane.suspect();
    if (this.#call.isRepeatable === true) await known;
    this.#settle({ kind: 'lost', reason });
  }

  #settle(outcome: CallOutcome): void {
    this.#lane.pipeline.settle(this.#id, outcome);
  }
}

/** As over stdio: in JSON, a line break can only be white space. */
function toOneLine(json: Buffer): void {
  if (!json.includes(LF) && !json.includes(CR)) return;
  for (let at = 0; at < json.length; at += 1) if (json[at] === LF || json[at] === CR) json[at] = SPACE;
}
