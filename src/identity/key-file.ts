import { createPublicKey, type KeyObject } from 'node:crypto';
import { createLocalJWKSet, type JSONWebKeySet, type JWK } from 'jose';
import { pairAlgorithms, secretAlgorithms } from './token-algorithms.ts';
import type { TokenKeys } from './token-keys.ts';

/** Keys, or what is wrong with the file, as the rest of a sentence that begins with it. */
export type ReadKeys =
  { readonly kind: 'keys'; readonly keys: TokenKeys } | { readonly kind: 'fault'; readonly says: string };

/**
 * Reads a key file: a public key or certificate (PEM), a key or a set of keys (JWK, RFC 7517), or a secret as it is.
 *
 * What it holds settles the algorithms: a secret is never verified with as a public key, nor the other way round.
 *
 * @param allowed the algorithms that the user allows; undefined for all
 */
export function parseKeyFile(content: Buffer, allowed: readonly string[] | undefined): ReadKeys {
  const text = content.toString('utf8').trim();
  if (text === '') return fault('is empty');
  if (text.startsWith('-----BEGIN ')) return fromPem(text, allowed);
  if (text.startsWith('{')) return fromJson(text, allowed);
  if (/^(?:ssh-|ecdsa-)/.test(text) || isDer(content) || isDer(Buffer.from(text, 'base64'))) {
    return fault('holds a public key in a form that is not read, and no secret; write it as PEM');
  }
  return fromSecret(new TextEncoder().encode(text), allowed);
}

/** The algorithms that a PEM key can verify with, of which jose makes sure again. */
function algorithmsOf(key: KeyObject): readonly string[] {
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'];
    case 'ec':
      return curveAlgorithms.get(key.asymmetricKeyDetails?.namedCurve ?? '') ?? [];
    case 'ed25519':
      return ['EdDSA', 'Ed25519'];
    default:
      return [];
  }
}

const curveAlgorithms: ReadonlyMap<string, readonly string[]> = new Map([
  ['prime256v1', ['ES256']],
  ['secp384r1', ['ES384']],
  ['secp521r1', ['ES512']],
]);

const minRsaBits = 2_048;

function fromPem(text: string, allowed: readonly string[] | undefined): ReadKeys {
  if (/^-----BEGIN [A-Z ]*PRIVATE KEY-----/m.test(text)) {
    return fault('holds a private key; the gateway only verifies, and needs the public one alone');
  }
  let key: KeyObject;
  try {
    key = createPublicKey(text);
  } catch {
    return fault('holds no public key or certificate that can be read (PEM)');
  }
  const possible = algorithmsOf(key);
  if (possible.length === 0)
    return fault('holds a key of a kind that signs no tokens; use RSA, P-256, P-384, P-521 or Ed25519');
  const bits = key.asymmetricKeyDetails?.modulusLength ?? minRsaBits;
  if (bits < minRsaBits)
    return fault(
      `holds an RSA key of ${bits} bits; tokens need ${minRsaBits} or more (RFC 7518 section 3.3)`,
    );
  return withAlgorithms(possible, allowed, () => key);
}

function fromJson(text: string, allowed: readonly string[] | undefined): ReadKeys {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return fault('begins like JSON, and is none');
  }
  const keys = toJwks(value);
  const [first] = keys;
  if (first === undefined) return fault('holds neither a key nor a set of keys (JWK)');
  if (first.kty === 'oct') return keys.length > 1 ? fault(mixed) : fromOctets(first, allowed);
  if (keys.some(({ kty }) => kty === 'oct')) return fault(mixed);
  if (keys.some((key) => 'd' in key)) {
    return fault('holds a private key; the gateway only verifies, and needs the public one alone');
  }
  const set: JSONWebKeySet = { keys: [...keys] };
  try {
    const getKey = createLocalJWKSet(set);
    return withAlgorithms(pairAlgorithms, allowed, getKey);
  } catch {
    return fault('holds no keys that can be read (JWK)');
  }
}

const mixed = 'holds a secret beside other keys; a secret has to stand alone';

function toJwks(value: unknown): readonly JWK[] {
  if (typeof value !== 'object' || value === null) return [];
  const keys: readonly unknown[] = 'keys' in value && Array.isArray(value.keys) ? value.keys : [value];
  return keys.every(
    (key) => typeof key === 'object' && key !== null && 'kty' in key && typeof key.kty === 'string',
  )
    ? (keys as readonly JWK[]) // jose looks at the rest
    : [];
}

function fromOctets({ k }: JWK, allowed: readonly string[] | undefined): ReadKeys {
  if (typeof k !== 'string' || !/^[\w-]+=*$/.test(k)) return fault('holds a secret that cannot be read (k)');
  return fromSecret(new Uint8Array(Buffer.from(k, 'base64url')), allowed);
}

function fromSecret(secret: Uint8Array, allowed: readonly string[] | undefined): ReadKeys {
  const possible = [...secretAlgorithms].filter(([, bytes]) => secret.length >= bytes).map(([name]) => name);
  if (possible.length === 0) {
    return fault(`holds a secret of ${secret.length} bytes; tokens need 32 or more (RFC 7518 section 3.2)`);
  }
  return withAlgorithms(possible, allowed, () => secret);
}

function withAlgorithms(
  possible: readonly string[],
  allowed: readonly string[] | undefined,
  getKey: TokenKeys['getKey'],
): ReadKeys {
  const algorithms = allowed === undefined ? possible : possible.filter((name) => allowed.includes(name));
  if (algorithms.length === 0) {
    return fault(`holds a key for ${possible.join(', ')}, none of which --jwt-algorithms allows`);
  }
  return { kind: 'keys', keys: { getKey, algorithms } };
}

/** What looks like a public key in binary: whoever means it as a secret would give everybody that secret. */
function isDer(bytes: Buffer): boolean {
  if (bytes[0] !== 0x30) return false;
  return (['spki', 'pkcs1'] as const).some((type) => {
    try {
      createPublicKey({ key: bytes, format: 'der', type });
      return true;
    } catch {
      return false;
    }
  });
}

function fault(says: string): ReadKeys {
  return { kind: 'fault', says };
}
