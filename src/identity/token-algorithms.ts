/**
 * Signature algorithms (RFC 7518 section 3.1, RFC 8037, RFC 9864). Those of a secret and those of key pairs never meet: which
 * family is verified is settled by the keys, before a token is seen, so a public key is never taken for a secret.
 */
export const pairAlgorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
] as const;

/** Algorithm → bytes that its secret has at least (RFC 7518 section 3.2). */
export const secretAlgorithms: ReadonlyMap<string, number> = new Map([
  ['HS256', 32],
  ['HS384', 48],
  ['HS512', 64],
]);

/** Which kind of key an algorithm verifies with; undefined for none of ours, and for `none`. */
export function familyOf(algorithm: string): 'pair' | 'secret' | undefined {
  if (secretAlgorithms.has(algorithm)) return 'secret';
  return pairAlgorithms.some((known) => known === algorithm) ? 'pair' : undefined;
}
