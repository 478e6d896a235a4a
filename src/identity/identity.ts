/** Who makes a request, proven by credentials; never holds a secret. Frozen. */
export interface Identity {
  /**
   * By which credentials: the one key of `--api-key`, a key of the keys file, or a signed token; or `forwarded`: a trusted
   * proxy says it of a user of its own.
   */
  readonly kind: 'shared-key' | 'api-key' | 'token' | 'forwarded';
  /**
   * The key's name, or the token's subject ('' when it names none). Of tokens it is as long as the issuer made it: cut it
   * where it is shown.
   */
  readonly name: string;
  /** Of the key of the keys file that the caller, or the proxy that speaks for it, came with. */
  readonly keyName?: string;
  /** Of a token: `scope` and `scp` (RFC 8693 section 4.2, RFC 9068 section 2.2.3). */
  readonly scopes: ReadonlySet<string>;
  /** The token's claims as the issuer wrote them; of keys there are none. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** Where a proxy says who it is: by which credentials the proxy itself came, if any are asked for. */
  readonly by?: Identity;
}

/** Whoever has the key of `--api-key`: all its holders are one. */
export const sharedKeyIdentity: Identity = Object.freeze({
  kind: 'shared-key',
  name: 'shared-key',
  scopes: new Set<string>(),
  claims: Object.freeze({}),
});

/** Whether a caller, or the proxy that speaks for it, has the key of that name; the subject of a token is no such name. */
export function isKeyOf(identity: Identity, name: string): boolean {
  return identity.keyName === name;
}

/** What the log calls a caller; undefined for holders of the shared key, whom nothing tells apart. */
export function callerName(identity: Identity | undefined): string | undefined {
  if (identity === undefined || identity.kind === 'shared-key') return undefined;
  const { name } = identity;
  return name.length > maxShownName ? `${name.slice(0, maxShownName)}…` : name;
}

const maxShownName = 128;
