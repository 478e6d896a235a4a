import { hash, randomBytes } from 'node:crypto';
import { headerValue } from './header-templates.ts';
import type { SessionPolicy } from './session-policy.ts';
import type { RequestHeaders } from '../upstream.ts';

/** Whose call it is. */
export type SessionKey =
  /** A digest: equal for equal users, and of no use to whoever reads it in a log. */
  | { readonly kind: 'key'; readonly key: string }
  /** `needs` says what to send. */
  | { readonly kind: 'missing'; readonly needs: string };

const MAX_HEADER_CHARACTERS = 256;

/**
 * Compiles a policy into what tells from request headers whose session a call belongs to.
 *
 * @param templateNames headers that a server is started with: whoever sends another value needs another session
 */
export function createSessionKeyReader(
  policy: Pick<SessionPolicy, 'key'>,
  templateNames: readonly string[] = [],
): (headers: RequestHeaders | undefined) => SessionKey {
  // User ids are short enough to be guessed, and a digest confirms a guess. Nobody guesses what this one starts with.
  const salt = randomBytes(32).toString('hex');
  const read = createIdentityReader(policy, templateNames);
  return (headers) => {
    const identity = read(headers);
    return identity.kind === 'missing'
      ? identity
      : { kind: 'key', key: hash('sha256', salt + identity.value) };
  };
}

/** What tells users apart; it may be a secret. */
export type Identity =
  { readonly kind: 'value'; readonly value: string } | Extract<SessionKey, { kind: 'missing' }>;

/** As `createSessionKeyReader`, and equal for equal users whenever it was made. */
export function createIdentityReader(
  { key }: Pick<SessionPolicy, 'key'>,
  templateNames: readonly string[] = [],
): (headers: RequestHeaders | undefined) => Identity {
  const read = key.kind === 'header' ? createHeaderReader(key.name) : readCredential;
  return (headers) => {
    const identity = read(headers);
    if (identity.kind === 'missing') return identity;
    const parts = [identity.value, ...templateNames.map((name) => headerValue(headers, name))];
    return { kind: 'value', value: JSON.stringify(parts) };
  };
}

function createHeaderReader(name: string): (headers: RequestHeaders | undefined) => Identity {
  const missing = { kind: 'missing', needs: `the header ${name}` } as const;
  const tooLong = {
    kind: 'missing',
    needs: `the header ${name} with at most ${MAX_HEADER_CHARACTERS} characters`,
  } as const;
  const several = { kind: 'missing', needs: `the header ${name} once, with one value` } as const;
  return (headers) => {
    const value = headerValue(headers, name).trim();
    if (value === '') return missing;
    if (value.length > MAX_HEADER_CHARACTERS) return tooLong;
    // Node joins a header that came twice: a caller's, say, and the one of a proxy that did not remove it.
    return value.includes(',') ? several : { kind: 'value', value };
  };
}

const noCredential = {
  kind: 'missing',
  needs: 'credentials, as Bearer token or as Basic user and password, in the header Authorization',
} as const;

/** Both a token and the pair of user and password tell who calls (RFC 6750, RFC 7617). */
function readCredential(headers: RequestHeaders | undefined): Identity {
  const [, scheme = '', credential = ''] =
    /^(bearer|basic) +([^ ].*)$/i.exec(headerValue(headers, 'authorization').trim()) ?? [];
  return credential === '' ? noCredential : { kind: 'value', value: `${scheme.toLowerCase()} ${credential}` };
}
