import { hash } from 'node:crypto';
import type { Identity } from '../identity/identity.ts';
import { readClaim } from '../json/claim.ts';
import type { RateLimitBy } from './rate-limit.ts';

/** What of a request may tell its client. */
export interface LimitedRequest {
  readonly identity: Identity | undefined;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly address: () => string;
}

/**
 * The same text for requests of one client, of a bounded length, and nothing in it that could be read: it may go to a
 * store that others look into.
 */
export function clientKeyOf(by: RateLimitBy, request: LimitedRequest): string {
  switch (by.kind) {
    case 'address':
      return byAddress(request);
    case 'header': {
      const value = request.headers[by.name];
      return value === undefined || value.length === 0
        ? byAddress(request)
        : digest('header', by.name, ...(typeof value === 'string' ? [value] : value));
    }
    case 'claim': {
      const read = readClaim(request.identity?.claims ?? {}, by.claim);
      if (read.kind !== 'value') return byKey(request);
      return digest('claim', by.claim.text, typeof read.value, String(read.value));
    }
    case 'key':
      return byKey(request);
  }
}

/** Identities are the same object for as long as they are remembered. */
const keys = new WeakMap<Identity, string>();

function byKey({ identity, address }: LimitedRequest): string {
  if (identity === undefined) return byAddress({ address });
  const known = keys.get(identity);
  if (known !== undefined) return known;
  const { iss, sub } = identity.claims;
  // Subjects are told apart by their issuer (RFC 7519 section 4.1.2); who has none is told by its client.
  const key = digest(
    identity.kind,
    identity.name,
    // Proxies may call different users the same.
    ...(identity.by === undefined ? [] : [identity.by.kind, identity.by.name]),
    ...[iss, sub].filter((claim) => typeof claim === 'string'),
  );
  keys.set(identity, key);
  return key;
}

function byAddress({ address }: Pick<LimitedRequest, 'address'>): string {
  return digest('address', networkOf(address()));
}

/** JSON keeps the parts apart. */
function digest(...parts: readonly string[]): string {
  return hash('sha256', JSON.stringify(parts), 'base64url').slice(0, 22);
}

/**
 * Of an IPv6 address its network of 64 bits: what one customer gets (RFC 6177 section 2), who could have a new address
 * for each call. One that stands for an IPv4 address is that (RFC 4291 section 2.5.5.2).
 */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address.toLowerCase();
  const [, mapped] = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address) ?? [];
  if (mapped !== undefined) return mapped;
  const [head = '', tail] = address.toLowerCase().split('%', 1)[0]?.split('::', 2) ?? [];
  const first = head === '' ? [] : head.split(':');
  const last = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - first.length - last.length);
  const groups = [...first, ...Array.from({ length: zeros }, () => '0'), ...last];
  return groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':');
}
