import { parseClaim, readClaim, type Claim } from '../../json/claim.ts';
import type { CallOrigin, ProvenCaller, RequestHeaders } from '../upstream.ts';

/** Something of a request that tells its user: a header (in lower case), a claim, or the name of the API key. */
export type UserTrait =
  | { readonly kind: 'header'; readonly name: string }
  | { readonly kind: 'claim'; readonly claim: Claim }
  | { readonly kind: 'key' };

/** What a request says of its user. */
export type TraitValue =
  | { readonly kind: 'value'; readonly value: string | number | boolean }
  /** `needs` says what to send. */
  | { readonly kind: 'absent' | 'unusable'; readonly needs: string };

/** Reads what `header:<name>`, `claim:<name>` and `key:name` are about; undefined for anything else. */
export function toTrait(scheme: string, name: string): UserTrait | undefined {
  switch (scheme.toLowerCase()) {
    case 'header':
      return /^[\w!#$%&'*+.^`|~-]+$/.test(name) ? { kind: 'header', name: name.toLowerCase() } : undefined;
    case 'claim': {
      const claim = parseClaim(name);
      return claim && { kind: 'claim', claim };
    }
    default:
      return name === 'name' ? { kind: 'key' } : undefined;
  }
}

/** Reads a trait of whoever sent a request; a header that came several times is joined with commas. */
export function readTrait(trait: UserTrait, { headers, identity }: CallOrigin): TraitValue {
  switch (trait.kind) {
    case 'header': {
      const value = headerValue(headers, trait.name);
      return value === '' ? { kind: 'absent', needs: `the header ${trait.name}` } : { kind: 'value', value };
    }
    case 'claim': {
      const read = readClaim(identity?.claims ?? {}, trait.claim);
      if (read.kind === 'value') return read;
      const named = `${bearerOf(identity)} claim '${trait.claim.text}'`;
      return read.kind === 'absent'
        ? { kind: 'absent', needs: `${named}, which is missing` }
        : { kind: 'unusable', needs: `${named} that ${read.demand}` };
    }
    case 'key': {
      const value = identity?.keyName;
      return value === undefined
        ? { kind: 'absent', needs: 'an API key that has a name' }
        : { kind: 'value', value };
    }
  }
}

/** The value of a header as one text, '' when it was not sent. */
export function headerValue(headers: RequestHeaders | undefined, name: string): string {
  const lowerCase = name.toLowerCase();
  if (headers === undefined || !Object.hasOwn(headers, lowerCase)) return '';
  const value = headers[lowerCase] ?? '';
  return typeof value === 'string' ? value : value.join(', ');
}

function bearerOf(identity: ProvenCaller | undefined): string {
  switch (identity?.kind) {
    case 'token':
      return 'a token with a';
    case 'forwarded':
      return 'through the proxy a user with a';
    default:
      return 'a token, or through a trusted proxy a user, with a';
  }
}
