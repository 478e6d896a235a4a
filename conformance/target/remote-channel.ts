import { setTimeout as sleep } from 'node:timers/promises';
import type { IncomingMessage } from 'node:http';
import { toByteText } from './byte-text.ts';
import { EventReader, type StreamEvent } from './event-reader.ts';
import {
  HttpConnection,
  readBody,
  readToEnd,
  type Body,
  type HttpReply,
  type HttpRequest,
} from './http-connection.ts';
import { describeStatus, toStatusTitle } from './http-words.ts';
import { isResponse, kindOf, type MessageKind } from './message-kind.ts';
import { SendOrder } from './send-order.ts';
import type { Channel, ChannelHandlers, Ending } from './target.ts';

/** A server that listens elsewhere. */
export interface RemoteOptions {
  /** http or https. */
  readonly url: string;
  /** Sent with every request. @default none */
  readonly headers?: Readonly<Record<string, string>>;
  /** For people. @default the URL, without the values of what may be secrets */
  readonly name?: string;
  /** A longer message is cut, and is a finding. @default 67108864 */
  readonly maxTextBytes?: number;
}

/** A text on its way. */
export interface Outgoing extends MessageKind {
  readonly text: string;
}

const MAX_TEXT_BYTES = 67_108_864;
const MAX_REFUSAL_BYTES = 65_536;
/** How often a text is sent again that a server was too busy for. */
const MAX_TRIES = 5;
const MAX_BUSY_MS = 30_000;

/** What connections over HTTP share: posting texts, delivering what comes, ending once. */
export abstract class RemoteChannel implements Channel {
  protected readonly connection: HttpConnection = new HttpConnection();
  protected readonly url: URL;
  protected readonly ownHeaders: Readonly<Record<string, string>>;
  protected readonly maxTextBytes: number;
  readonly #handlers: ChannelHandlers;
  readonly #over = new AbortController();
  readonly #order = new SendOrder();
  readonly #openedAt = performance.now();
  #isReady = false;

  constructor(
    { url, headers = {}, maxTextBytes = MAX_TEXT_BYTES }: RemoteOptions,
    handlers: ChannelHandlers,
  ) {
    this.url = new URL(url);
    this.ownHeaders = headers;
    this.maxTextBytes = maxTextBytes;
    this.#handlers = handlers;
  }

  /** Aborted at the end. */
  protected get over(): AbortSignal {
    return this.#over.signal;
  }

  protected get hasEnded(): boolean {
    return this.#over.signal.aborted;
  }

  now(): number {
    return performance.now() - this.#openedAt;
  }

  send(text: string): void {
    if (this.hasEnded) return;
    const outgoing = { text, ...kindOf(text) };
    this.#order.add(() => this.#post(outgoing), !outgoing.isRequest);
  }

  /** A server for many does not end with one client's input. */
  endInput(): void {}

  abstract close(graceMs: number): Promise<void>;

  /** The request that carries a text; undefined when the connection has ended before it could be told. */
  protected abstract toRequest(outgoing: Outgoing): Promise<HttpRequest | undefined>;

  /** Reads an answer of status 2xx. */
  protected abstract accept(message: IncomingMessage, outgoing: Outgoing): Promise<void>;

  /** How an HTTP error ends the connection; undefined when it only refuses the text. */
  protected abstract endingFor(
    refusal: { readonly status: number; readonly message: IncomingMessage; readonly body: Body },
    outgoing: Outgoing,
  ): Ending | undefined;

  protected deliverBody(body: Body): void {
    const { text, fault } = body;
    this.#deliver({ text, ...(fault !== undefined && { fault }) });
  }

  /** Delivers the message of an event, and returns its text; events without any keep connections open. */
  protected deliverEvent({ type, data, byteLength }: StreamEvent, isAside = false): string | undefined {
    if (data === undefined || data.length === 0 || (type !== '' && type !== 'message')) return undefined;
    const received = toByteText(data, { noun: 'event', maxBytes: this.maxTextBytes, byteLength });
    this.#deliver({ ...received, ...(isAside && { isAside }) });
    return received.text;
  }

