import { UsageError } from '../errors.ts';
import { parseClaim } from '../json/claim.ts';
import { isJsonObject } from '../json/value.ts';
import type { FairBy } from '../upstream/calls/fair-by.ts';
import type { LogLevel } from './settings.ts';

/** Parses a TCP port; 0 means any free one. */
export function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) throw new UsageError(`'${text}' is no port; write a number from 0 to 65535`);
  return port;
}

/** Parses a size in bytes: `4194304`, `4MiB`, `512k`; units are powers of 1024. */
export function parseBytes(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*(?:(k|m|g)?(?:i?b)?)$/i.exec(text);
  const power = ['', 'k', 'm', 'g'].indexOf((match?.[2] ?? '').toLowerCase());
  const bytes = Math.floor(Number(match?.[1]) * 1_024 ** power);
  if (!(bytes >= 1) || !Number.isSafeInteger(bytes)) {
    throw new UsageError(`'${text}' is no size; write bytes, or a unit as in 512KiB or 4MiB`);
  }
  return bytes;
}

/** Parses a duration to milliseconds: `500ms`, `60s`, `1.5m`, `2h`; a bare number is seconds. */
export function parseDuration(text: string): number {
  const duration = toDuration(text);
  if ('ms' in duration) return duration.ms;
  throw new UsageError(`'${text}' ${duration.says}; write seconds, or a unit as in 500ms, 60s or 2m`);
}

/** The same, or what is wrong with it, as the rest of a sentence that does not repeat it. */
export function toDuration(text: string): { readonly ms: number } | { readonly says: string } {
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h)?$/i.exec(text);
  if (match === null) return { says: 'is no duration' };
  const [, amount, unit = 's'] = match;
  const factor = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }[unit.toLowerCase()] ?? Number.NaN;
  const ms = Math.round(Number(amount) * factor);
  if (Number(amount) === 0) return { says: 'must be above zero' };
  if (ms < 1) return { says: 'is shorter than 1ms' };
  // setTimeout counts in 31 bits.
  return ms < 2 ** 31 ? { ms } : { says: 'is longer than 596h' };
}

/** Parses a duration, as {@link parseDuration} does, or 0, which switches something off. */
export function parseDurationOrOff(text: string): number {
  return /^0+(?:\.0+)?\s*(?:ms|s|m|h)?$/i.test(text) ? 0 : parseDuration(text);
}

/** Parses how many calls a server may have at a time; with none, nothing could be called. */
export function parseMaxInFlight(text: string): number {
  return parseCount(text, 1);
}

/** Parses how many calls may wait; with 0 none does, and what cannot be sent at once is refused. */
export function parseMaxQueue(text: string): number {
  return parseCount(text, 0);
}

/** Parses how many children of a server run at a time. */
export function parseReplicas(text: string): number {
  const count = /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
  if (!(count >= 1 && count <= 64)) {
    throw new UsageError(`'${text}' is no number of replicas; write a whole number from 1 to 64`);
  }
  return count;
}

/** Parses how many processes serve. */
export function parseWorkers(text: string): number {
  const count = /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
  if (!(count >= 1 && count <= 64))
    throw new UsageError(`'${text}' is no number of workers; write a whole number from 1 to 64`);
  return count;
}

