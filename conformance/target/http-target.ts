import type { IncomingMessage } from 'node:http';
import { isJsonObject } from '../../src/index.ts';
import { mediaTypeOf, readBody, type Body, type HttpRequest } from './http-connection.ts';
import { adviseOn, describeStatus, toStatusTitle } from './http-words.ts';
import { isResponse, parseObject } from './message-kind.ts';
import { RemoteChannel, toShownUrl, type Outgoing, type RemoteOptions } from './remote-channel.ts';
import { atMost } from './send-order.ts';
import type { Ending, Target } from './target.ts';

/** Makes a target of the address of a server: each connection is a session of its own (MCP basic/transports, Streamable HTTP). */
export function createHttpTarget(options: RemoteOptions): Target {
  return {
    name: options.name ?? toShownUrl(options.url),
    endsWithInput: false,
    open: (handlers) => new HttpChannel(options, handlers),
    dispose: () => Promise.resolve(),
  };
}

const RESUME_MS = 1_000;
const MAX_RESUME_MS = 10_000;
/** Streams in a row that brought nothing, until no more are opened. */
const MAX_FRUITLESS = 3;

/**
 * One session over streamable HTTP.
 *
 *     initialize ─▶ session id, revision ─▶ notifications/initialized ─▶ stream of the server's own ─▶ DELETE
 */
class HttpChannel extends RemoteChannel {
  #sessionId: string | undefined;
  #revision: string | undefined;

  async close(graceMs: number): Promise<void> {
    const id = this.#sessionId;
    this.#sessionId = undefined;
    const wasOpen = !this.hasEnded;
    this.end({ kind: 'lost', message: 'the connection was closed' });
    if (wasOpen && id !== undefined) {
      const headers = { ...this.#headers(), 'mcp-session-id': id };
      await atMost(
        this.connection.send({ method: 'DELETE', url: this.url, headers }),
        Math.max(graceMs, 100),
      );
    }
    this.connection.close();
  }

  protected toRequest({ text }: Outgoing): Promise<HttpRequest> {
    const headers = {
      ...this.#headers(),
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    };
    return Promise.resolve({ method: 'POST', url: this.url, headers, body: text });
  }

  protected async accept(message: IncomingMessage, outgoing: Outgoing): Promise<void> {
    const { method, isRequest } = outgoing;
    const sessionId = message.headers['mcp-session-id'];
    if (method === 'initialize' && typeof sessionId === 'string') this.#sessionId = sessionId;
    const type = mediaTypeOf(message);
    if (type === 'text/event-stream') {
      // It never rejects, and others do not wait for what may be a long stream.
      void this.#readAnswers(message, outgoing);
    } else {
      const body = await readBody(message, this.maxTextBytes);
      if (type === 'application/json' && body.byteLength > 0) this.#takeBody(body, outgoing);
      else if (isRequest) this.#takeNonsense(message, type, outgoing, body);
    }
    // A response of its own kind has been delivered by now, so that the server is ready for streams.
    if (method === 'notifications/initialized' && !this.hasEnded) void this.#listen();
  }

  protected endingFor(
    { status, message, body }: { status: number; message: IncomingMessage; body: Body },
    { method }: Outgoing,
  ): Ending | undefined {
    const said = describeStatus(status, body.text);
    const isOpen = this.#sessionId !== undefined || this.#revision !== undefined;
    const advice = adviseOn(status, message.headers.location);
    if (this.#sessionId !== undefined && saysSessionGone(status, body.text)) {
      return { kind: 'lost', message: `the server has ended the session (${said})` };
    }
    if (status === 401 || (method === 'initialize' && !isErrorMessage(body.text) && status !== 400)) {
      const words = `${said} from ${toShownUrl(this.url)}`;
      const full = advice === undefined ? words : `${words}; ${advice}`;
      return { kind: isOpen ? 'lost' : 'not-started', message: full };
    }
    return undefined;
  }

  #headers(): Readonly<Record<string, string>> {
    return {
      ...this.ownHeaders,
      ...(this.#sessionId !== undefined && { 'mcp-session-id': this.#sessionId }),
      ...(this.#revision !== undefined && { 'mcp-protocol-version': this.#revision }),
    };
  }

  #takeBody(body: Body, outgoing: Outgoing): void {
    this.#learnRevision(body.text, outgoing);
    this.deliverBody(body);
    this.finish(outgoing, 'the body of the answer holds no response');
  }

  /** Status 2xx, but neither JSON nor events. */
  #takeNonsense({ statusCode = 0 }: IncomingMessage, type: string, outgoing: Outgoing, body: Body): void {
    const what = body.byteLength === 0 ? 'nothing' : type === '' ? 'no content type' : type;
    const reason = `${toStatusTitle(statusCode)} with ${what}, where a message belongs`;
    if (outgoing.method === 'initialize') {
      const message = `${reason}, from ${toShownUrl(this.url)}; ${adviseOn(404, undefined)}`;
      this.end({ kind: 'not-started', message });
      return;
    }
    if (body.byteLength > 0) this.deliverBody({ ...body, fault: reason });
    this.finish(outgoing, reason);
  }

