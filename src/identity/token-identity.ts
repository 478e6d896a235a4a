import type { JWTPayload } from 'jose';
import type { Identity } from './identity.ts';

/** Who a verified token speaks for. */
export function toTokenIdentity(claims: JWTPayload): Identity {
  const { sub, client_id: clientId, azp } = claims;
  const name = [sub, clientId, azp].find((value) => typeof value === 'string' && value !== '');
  return Object.freeze({
    kind: 'token',
    name: typeof name === 'string' ? name : '',
    scopes: new Set([...wordsOf(claims['scope']), ...wordsOf(claims['scp'])]),
    claims: Object.freeze(claims),
  });
}

/** Scopes come in one text with spaces between them (RFC 8693 section 4.2), or, from some issuers, as a list. */
function wordsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return value.split(' ').filter((word) => word !== '');
  return Array.isArray(value) ? value.filter((word) => typeof word === 'string') : [];
}
