import { compilePatterns } from './name-patterns.ts';
import type { RequestHeaders } from './upstream.ts';

/** Which of a caller's request headers reach the server. Names are compared without case; `*` stands for any text. */
export interface HeaderForwarding {
  /** Patterns of names that are forwarded; empty means all. */
  readonly allow: readonly string[];
  /** Patterns of names that are not; wins over `allow`. */
  readonly deny: readonly string[];
}

/** Picks what is forwarded of one request; undefined when that is nothing. */
export type PickHeaders = (headers: RequestHeaders) => Readonly<Record<string, string>> | undefined;

/** A server gets no more than this, however patient it is; what comes after is left out. */
const MAX_HEADERS = 64;
const MAX_CHARACTERS = 16_384;

/**
 * Compiles a configuration into what picks the headers of each request (spec/mapping.md, FWD rules).
 *
 * Some never pass, whatever is configured: those of one connection (RFC 9110 section 7.6.1), those that describe our
 * request or are the MCP connection's own, and credentials that are meant for the gateway.
 *
 * @param options.withholdAuthorization true when callers authenticate to the gateway itself: their key is not the server's
 */
export function createHeaderPicker(
  { allow, deny }: HeaderForwarding,
  { withholdAuthorization }: { readonly withholdAuthorization: boolean },
): PickHeaders {
  const isAllowed = allow.length === 0 ? (): boolean => true : compilePatterns(allow);
  const isDenied = compilePatterns(deny);
  const named = new Set(allow.map((pattern) => pattern.toLowerCase()));
  const mayPass = (name: string): boolean =>
    isAllowed(name) &&
    !isDenied(name) &&
    !isWithheld(name) &&
    !(withholdAuthorization && name === 'authorization') &&
    (!mustBeNamed.has(name) || named.has(name));

  return (headers) => {
    const ofConnection = connectionNames(headers['connection']);
    let picked: Record<string, string> | undefined;
    let left = MAX_HEADERS;
    let leftCharacters = MAX_CHARACTERS;
    for (const given in headers) {
      const name = given.toLowerCase();
      const value = toSendable(headers[given]);
      if (value === undefined || !isToken.test(name) || !mayPass(name) || ofConnection.has(name)) continue;
      const characters = name.length + value.length;
      if (characters > leftCharacters) continue;
      // Names come from outside: one may be that of an inherited member.
      picked ??= Object.create(null) as Record<string, string>;
      picked[name] = value;
      left -= 1;
      if (left === 0) break;
      leftCharacters -= characters;
    }
    return picked;
  };
}

/**
 * The headers of a request to a server: what is configured for it, and what a caller's request adds. Callers never
 * replace what the operator has configured; names are compared without case.
 */
export function mergeHeaders(
  configured: Readonly<Record<string, string>>,
  forwarded: Readonly<Record<string, string>> | undefined,
): Readonly<Record<string, string>> {
  if (forwarded === undefined) return configured;
  const names = new Set(Object.keys(configured).map((name) => name.toLowerCase()));
  const merged: Record<string, string> = { ...configured };
  for (const [name, value] of Object.entries(forwarded)) {
    if (!names.has(name.toLowerCase())) merged[name] = value;
  }
  return merged;
}

/** A token (RFC 9110 section 5.6.2); the pseudo-headers of HTTP/2 are none. */
const isToken = /^[\w!#$%&'*+.^`|~-]+$/;

const withheld = new Set([
  // Of one connection (RFC 9110 section 7.6.1, RFC 9113 section 3.2.1, and what is seen in the wild).
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
  'proxy-authenticate',
  'proxy-authentication-info',
  'proxy-authorization',
  // Of our request: whom it is for, in which form, and on what condition.
  'accept',
  'accept-charset',
  'accept-encoding',
  'early-data',
  'expect',
  'host',
  'max-forwards',
  'range',
  'set-cookie',
  'upgrade-insecure-requests',
  // A browser's word on the page that called us; servers refuse the origins of strangers (MCP basic/transports).
  'origin',
  // Of the connection to the server (MCP basic/transports), beside all of mcp-*.
  'last-event-id',
]);
const withheldPrefixes = ['access-control-', 'content-', 'if-', 'mcp-', 'sec-'];

/**
 * A wildcard is not meant for these: cookies that other programs on our host have set, and what proxies before us
 * say, which the server would take for the word of its own.
 */
const mustBeNamed = new Set([
  'cookie',
  'forwarded',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-prefix',
  'x-forwarded-proto',
  'x-forwarded-server',
  'x-real-ip',
]);

function isWithheld(name: string): boolean {
  return withheld.has(name) || withheldPrefixes.some((prefix) => name.startsWith(prefix));
}

const noNames: ReadonlySet<string> = new Set();

function connectionNames(connection: string | string[] | undefined): ReadonlySet<string> {
  if (connection === undefined || connection === 'keep-alive' || connection === 'close') return noNames;
  const list = typeof connection === 'string' ? connection : connection.join(',');
  return new Set(list.split(',').map((name) => name.trim().toLowerCase()));
}

/** Undefined for what cannot be written in a request (RFC 9110 section 5.5). */
function toSendable(value: string | string[] | undefined): string | undefined {
  const text = typeof value === 'object' ? value.join(', ') : value;
  return text === undefined || !/^[\t\u{20}-\u{7e}\u{80}-\u{ff}]*$/u.test(text) ? undefined : text;
}
