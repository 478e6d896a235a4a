import { isJsonObject } from './value.ts';

/** Which member of a token's claims is meant (RFC 7519 section 4). */
export interface Claim {
  /** As it was written. */
  readonly text: string;
  /** The names that lead to it, the outermost first. */
  readonly path: readonly string[];
}

/** What a claim says: something that can stand in a line of text, nothing, or something that cannot. */
export type ClaimValue =
  | { readonly kind: 'value'; readonly value: string | number | boolean }
  | { readonly kind: 'absent' }
  /** `demand` is what it would have to be, as the end of "a claim that …". */
  | { readonly kind: 'unusable'; readonly demand: string };

/**
 * Reads how a claim is named; undefined for what names none.
 *
 * - `sub`: a claim; `realm.tenant`: a member of one, dots between the names.
 * - `https://example.com/tenant`: what holds a colon is one name, dots and all, as names that nobody else has are made
 *   (RFC 7519 section 4.2).
 * - `/a.b/c`: a JSON Pointer (RFC 6901), which can name anything.
 *
 * So it is settled before any token is seen which claim counts.
 */
export function parseClaim(text: string): Claim | undefined {
  const path = toPath(text);
  return path === undefined || path.includes('') ? undefined : { text, path };
}

/** Reads a claim; null and '' count as absent, and so does what is inherited. */
export function readClaim(claims: Readonly<Record<string, unknown>>, { path }: Claim): ClaimValue {
  let value: unknown = claims;
  for (const name of path) {
    if (!isJsonObject(value) || !Object.hasOwn(value, name)) return absent;
    value = value[name];
  }
  switch (typeof value) {
    case 'string':
      return readText(value);
    case 'boolean':
      return { kind: 'value', value };
    case 'number':
      // Beyond that, JSON parsers make neighbours one: two users would be the same.
      return Number.isInteger(value) && !Number.isSafeInteger(value) ? tooLarge : { kind: 'value', value };
    default:
      return value === null || value === undefined ? absent : composed;
  }
}

const absent: ClaimValue = { kind: 'absent' };
const composed: ClaimValue = {
  kind: 'unusable',
  demand: 'is a text, a number, true or false, not a list or an object',
};
const tooLarge: ClaimValue = { kind: 'unusable', demand: 'is a number below 2^53, or a text' };
const unclean: ClaimValue = {
  kind: 'unusable',
  demand: 'holds no line breaks or other control characters, and no spaces around it',
};

function toPath(text: string): readonly string[] | undefined {
  if (text.startsWith('/')) {
    if (/~(?![01])/.test(text)) return undefined;
    return text
      .slice(1)
      .split('/')
      .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
  }
  return text.includes(':') ? [text] : text.split('.');
}

/** Whoever reads a header or a line takes " a" for "a": as users, they would be the same. */
function readText(value: string): ClaimValue {
  if (value === '') return absent;
  const isClean = !/\p{Cc}|\p{Cs}/u.test(value) && value.trim() === value;
  return isClean ? { kind: 'value', value } : unclean;
}
