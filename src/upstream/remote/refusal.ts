import { isJsonObject } from '../../json/value.ts';
import type { CallOutcome } from '../upstream.ts';

/** An answer to a tools/call that is neither its result nor accepts it. */
export interface Refusal {
  readonly status: number;
  /** As the server sent it, or seconds. */
  readonly retryAfter: string | undefined;
  /** The beginning of the body. */
  readonly body: string;
  /** True when the credentials are the caller's own, forwarded, so that they say nothing of the session. */
  readonly hasCallersCredentials: boolean;
}

/** What a refusal means for the call and for the session. */
export type Verdict =
  /** The session is gone or not let in; the call was certainly not run. */
  | { readonly kind: 'session_gone'; readonly reason: string }
  /** Somebody on the way could not reach the server; the call may have run, the session may live. */
  | { readonly kind: 'unreachable'; readonly reason: string }
  | { readonly kind: 'settled'; readonly outcome: CallOutcome };

/** JSON-RPC: for errors that the server gave as a status alone. */
const SERVER_ERROR = -32_000;
const DEFAULT_RETRY_MS = 1000;
const MAX_RETRY_MS = 60_000;
const MAX_TEXT = 500;

/** Codes that the SDKs use for a session they do not have. A tool's own error with such a message has another. */
const sessionCodes = new Set([-32_000, -32_001, -32_600, 32_600]);
const sessionGone =
  /^(?:not found: |bad request: )?(?:session (?:terminated|not found|expired|id not found)|invalid session id|(?:no valid|invalid or missing|unknown) session(?: id)?(?: provided)?|server not initialized|mcp-session-id header is required)[.!]?$/i;
/** For bodies of status 400, which are no answers to the call. */
const sessionUnknown =
  /session[\s\S]*(?:not found|invalid|unknown|expired|terminated|not exist|missing|required|no longer)|(?:no valid|invalid|unknown|expired|missing|could not find|no transport)[\s\S]*session|server not initialized/i;

/** What an HTTP status other than 2xx says about a call (MCP basic/transports, "Session Management"; RFC 9110 15). */
export function judgeStatus(refusal: Refusal): Verdict {
  const { status, body, hasCallersCredentials } = refusal;
  const error = jsonRpcError(body);
  const said = described(status, error?.message ?? body);
  if (status >= 300 && status < 400) return { kind: 'session_gone', reason: `${said}: the server has moved` };
  switch (status) {
    case 401:
      return hasCallersCredentials ? settled(status, said, error) : { kind: 'session_gone', reason: said };
    case 404:
    case 410:
      return { kind: 'session_gone', reason: said };
    case 400:
      return sessionUnknown.test((error?.message ?? body).slice(0, MAX_TEXT))
        ? { kind: 'session_gone', reason: said }
        : settled(status, said, error);
    case 429:
      return { kind: 'settled', outcome: { kind: 'overloaded', retryAfterMs: retryAfterMs(refusal) } };
    case 502:
    case 503:
    case 504:
      return error === undefined ? { kind: 'unreachable', reason: said } : settled(status, said, error);
    default:
      return settled(status, said, error);
  }
}

/** What a body says that came with status 200 and answers no call by its id. */
export function judgeUnaddressed(body: string): Verdict {
  const error = jsonRpcError(body);
  if (error === undefined) {
    return { kind: 'unreachable', reason: 'the server’s answer holds no result of the call' };
  }
  if (saysSessionGone(error.code, error.message)) return { kind: 'session_gone', reason: error.message };
  return { kind: 'settled', outcome: { kind: 'error', ...error } };
}

/** Whether a JSON-RPC error says that the session is gone, rather than something of the tool. */
export function saysSessionGone(code: number, message: string): boolean {
  return sessionCodes.has(code) && sessionGone.test(message);
}

/** One line about a status, for outcomes and logs. */
function described(status: number, text: string): string {
  const line = /^\s*</.test(text) ? '' : text.slice(0, MAX_TEXT).replaceAll(/\s+/g, ' ').trim();
  return line === '' ? `HTTP ${status}` : `HTTP ${status}: ${line}`;
}

interface JsonRpcError {
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
}

function settled(status: number, said: string, error: JsonRpcError | undefined): Verdict {
  if (error !== undefined) return { kind: 'settled', outcome: { kind: 'error', ...error } };
  const data = { status };
  return { kind: 'settled', outcome: { kind: 'error', code: SERVER_ERROR, message: said, data } };
}

/** The JSON-RPC error that a body holds (MCP basic/transports: a refusal may have one, without an id). */
function jsonRpcError(body: string): JsonRpcError | undefined {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return undefined;
  }
  const error = isJsonObject(value) ? value['error'] : undefined;
  if (!isJsonObject(error)) return undefined;
  const { code, message, data } = error;
  if (typeof code !== 'number' || typeof message !== 'string') return undefined;
  return { code, message, ...(data !== undefined && { data }) };
}

/** RFC 9110 10.2.3; a date far ahead is not believed. */
function retryAfterMs({ retryAfter }: Refusal): number {
  if (retryAfter === undefined) return DEFAULT_RETRY_MS;
  const ms = /^\d{1,9}$/.test(retryAfter.trim())
    ? Number(retryAfter) * 1000
    : // The wall clock: the date is one of the world, not an interval.
      Date.parse(retryAfter) - Date.now();
  return Number.isFinite(ms) ? Math.min(MAX_RETRY_MS, Math.max(0, ms)) : DEFAULT_RETRY_MS;
}
