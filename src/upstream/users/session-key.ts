import { hash, randomBytes } from 'node:crypto';
import type { CallOrigin, ProvenCaller } from '../upstream.ts';
import type { SessionPolicy } from './session-policy.ts';
import { headerValue, readTrait, type UserTrait } from './user-trait.ts';

/** Whose call it is. */
export type SessionKey =
  /** A digest: equal for equal users, and of no use to whoever reads it in a log. */
  | { readonly kind: 'key'; readonly key: string }
  /** `needs` says what to send. */
  | { readonly kind: 'missing'; readonly needs: string };

const maxCharacters = 256;

/**
 * Compiles a policy into what tells from a request whose session it belongs to.
 *
 * @param templates what a server is started with: whoever brings another value needs another session
 */
export function createSessionKeyReader(
  policy: Pick<SessionPolicy, 'key'>,
  templates: readonly UserTrait[] = [],
): (origin: CallOrigin) => SessionKey {
  // User ids are short enough to be guessed, and a digest confirms a guess. Nobody guesses what this one starts with.
  const salt = randomBytes(32).toString('hex');
  const read = createUserReader(policy, templates);
  return (origin) => {
    const user = read(origin);
    return user.kind === 'missing' ? user : { kind: 'key', key: hash('sha256', salt + user.value) };
  };
}

/** What tells users apart; it may be a secret. */
export type User =
  { readonly kind: 'value'; readonly value: string } | Extract<SessionKey, { kind: 'missing' }>;

/** As `createSessionKeyReader`, and equal for equal users whenever it was made. */
export function createUserReader(
  { key }: Pick<SessionPolicy, 'key'>,
  templates: readonly UserTrait[] = [],
): (origin: CallOrigin) => User {
  return (origin) => {
    const user = key.kind === 'credential' ? readCredential(origin) : readKey(key, origin);
    if (user.kind === 'missing') return user;
    const parts: unknown[] = [user.value];
    for (const template of templates) {
      const read = readTrait(template, origin);
      if (read.kind === 'unusable') return { kind: 'missing', needs: read.needs };
      parts.push(read.kind === 'value' ? read.value : '');
    }
    return { kind: 'value', value: JSON.stringify(parts) };
  };
}

function readKey(trait: UserTrait, origin: CallOrigin): User {
  const read = readTrait(trait, origin);
  if (read.kind !== 'value') return { kind: 'missing', needs: read.needs };
  const value = typeof read.value === 'string' ? read.value.trim() : read.value;
  if (trait.kind !== 'header') {
    if (String(value).length > maxCharacters) return tooLong(trait);
    return { kind: 'value', value: JSON.stringify([...realmOf(origin.identity), value]) };
  }
  if (value === '') return { kind: 'missing', needs: `the header ${trait.name}` };
  const text = String(value);
  if (text.length > maxCharacters) return tooLong(trait);
  // Node joins a header that came twice: a caller's, say, and the one of a proxy that did not remove it.
  if (text.includes(',')) return { kind: 'missing', needs: `the header ${trait.name} once, with one value` };
  return { kind: 'value', value: text };
}

function tooLong(trait: UserTrait): User {
  const named =
    trait.kind === 'header'
      ? `the header ${trait.name}`
      : trait.kind === 'claim'
        ? `a token with a claim '${trait.claim.text}'`
        : 'an API key';
  return { kind: 'missing', needs: `${named} with at most ${maxCharacters} characters` };
}

/** Issuers give out the same subjects (RFC 7519 section 4.1.2), and so do proxies: what they say is true among their own. */
function realmOf(identity: ProvenCaller | undefined): readonly (string | undefined)[] {
  const iss = identity?.claims['iss'];
  return [identity?.kind, typeof iss === 'string' ? iss : undefined, identity?.by?.kind, identity?.by?.name];
}

const noCredential = {
  kind: 'missing',
  needs: 'credentials, as Bearer token or as Basic user and password, in the header Authorization',
} as const;

/** Both a token and the pair of user and password tell who calls (RFC 6750, RFC 7617). */
function readCredential({ headers }: CallOrigin): User {
  const [, scheme = '', credential = ''] =
    /^(bearer|basic) +([^ ].*)$/i.exec(headerValue(headers, 'authorization').trim()) ?? [];
  return credential === '' ? noCredential : { kind: 'value', value: `${scheme.toLowerCase()} ${credential}` };
}
