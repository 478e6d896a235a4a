/** A token that is signed as it has to be, and is for something else than to open doors with. */
export class TokenMisused extends Error {
  override readonly name = 'TokenMisused';
  /** For whoever sent it: fixed words. */
  readonly says: string;

  constructor(says: string) {
    super(says);
    this.says = says;
  }
}

/**
 * Refuses what an issuer signs with the same keys for other purposes (RFC 8725 section 3.11), as far as it says so: of a type
 * of its own, such as `logout+jwt`; access tokens are `at+jwt` (RFC 9068 section 2.1), `JWT` or say nothing. And tokens that are
 * bound to a key of their sender (RFC 7800 section 3.1): taken without a proof of that key, which is not looked at here, they
 * would be worth stealing again.
 *
 * @throws TokenMisused
 */
export function checkTokenUse(
  header: { readonly typ?: unknown },
  claims: Readonly<Record<string, unknown>>,
): void {
  const { typ } = header;
  const type = typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : typ;
  if (type !== undefined && type !== 'jwt' && type !== 'at+jwt') throw otherUse;
  if (claims['cnf'] !== undefined) throw bound;
}

const otherUse = new TokenMisused(
  'The token is of a type that is no access token; send one of the type at+jwt or JWT.',
);
const bound = new TokenMisused(
  'The token is bound to a key of its sender (cnf), whose proof is not taken here; get a bearer token without.',
);