  /** Reads an event stream to its end. */
  protected async readEvents(
    message: IncomingMessage,
    onEvent: (event: StreamEvent) => void,
    onRetry?: (ms: number) => void,
  ): Promise<void> {
    const reader = new EventReader(this.maxTextBytes, { onEvent, ...(onRetry && { onRetry }) });
    await readToEnd(message, (chunk) => reader.push(chunk));
  }

  /** Nothing more comes in answer to a text. */
  protected finish({ text, isRequest }: Outgoing, reason: string): void {
    if (isRequest && !this.hasEnded) this.#handlers.onOver?.(text, reason);
  }

  protected end(ending: Ending): void {
    if (this.hasEnded) return;
    this.#over.abort();
    this.connection.abortAll();
    this.#handlers.onEnded(ending);
  }

  /** The connection cannot be used (any more): before the server has accepted anything, it has not been there at all. */
  protected fail(message: string): void {
    this.end({ kind: this.#isReady ? 'lost' : 'not-started', message });
  }

  async #post(outgoing: Outgoing): Promise<void> {
    try {
      await this.#exchange(outgoing);
    } catch (error) {
      // A header that HTTP cannot carry, for one.
      this.fail(error instanceof Error ? error.message : String(error));
    }
  }

  async #exchange(outgoing: Outgoing): Promise<void> {
    const reply = await this.#sendPatiently(outgoing);
    if (reply === undefined || this.hasEnded) return;
    if (reply.kind === 'failed') {
      this.fail(`${reply.reason}: ${toShownUrl(this.url)}`);
      return;
    }
    const { message, status } = reply;
    if (status >= 200 && status < 300) {
      this.#isReady = true;
      await this.accept(message, outgoing);
    } else {
      await this.#refuse(message, status, outgoing);
    }
  }

  /** Servers that many use limit how much one may ask. */
  async #sendPatiently(outgoing: Outgoing): Promise<HttpReply | undefined> {
    for (let tries = 1; ; tries += 1) {
      const request = await this.toRequest(outgoing);
      if (request === undefined || this.hasEnded) return undefined;
      const reply = await this.connection.send(request);
      if (reply.kind === 'failed' || tries === MAX_TRIES) return reply;
      const waitMs = toWaitMs(reply.status, reply.message.headers['retry-after']);
      if (waitMs === undefined) return reply;
      reply.message.destroy();
      await this.pause(waitMs);
      if (this.hasEnded) return undefined;
    }
  }

  /** Waits; at the end of the connection no longer. */
  protected async pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.over }).catch(() => {});
  }

  async #refuse(message: IncomingMessage, status: number, outgoing: Outgoing): Promise<void> {
    const body = await readBody(message, MAX_REFUSAL_BYTES);
    if (this.hasEnded) return;
    if (outgoing.isRequest && isResponse(body.text, outgoing.id)) {
      this.deliverBody(body);
      return;
    }
    const ending = this.endingFor({ status, message, body }, outgoing);
    if (ending !== undefined) {
      this.end(ending);
      return;
    }
    const refusal = { status, title: toStatusTitle(status), of: outgoing.text };
    this.#deliver({ text: body.text, refusal });
    this.finish(outgoing, describeStatus(status, body.text));
  }

  #deliver(received: Omit<Parameters<ChannelHandlers['onText']>[0], 'atMs'>): void {
    if (!this.hasEnded) this.#handlers.onText({ ...received, atMs: this.now() });
  }
}

/** A URL for people: the values of its query may be secrets. */
export function toShownUrl(url: string | URL): string {
  const shown = new URL(url);
  for (const name of new Set(shown.searchParams.keys())) shown.searchParams.set(name, '…');
  shown.username = '';
  shown.password = '';
  return shown.href.replaceAll('%E2%80%A6', '…');
}

/** How long to wait before the same is asked again (RFC 6585 section 4, RFC 9110 section 10.2.3); undefined when that is no use. */
function toWaitMs(status: number, retryAfter: string | undefined): number | undefined {
  if (status !== 429 && !(status === 503 && retryAfter !== undefined)) return undefined;
  const seconds = retryAfter !== undefined && /^\d{1,6}$/.test(retryAfter) ? Number(retryAfter) : 1;
  return Math.min(MAX_BUSY_MS, seconds * 1_000);
}
