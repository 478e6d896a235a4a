import type { IncomingMessage } from 'node:http';
import type { FetchLike } from '@modelcontextprotocol/sdk/shared/transport.js';
import { delay, type Clock } from '../clock.ts';
import { findNamedUrlFault } from '../oauth/check-named-url.ts';
import type { PostTarget } from './call-lane.ts';
import { toClientStream, type ClientStreamOptions } from './client-stream.ts';
import type { HttpClient, HttpRequest } from './http-client.ts';
import { mediaType } from './media-type.ts';
import { readBody } from './read-body.ts';
import { judgeStatus } from './refusal.ts';

export interface LifecycleFetchOptions extends ClientStreamOptions {
  readonly clock: Clock;
  readonly http: HttpClient;
  /** Of the MCP server; it names where its authorization is. */
  readonly serverUrl: URL;
  /** The SDK's transport renews credentials by itself: then a 401 says nothing yet. */
  readonly renewsCredentials: boolean;
  /** A message was accepted there, with these headers. */
  readonly onPosted: (target: PostTarget) => void;
  /** An answer, or none, says that the session is lost. */
  readonly onGone: (reason: string) => void;
  /** A stream of the server's own, not the answer to a POST, has ended. */
  readonly onStreamEnd: () => void;
}

const MAX_REFUSAL_BYTES = 65_536;
/** A stream that ends sooner is no stream worth having; the SDK would open the next at once, and the next. */
const SHORT_STREAM_MS = 10_000;
const MIN_PAUSE_MS = 500;
const MAX_PAUSE_MS = 60_000;
const withoutBody = new Set([204, 205, 304]);

/** The fetch that the SDK's transports use: for all of a session but its calls, and for authorization. */
export function createLifecycleFetch(options: LifecycleFetchOptions): FetchLike {
  const { clock, http, maxMessageBytes } = options;
  let shortStreams = 0;

  return async (input, init = {}) => {
    const request = toRequest(input, init);
    const fault = findNamedUrlFault(request.url, options.serverUrl);
    if (fault !== undefined) throw new Error(fault);
    const isStream = request.method === 'GET' && request.headers['accept'] === 'text/event-stream';
    const isPost = request.method === 'POST' && request.body?.includes('"jsonrpc":"2.0"') === true;
    const signal = init.signal ?? undefined;
    if (isStream && shortStreams > 0) {
      await delay(clock, Math.min(MAX_PAUSE_MS, MIN_PAUSE_MS * 2 ** shortStreams), signal);
    }
    const message = await send(request, signal, isPost || isStream);
    const status = message.statusCode ?? 0;
    if (isPost && status < 300) options.onPosted(request);
    if (status < 300 && (isPost || isStream) && mediaType(message) === 'text/event-stream') {
      if (isStream) watch(message);
      return new Response(toClientStream(message, options), responseInit(message));
    }
    if (isStream && status < 300 && options.keepsEventIds) {
      // A page for people, say. The SDK takes 405 for "there is no such stream".
      message.destroy();
      return new Response(null, { status: 405 });
    }
    const body = await readBody(message, status < 300 ? maxMessageBytes : MAX_REFUSAL_BYTES);
    if (body.kind !== 'complete') throw new Error(reasonOf(body.kind, maxMessageBytes));
    if ((isPost || isStream) && status >= 400) judge(status, body.bytes.toString('utf8'), isStream);
    return new Response(withoutBody.has(status) ? null : body.bytes, responseInit(message));
  };

  async function send(
    request: HttpRequest,
    signal: AbortSignal | undefined,
    isOfSession: boolean,
  ): Promise<IncomingMessage> {
    signal?.throwIfAborted();
    const exchange = http.send(request);
    const abort = (): void => exchange.abort();
    signal?.addEventListener('abort', abort);
    const reply = await exchange.reply;
    const release = (): void => signal?.removeEventListener('abort', abort);
    if (reply.kind === 'answered') {
      reply.message.once('close', release);
      return reply.message;
    }
    release();
    signal?.throwIfAborted();
    if (isOfSession && !reply.wasSent) options.onGone(reply.reason);
    throw new Error(reply.reason);
  }

  function judge(status: number, body: string, isStream: boolean): void {
    if (status === 401 && options.renewsCredentials) return;
    // Also a server that has no such stream may answer 400 or 404, rather than 405.
    if (isStream && !/session/i.test(body)) return;
    const verdict = judgeStatus({ status, body, retryAfter: undefined, hasCallersCredentials: false });
    if (verdict.kind === 'session_gone') options.onGone(verdict.reason);
  }

  function watch(message: IncomingMessage): void {
    const startedAt = clock.now();
    message.once('close', () => {
      shortStreams = clock.now() - startedAt < SHORT_STREAM_MS ? shortStreams + 1 : 0;
      options.onStreamEnd();
    });
  }
}

function toRequest(input: string | URL, init: RequestInit): HttpRequest {
  const { body } = init;
  const text =
    typeof body === 'string' ? body : body instanceof URLSearchParams ? body.toString() : undefined;
  if (text === undefined && body !== undefined && body !== null) throw new TypeError('a body must be text');
  return {
    method: init.method ?? 'GET',
    url: new URL(input),
    headers: Object.fromEntries(new Headers(init.headers)),
    ...(text !== undefined && { body: text }),
  };
}

function responseInit(message: IncomingMessage): ResponseInit {
  const headers = new Headers();
  for (const [name, value] of Object.entries(message.headers)) {
    for (const item of Array.isArray(value) ? value : [value])
      if (item !== undefined) headers.append(name, item);
  }
  return { status: message.statusCode ?? 0, statusText: message.statusMessage ?? '', headers };
}

function reasonOf(kind: 'too_large' | 'cut', maxMessageBytes: number): string {
  return kind === 'cut'
    ? 'the connection ended within an answer'
    : `an answer is longer than ${maxMessageBytes} bytes`;
}
