import { setMaxListeners } from 'node:events';
import { UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js';
import { SseError } from '@modelcontextprotocol/sdk/client/sse.js';
import { StreamableHTTPError } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ErrorCode, McpError } from '@modelcontextprotocol/sdk/types.js';
import { UpstreamStartError } from '../../errors.ts';
import type { Session, SessionEvents } from '../session.ts';
import { RemoteSession } from './remote-session.ts';
import type { RemoteSessionOptions } from './remote-session-options.ts';

type Kind = 'sse' | 'streamable-http';

/** The opening took longer than it may. */
class StartTimeoutError extends Error {
  override readonly name = 'StartTimeoutError';
}

/** What an attempt that failed leaves for the end of it. */
const CLOSE_MS = 1000;
const requestTimeout: number = ErrorCode.RequestTimeout;
/** MCP basic/transports, "Backwards Compatibility": what a server of HTTP+SSE may say to a POST. */
const notStreamable = new Set([400, 404, 405]);

/**
 * Opens a session over HTTP. While a person is waited for, no deadline runs.
 *
 * @throws UpstreamStartError
 */
export async function openRemoteSession(
  options: RemoteSessionOptions,
  events: SessionEvents,
  signal: AbortSignal,
): Promise<Session> {
  const { type } = options;
  if (type !== 'auto') return await openAuthorized(type, options, events, signal).catch(fail(options));
  try {
    return await openAuthorized('streamable-http', options, events, signal);
  } catch (error) {
    if (!isNotStreamable(error)) return fail(options)(error);
    return await openAuthorized('sse', options, events, signal).catch((sseError: unknown) => {
      const [first, second] = [describe(error, options), describe(sseError, options)];
      throw new UpstreamStartError(`neither streamable HTTP (${first}) nor HTTP+SSE (${second})`, [], {
        cause: sseError,
      });
    });
  }
}

/** Lets a person agree when the server asks for that, once. */
async function openAuthorized(
  kind: Kind,
  options: RemoteSessionOptions,
  events: SessionEvents,
  signal: AbortSignal,
): Promise<Session> {
  const { authorization } = options;
  const first = new RemoteSession(kind, options, events);
  try {
    await openInTime(first, options, signal);
    return first;
  } catch (error) {
    try {
      if (authorization === undefined || !(error instanceof UnauthorizedError)) throw error;
      await authorization.authorize(first.transport, events.onAuthorization, signal);
    } finally {
      await first.close(CLOSE_MS);
    }
  }
  const second = new RemoteSession(kind, options, events);
  try {
    await openInTime(second, options, signal);
    return second;
  } catch (error) {
    await second.close(CLOSE_MS);
    throw error;
  }
}

/** The SDK waits for the first event of HTTP+SSE without end, and for an authorization server too. */
async function openInTime(
  session: RemoteSession,
  { clock, startTimeoutMs }: RemoteSessionOptions,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  const inTime = new AbortController();
  setMaxListeners(0, inTime.signal); // one for each page of the tool list
  let expire: ((error: Error) => void) | undefined;
  const expired = new Promise<never>((_, reject) => {
    expire = reject;
  });
  const abort = (): void => expire?.(new Error('closed while it was connecting'));
  const cancel = clock.after(startTimeoutMs, () => expire?.(new StartTimeoutError()));
  signal.addEventListener('abort', abort);
  const opened = session.open(startTimeoutMs, inTime.signal);
  try {
    await Promise.race([opened, expired]);
  } catch (error) {
    inTime.abort();
    // It fails too, of the abort.
    void opened.catch(() => {});
    throw error;
  } finally {
    cancel();
    signal.removeEventListener('abort', abort);
  }
}

function isNotStreamable(error: unknown): boolean {
  return error instanceof StreamableHTTPError && notStreamable.has(error.code ?? 0);
}

function fail(options: RemoteSessionOptions): (error: unknown) => never {
  return (error) => {
    throw new UpstreamStartError(describe(error, options), [], { cause: error });
  };
}

/** What to tell a person who wants the server. Of the URL neither the user nor the query, which may hold secrets. */
function describe(error: unknown, { url, startTimeoutMs, authorization }: RemoteSessionOptions): string {
  const place = `${url.origin}${url.pathname}`;
  const status = error instanceof StreamableHTTPError || error instanceof SseError ? error.code : undefined;
  const said = error instanceof Error ? error.message : String(error);
  if (error instanceof StartTimeoutError || (error instanceof McpError && error.code === requestTimeout)) {
    return `no answer within ${startTimeoutMs / 1000} s from ${place}`;
  }
  if (status === 401 && authorization === undefined) {
    return `${place} answers 401 (unauthorized): it needs credentials; set its "headers" or "oauth"`;
  }
  if (error instanceof UnauthorizedError) return `${place} does not accept the authorization it was given`;
  if (status !== undefined && status > 0) return `${place} answers with HTTP ${status}: ${firstLine(said)}`;
  return `${place}: ${firstLine(said)}`;
}

const MAX_SAID = 300;

/** What the SDK says of an answer holds its whole body, which may be a page. */
function firstLine(said: string): string {
  const line = said
    .replace(/^(?:Streamable HTTP error|SSE error): (?:Error POSTing to endpoint: )?/, '')
    .replace(/<[\s\S]*$/, '')
    .split('\n', 1)[0];
  return (line ?? '').slice(0, MAX_SAID).trim();
}