/** Parses what tells clients apart: `address`, `header:<name>` (in lower case then), `claim:<name>` or `key:name`. */
export function parseFairBy(text: string): FairBy {
  if (text === 'address') return { kind: 'address' };
  // As `toTrait` reads them; it is not loaded for options alone.
  if (text === 'key:name') return { kind: 'key' };
  const [, header] = /^header:([!#$%&'*+.^_`|~0-9A-Za-z-]+)$/.exec(text) ?? [];
  if (header !== undefined) return { kind: 'header', name: header.toLowerCase() };
  const claim = text.startsWith('claim:') ? parseClaim(text.slice(6)) : undefined;
  if (claim !== undefined) return { kind: 'claim', claim };
  throw new UsageError(
    `'${text}' tells no clients apart; write address, header:<name> as in header:x-openwebui-user-id, claim:<name> as in claim:sub, or key:name`,
  );
}

/** Parses the HTTP status of tool failures: one that says the request failed. */
export function parseErrorStatus(text: string): number {
  const status = /^\d{3}$/.test(text) ? Number(text) : Number.NaN;
  if (!(status >= 400 && status <= 599)) {
    throw new UsageError(`'${text}' is no error status; write a number from 400 to 599`);
  }
  return status;
}

/** Parses the value of a switch's environment variable; empty is off. */
export function parseSwitch(variable: string, text: string): boolean {
  switch (text.toLowerCase()) {
    case 'true':
    case '1':
    case 'yes':
    case 'on':
      return true;
    case '':
    case 'false':
    case '0':
    case 'no':
    case 'off':
      return false;
    default:
      throw new UsageError(`${variable}='${text}' is neither on nor off; write true or false`);
  }
}

/** Parses one `KEY=value`; the value may hold further equals signs. */
export function parseAssignment(text: string): readonly [string, string] {
  const equals = text.indexOf('=');
  const key = text.slice(0, equals);
  if (equals < 1 || !/^[A-Za-z_][A-Za-z0-9_.-]*$/.test(key)) {
    // The value may be a secret: it is not repeated.
    throw new UsageError(`an --env entry is no assignment; write --env KEY=value`);
  }
  return [key, text.slice(equals + 1)];
}

/** How a server is spoken to. */
export type ServerType = 'stdio' | 'auto' | 'sse' | 'streamable-http';

/** Parses a server's type; mcpo's spellings, and `http`, mean streamable HTTP. */
export function parseServerType(text: string): ServerType {
  switch (text.toLowerCase()) {
    case 'stdio':
    case 'auto':
    case 'sse':
      return text.toLowerCase() as ServerType; // just compared
    case 'http':
    case 'streamable-http':
    case 'streamable_http':
    case 'streamablehttp':
      return 'streamable-http';
    default:
      throw new UsageError(`'${text}' is no type of server; write auto, sse, streamable-http or stdio`);
  }
}

/** Parses a JSON object of header values. */
export function parseHeaders(text: string): Readonly<Record<string, string>> {
  // The values may be secrets: nothing of the text is repeated.
  const advice = `write a JSON object of strings, as in '{"Authorization": "Bearer …"}'`;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`this is not JSON; ${advice}`, { cause: error });
  }
  if (!isJsonObject(value)) throw new UsageError(`this is no JSON object; ${advice}`);
  const headers: Record<string, string> = {};
  for (const [name, content] of Object.entries(value)) {
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name))
      throw new UsageError(`'${name}' is no header name; ${advice}`);
    if (typeof content !== 'string' || /[^\t\x20-\x7e\x80-\xff]/.test(content)) {
      throw new UsageError(`the value of ${name} cannot be sent in a header; ${advice}`);
    }
    headers[name] = content;
  }
  return headers;
}

/** Parses an origin (RFC 6454 section 6.2), or `*`. */
export function parseOrigin(text: string): string {
  if (text === '*') return text;
  const origin = URL.canParse(text) ? new URL(text).origin : 'null';
  if (origin === 'null' || (text !== origin && text !== `${origin}/`)) {
    throw new UsageError(`'${text}' is no origin; write one as in https://chat.example.com, or *`);
  }
  return origin;
}

/** Parses a path to be mounted at; '' for the root, else with a slash at its beginning and none at its end. */
export function parseMountPath(text: string): string {
  const segments = text.split('/').filter((segment) => segment !== '');
  const isPlain = segments.every(
    (segment) => /^(?:[\w.~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})+$/.test(segment) && !/^\.\.?$/.test(segment),
  );
  if (!isPlain) throw new UsageError(`'${text}' is no path; write one as in /tools or /team/tools`);
  return segments.map((segment) => `/${segment}`).join('');
}

/** Parses the base URL of the gateway as browsers reach it; without a slash at its end. */
export function parsePublicUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '') {
    throw new UsageError(`'${text}' is no base URL; write one as in https://tools.example.com`);
  }
  return text.replace(/\/+$/, '');
}

/** Parses a log level; Python's names are understood too. */
export function parseLogLevel(text: string): LogLevel {
  const level = text.toLowerCase();
  const known = pythonLevels.get(level) ?? levels.find((name) => name === level);
  if (known !== undefined) return known;
  throw new UsageError(`'${text}' is no log level; write one of ${levels.join(', ')}`);
}

const levels: readonly LogLevel[] = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];
const pythonLevels = new Map<string, LogLevel>([
  ['critical', 'fatal'],
  ['warning', 'warn'],
  ['notset', 'trace'],
]);

const maxCount = 1_000_000;

function parseCount(text: string, min: number): number {
  const count = /^\d{1,7}$/.test(text) ? Number(text) : Number.NaN;
  if (!(count >= min && count <= maxCount)) {
    throw new UsageError(`'${text}' is no number of calls; write a whole number from ${min} to ${maxCount}`);
  }
  return count;
}
