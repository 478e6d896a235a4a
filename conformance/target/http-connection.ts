import {
  Agent as HttpAgent,
  request as requestHttp,
  type ClientRequest,
  type IncomingMessage,
} from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { BoundedBytes, toByteText } from './byte-text.ts';
import type { ReceivedText } from './target.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** How a request ended, up to the headers of its answer. */
export type HttpReply =
  | { readonly kind: 'answered'; readonly message: IncomingMessage; readonly status: number }
  | { readonly kind: 'failed'; readonly reason: string };

/** A body that was read to its end. */
export type Body = Pick<ReceivedText, 'text' | 'fault'> & { readonly byteLength: number };

/** Connections are given up before servers do (5 s in Node and in uvicorn), since a request that meets that is lost. */
const IDLE_MS = 4_000;

/** The HTTP requests of one connection to a server. They share sockets, and end together. */
export class HttpConnection {
  readonly #http = new HttpAgent({ keepAlive: true, timeout: IDLE_MS });
  readonly #https = new HttpsAgent({ keepAlive: true, timeout: IDLE_MS });
  readonly #underWay = new Set<ClientRequest>();
  #aborts = 0;

  /** Resolves with the beginning of the answer; never rejects. How long it waits is for the caller to say, by `signal`. */
  async send(request: HttpRequest, signal?: AbortSignal): Promise<HttpReply> {
    const aborts = this.#aborts;
    const isOver = (): boolean => signal?.aborted === true || aborts !== this.#aborts;
    if (isOver()) return { kind: 'failed', reason: 'the connection was closed' };
    const first = await this.#try(request, signal);
    // The server may have closed a kept connection just then: a new one tells (RFC 9112 section 9.3.1).
    if (first.kind === 'answered' || first.wasStale !== true || isOver()) return first;
    return this.#try(request, signal, false);
  }

  /** Ends what is under way; more may be sent. */
  abortAll(): void {
    this.#aborts += 1;
    for (const request of this.#underWay) request.destroy();
  }

  close(): void {
    this.abortAll();
    this.#http.destroy();
    this.#https.destroy();
  }

  #try(
    { method, url, headers, body }: HttpRequest,
    signal: AbortSignal | undefined,
    keepsAlive = true,
  ): Promise<HttpReply & { readonly wasStale?: boolean }> {
    return new Promise((resolve) => {
      const isSecure = url.protocol === 'https:';
      const agent = keepsAlive && (isSecure ? this.#https : this.#http);
      const bytes = body === undefined ? undefined : Buffer.from(body);
      const length = bytes === undefined ? {} : { 'content-length': String(bytes.length) };
      const request = (isSecure ? requestHttps : requestHttp)(url, {
        method,
        agent,
        headers: { ...headers, ...length },
      });
      this.#underWay.add(request);
      const abort = (): void => void request.destroy();
      signal?.addEventListener('abort', abort, { once: true });
      // Not once: a request that is destroyed after its answer began may report that too.
      request.on('error', (error) => {
        const wasStale = request.reusedSocket && ['ECONNRESET', 'EPIPE'].includes(codeOf(error));
        resolve({ kind: 'failed', reason: toReason(error), wasStale });
      });
      request.once('close', () => {
        this.#underWay.delete(request);
        signal?.removeEventListener('abort', abort);
        resolve({ kind: 'failed', reason: 'the connection was closed' });
      });
      request.once('response', (message) => {
        // That it was cut off shows in 'close' and `complete`.
        message.on('error', () => {});
        resolve({ kind: 'answered', message, status: message.statusCode ?? 0 });
      });
      request.end(bytes);
    });
  }
}

/** Reads a body, as far as `maxBytes`. */
export async function readBody(message: IncomingMessage, maxBytes: number): Promise<Body> {
  const bytes = new BoundedBytes(maxBytes);
  await readToEnd(message, (chunk) => bytes.add(chunk));
  const { byteLength } = bytes;
  const fault = message.complete ? undefined : 'the connection ended within the body';
  return { ...toByteText(bytes.take(), { noun: 'body', maxBytes, byteLength, fault }), byteLength };
}

/** Reads what comes until nothing more does, by whose fault ever. */
export async function readToEnd(message: IncomingMessage, onChunk: (chunk: Buffer) => void): Promise<void> {
  if (message.closed) return;
  message.on('data', onChunk);
  await new Promise<void>((resolve) => {
    message.once('close', resolve);
  });
}

/** The media type without its parameters, in lower case (RFC 9110 section 8.3.1); '' when there is none. */
export function mediaTypeOf({ headers }: IncomingMessage): string {
  const [type = ''] = (headers['content-type'] ?? '').split(';');
  return type.trim().toLowerCase();
}

const reasons: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'the connection was refused'],
  ['ECONNRESET', 'the connection was cut off'],
  ['EPIPE', 'the connection was cut off'],
  ['ENOTFOUND', 'the host name is not known'],
  ['EAI_AGAIN', 'the host name could not be looked up'],
  ['ETIMEDOUT', 'the connection timed out'],
  ['EHOSTUNREACH', 'the host cannot be reached'],
  ['ENETUNREACH', 'the network cannot be reached'],
]);

function codeOf({ code = '' }: NodeJS.ErrnoException): string {
  return code;
}

function toReason(error: NodeJS.ErrnoException): string {
  const { message } = error;
  const code = codeOf(error);
  const reason = reasons.get(code);
  if (reason !== undefined) return `${reason} (${code})`;
  return message === '' ? code : message;
}