  // MCP-Protocol-Version goes with all that follows, and only this answer says which.
  #learnRevision(text: string, { method }: Outgoing): void {
    if (method !== 'initialize') return;
    const result = parseObject(text)?.['result'];
    const version = isJsonObject(result) ? result['protocolVersion'] : undefined;
    // Another text could not stand in a header.
    if (typeof version === 'string' && /^[\w.-]{1,64}$/.test(version)) this.#revision = version;
  }

  /** Reads the events that answer a text, and the streams that go on where one ended early. */
  async #readAnswers(first: IncomingMessage, outgoing: Outgoing): Promise<void> {
    let isAnswered = !outgoing.isRequest;
    const stream = new Resumable();
    let message: IncomingMessage | undefined = first;
    while (message !== undefined) {
      await this.readEvents(
        message,
        (event) => {
          stream.follow(event);
          if (outgoing.method === 'initialize')
            this.#learnRevision(event.data?.toString('utf8') ?? '', outgoing);
          const text = this.deliverEvent(event);
          if (text !== undefined && event.id !== undefined) isAnswered ||= isResponse(text, outgoing.id);
        },
        (ms) => stream.delay(ms),
      );
      message = isAnswered ? undefined : await this.#resume(stream);
    }
    this.finish(outgoing, 'the event stream ended without a response');
  }

  /** The server's own stream, on which it says what answers nothing; a server need not have one. */
  async #listen(): Promise<void> {
    const stream = new Resumable();
    let message = await this.#openStream(stream.lastEventId);
    while (message !== undefined) {
      await this.readEvents(
        message,
        (event) => {
          stream.follow(event);
          this.deliverEvent(event, true);
        },
        (ms) => stream.delay(ms),
      );
      message = stream.isFruitless() ? undefined : await this.#openAgain(stream);
    }
  }

  /** Undefined where nothing can be resumed (MCP basic/transports, "Resumability and Redelivery"). */
  async #resume(stream: Resumable): Promise<IncomingMessage | undefined> {
    while (stream.lastEventId !== undefined && !stream.isFruitless() && !this.hasEnded) {
      const message = await this.#openAgain(stream);
      if (message !== undefined) return message;
    }
    return undefined;
  }

  async #openAgain(stream: Resumable): Promise<IncomingMessage | undefined> {
    await this.pause(stream.waitMs);
    return this.#openStream(stream.lastEventId);
  }

  async #openStream(lastEventId: string | undefined): Promise<IncomingMessage | undefined> {
    if (this.hasEnded) return undefined;
    const headers = {
      ...this.#headers(),
      accept: 'text/event-stream',
      ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
    };
    const reply = await this.connection.send({ method: 'GET', url: this.url, headers }, this.over);
    if (reply.kind === 'failed') return undefined;
    if (reply.status === 200 && mediaTypeOf(reply.message) === 'text/event-stream') return reply.message;
    reply.message.destroy();
    return undefined;
  }
}

/** What is remembered of a stream that may have to be opened again. */
class Resumable {
  lastEventId: string | undefined;
  waitMs: number = RESUME_MS;
  #isFruitful = false;
  #fruitless = 0;

  follow({ id }: { readonly id: string | undefined }): void {
    this.#isFruitful = true;
    if (id !== undefined) this.lastEventId = id === '' ? undefined : id;
  }

  delay(ms: number): void {
    this.waitMs = Math.min(MAX_RESUME_MS, ms);
  }

  /** Asked after each attempt: true when too many in a row brought nothing. */
  isFruitless(): boolean {
    this.#fruitless = this.#isFruitful ? 0 : this.#fruitless + 1;
    this.#isFruitful = false;
    return this.#fruitless >= MAX_FRUITLESS;
  }
}

/** MCP basic/transports, "Session Management"; many servers say it with 400, for a request that lacks nothing. */
function saysSessionGone(status: number, body: string): boolean {
  if (status === 404 || status === 410) return true;
  return (
    status === 400 &&
    /(?:no valid|invalid|unknown|expired|no) session|session (?:id )?(?:was )?(?:not found|invalid|unknown|expired|terminated)/i.test(
      body,
    )
  );
}

function isErrorMessage(text: string): boolean {
  const error = isResponse(text) ? parseObject(text)?.['error'] : undefined;
  return isJsonObject(error) && typeof error['code'] === 'number';
}
