import type { Identity } from './identity.ts';
import { TokenCache } from './token-cache.ts';

/** What a proxy says of a user. */
export interface ForwardedUser {
  readonly id: string;
  readonly email?: string | undefined;
  readonly name?: string | undefined;
  readonly role?: string | undefined;
}

/** Users that are remembered for each of the proxies' credentials. */
const maxRemembered = 4_096;
const nobody = {};

/** Makes the identities of users that proxies speak for: the same object for the same user, for as long as it is remembered. */
export class ForwardedIdentities {
  readonly #known = new WeakMap<object, TokenCache<Identity>>();

  /** @param by as who the proxy itself came; undefined where no credentials are asked for */
  of(user: ForwardedUser, by: Identity | undefined): Identity {
    const { id, email, name, role } = user;
    let known = this.#known.get(by ?? nobody);
    if (known === undefined) this.#known.set(by ?? nobody, (known = new TokenCache(maxRemembered)));
    const key = JSON.stringify([id, email, name, role]);
    const before = known.get(key, 0);
    if (before !== undefined) return before;
    const identity = toIdentity(user, by);
    known.set(key, identity, Infinity);
    return identity;
  }
}

function toIdentity({ id, email, name, role }: ForwardedUser, by: Identity | undefined): Identity {
  return Object.freeze({
    kind: 'forwarded',
    name: id,
    ...(by?.keyName !== undefined && { keyName: by.keyName }),
    scopes: new Set([...(by?.scopes ?? []), ...(isScope(role) ? [`role:${role}`] : [])]),
    claims: Object.freeze({
      sub: id,
      ...(email !== undefined && { email }),
      ...(name !== undefined && { name }),
      ...(role !== undefined && { role }),
    }),
    ...(by !== undefined && { by }),
  });
}

/** RFC 6749 section 3.3. */
function isScope(role: string | undefined): role is string {
  return role !== undefined && /^[!#-[\]-~]+$/.test(role);
}
