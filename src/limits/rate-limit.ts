import { UsageError } from '../errors.ts';
import { parseClaim, type Claim } from '../json/claim.ts';

/** Whose calls are counted together. */
export type RateLimitBy =
  /** Whoever has the same credentials: a key's name, a token's subject; without any, the same address. */
  | { readonly kind: 'key' }
  | { readonly kind: 'address' }
  /** Tokens with the same value of a claim; other credentials as by `key`. */
  | { readonly kind: 'claim'; readonly claim: Claim }
  /** Requests with the same value of a header (in lower case), which any caller can choose; without it, by address. */
  | { readonly kind: 'header'; readonly name: string };

/** So many calls in a window of time, for each client. */
export interface RateLimit {
  readonly max: number;
  /** Whole seconds. */
  readonly windowMs: number;
  readonly by: RateLimitBy;
}

/** A quota without whose. */
export type Quota = Omit<RateLimit, 'by'>;

/** The limits of a gateway: a call counts for each that it falls under. */
export interface RateLimits {
  /** For all calls. */
  readonly all?: RateLimit | undefined;
  /** By name of a server ('' for the only one). */
  readonly servers: ReadonlyMap<string, ServerRateLimits>;
}

/** The limits of one server. */
interface ServerRateLimits {
  /** For all of its calls. */
  readonly rateLimit?: RateLimit | undefined;
  /** By name of a tool. */
  readonly toolRateLimits?: ReadonlyMap<string, RateLimit> | undefined;
}

const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const maxWindowMs = unitMs.d;
const maxCalls = 1_000_000_000;
const quota = /^(\d{1,10})\s*\/\s*(\d{1,5})?\s*(s|sec|second|m|min|minute|h|hour|d|day)$/i;
const named = /^(claim|header):([!#$%&'*+.^_`|~0-9A-Za-z/:-]{1,128})$/;

/** Reads `100/min`, `5/10s`; or says what is wrong with it, as the rest of a sentence that does not repeat it. */
export function toQuota(text: string): Quota | { readonly says: string } {
  const [, calls, count = '1', unit = ''] = quota.exec(text.trim()) ?? [];
  // The pattern admits units that begin with one of these letters.
  const ms = unitMs[unit.slice(0, 1).toLowerCase() as keyof typeof unitMs];
  const max = Number(calls);
  const windowMs = Number(count) * ms;
  if (calls === undefined)
    return { says: 'is no limit; write calls and a time in s, min, h or d, as in "100/min" or "5/10s"' };
  if (max < 1 || max > maxCalls) return { says: `allows no call, or more than ${maxCalls}` };
  return windowMs >= unitMs.s && windowMs <= maxWindowMs
    ? { max, windowMs }
    : { says: 'counts over less than a second, or more than a day' };
}

/** @throws UsageError for what is no limit */
export function parseQuota(text: string): Quota {
  const read = toQuota(text);
  if ('says' in read) throw new UsageError(`'${text}' ${read.says}`);
  return read;
}

/** Reads `key`, `address`, `claim:<name>` or `header:<name>`; undefined for anything else. */
export function toRateLimitBy(text: string): RateLimitBy | undefined {
  if (text === 'key' || text === 'address') return { kind: text };
  const [, kind, name = ''] = named.exec(text) ?? [];
  if (kind === 'claim') {
    const claim = parseClaim(name);
    return claim && { kind, claim };
  }
  return kind === 'header' ? { kind, name: name.toLowerCase() } : undefined;
}

/** @throws UsageError for what tells no clients apart */
export function parseRateLimitBy(text: string): RateLimitBy {
  const by = toRateLimitBy(text);
  if (by !== undefined) return by;
  throw new UsageError(
    `'${text}' tells no clients apart; write key, address, claim:<name> or header:<name>, as in claim:sub`,
  );
}

/** Whether calls of a tool fall under any of them. */
export function isLimited({ all, servers }: RateLimits, server: string, tool: string): boolean {
  const of = servers.get(server);
  return all !== undefined || of?.rateLimit !== undefined || of?.toolRateLimits?.has(tool) === true;
}

/** Whether anything is limited. */
export function hasLimits({ all, servers }: RateLimits): boolean {
  return (
    all !== undefined ||
    [...servers.values()].some(
      ({ rateLimit, toolRateLimits }) => rateLimit !== undefined || (toolRateLimits?.size ?? 0) > 0,
    )
  );
}
