import { UsageError } from '../errors.ts';
import { parseTime } from './parse-time.ts';

/** Parses the name of a key. */
export function parseKeyName(text: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._@+:-]{0,127}$/.test(text)) return text;
  throw new UsageError(
    `'${text}' is no name of a key; write 1 to 128 letters, digits and . _ @ + : -, as in alice`,
  );
}

/** Parses scopes (RFC 6749 section 3.3) with commas or spaces between them. */
export function parseScopes(text: string): readonly string[] {
  const scopes = text.split(/[\s,]+/).filter((scope) => scope !== '');
  const wrong = scopes.find((scope) => !/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope));
  if (wrong === undefined && scopes.length > 0) return scopes;
  throw new UsageError(`'${wrong ?? text}' is no scope; write them as in tools:read,tools:write`);
}

/** When a key expires, as the keys file has it. @param text `90d`, `12h`, or a day or time of RFC 3339 */
export function toExpiry(text: string, nowMs: number): string {
  const [, amount, unit = ''] = /^(\d{1,5})([hdwy])$/.exec(text) ?? [];
  const at = amount === undefined ? parseTime(text) : nowMs + Number(amount) * (unitMs.get(unit) ?? 0);
  if (at > nowMs) return amount === undefined ? text : new Date(at).toISOString();
  throw new UsageError(
    Number.isNaN(at)
      ? `'${text}' is no time; write one from now, as in 90d, or a day, as in 2030-01-31`
      : `'${text}' is over; the key would open nothing`,
  );
}

const hourMs = 3_600_000;
const unitMs: ReadonlyMap<string, number> = new Map([
  ['h', hourMs],
  ['d', 24 * hourMs],
  ['w', 7 * 24 * hourMs],
  ['y', 365 * 24 * hourMs],
]);
