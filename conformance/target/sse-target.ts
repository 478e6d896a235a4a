import type { IncomingMessage } from 'node:http';
import type { StreamEvent } from './event-reader.ts';
import { mediaTypeOf, readBody, type Body, type HttpRequest } from './http-connection.ts';
import { adviseOn, describeStatus, toStatusTitle } from './http-words.ts';
import { RemoteChannel, toShownUrl, type Outgoing, type RemoteOptions } from './remote-channel.ts';
import type { ChannelHandlers, Ending, Target } from './target.ts';

/** Makes a target of the address of an event stream (MCP 2024-11-05 basic/transports, HTTP with SSE): each connection is a stream of its own. */
export function createSseTarget(options: RemoteOptions): Target {
  return {
    name: options.name ?? toShownUrl(options.url),
    endsWithInput: false,
    open: (handlers) => new SseChannel(options, handlers),
    dispose: () => Promise.resolve(),
  };
}

/** How long a stream may take to say where messages go. */
const ENDPOINT_MS = 30_000;
const MAX_SHOWN_BYTES = 65_536;

/**
 * One session over HTTP+SSE.
 *
 *     GET ─▶ event `endpoint` ─▶ texts are posted there, and all answers are events
 */
class SseChannel extends RemoteChannel {
  readonly #endpoint: Promise<URL | undefined>;
  #resolveEndpoint: (endpoint: URL | undefined) => void = () => {};

  constructor(options: RemoteOptions, handlers: ChannelHandlers) {
    super(options, handlers);
    this.#endpoint = new Promise((resolve) => {
      this.#resolveEndpoint = resolve;
    });
    this.over.addEventListener('abort', () => this.#resolveEndpoint(undefined), { once: true });
    // It never rejects: its failures end the connection.
    void this.#open();
  }

  close(): Promise<void> {
    this.end({ kind: 'lost', message: 'the connection was closed' });
    this.connection.close();
    return Promise.resolve();
  }

  protected async toRequest({ text }: Outgoing): Promise<HttpRequest | undefined> {
    const url = await this.#endpoint;
    if (url === undefined) return undefined;
    const headers = { ...this.ownHeaders, 'content-type': 'application/json' };
    return { method: 'POST', url, headers, body: text };
  }

  protected async accept(message: IncomingMessage): Promise<void> {
    // Accepted is all that it says; answers are events.
    await readBody(message, MAX_SHOWN_BYTES);
  }

  protected endingFor(
    { status, message, body }: { status: number; message: IncomingMessage; body: Body },
    { method }: Outgoing,
  ): Ending | undefined {
    const said = describeStatus(status, body.text);
    if (status === 404 || status === 410) {
      return { kind: 'lost', message: `the server has ended the session (${said})` };
    }
    if (status !== 401 && method !== 'initialize') return undefined;
    return {
      kind: method === 'initialize' ? 'not-started' : 'lost',
      message: withAdvice(said, status, message),
    };
  }

  async #open(): Promise<void> {
    const timer = setTimeout(() => {
      this.fail(`the stream has named no endpoint within ${ENDPOINT_MS} ms: ${toShownUrl(this.url)}`);
    }, ENDPOINT_MS);
    this.over.addEventListener('abort', () => clearTimeout(timer), { once: true });
    try {
      const headers = { ...this.ownHeaders, accept: 'text/event-stream' };
      const reply = await this.connection.send({ method: 'GET', url: this.url, headers }, this.over);
      if (this.hasEnded) return;
      if (reply.kind === 'failed') this.fail(`${reply.reason}: ${toShownUrl(this.url)}`);
      else await this.#readStream(reply.message, () => clearTimeout(timer));
    } catch (error) {
      // A header that HTTP cannot carry, for one.
      this.fail(error instanceof Error ? error.message : String(error));
    }
  }

  async #readStream(message: IncomingMessage, onEndpoint: () => void): Promise<void> {
    const { statusCode: status = 0 } = message;
    const type = mediaTypeOf(message);
    const from = `from ${toShownUrl(this.url)}`;
    if (status !== 200) {
      const { text } = await readBody(message, MAX_SHOWN_BYTES);
      this.fail(withAdvice(`${describeStatus(status, text)} ${from}`, status, message));
      return;
    }
    if (type !== 'text/event-stream') {
      message.destroy();
      const what = type === '' ? 'no content type' : type;
      this.fail(
        withAdvice(`${toStatusTitle(status)} with ${what}, not an event stream, ${from}`, 404, message),
      );
      return;
    }
    await this.readEvents(message, (event) => {
      if (event.type === 'endpoint') this.#takeEndpoint(event, onEndpoint);
      else this.deliverEvent(event);
    });
    this.fail('the event stream has ended, and with it the session');
  }

  #takeEndpoint({ data }: StreamEvent, onEndpoint: () => void): void {
    const text = data?.toString('utf8') ?? '';
    const endpoint = URL.canParse(text, this.url.href) ? new URL(text, this.url) : undefined;
    // Texts and headers meant for one server are not given to another.
    if (endpoint?.origin !== this.url.origin) {
      this.fail(`the stream names an endpoint that is not at ${this.url.origin}`);
      return;
    }
    onEndpoint();
    this.#resolveEndpoint(endpoint);
  }
}

function withAdvice(words: string, status: number, message: IncomingMessage): string {
  const advice = adviseOn(status, message.headers.location);
  return advice === undefined ? words : `${words}; ${advice}`;
}
