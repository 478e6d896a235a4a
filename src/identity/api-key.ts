import { randomBytes } from 'node:crypto';
import { digestSecret } from './digest.ts';

/** What every key begins with, so that people and scanners of leaked secrets know one when they see it. */
const keyPrefix = 'mcpo_';
const keyBytes = 32;

/** A key as a keys file has it: everything but the key. */
export interface ApiKeyEntry {
  /** Unique among the keys. */
  readonly name: string;
  /** SHA-256, 64 hexadecimal digits in lower case. */
  readonly digest: string;
  /** Milliseconds of Unix time; from then on it opens nothing. @default it never expires */
  readonly expiresAt?: number;
  readonly scopes: readonly string[];
}

/** Makes a key: 256 random bits in base64url behind a prefix. @param random gives that many random bytes */
export function createApiKey(random: (size: number) => Buffer = randomBytes): string {
  return `${keyPrefix}${random(keyBytes).toString('base64url')}`;
}

/** How a keys file writes the digest of a key. */
export function hashApiKey(key: string): string {
  return `${hashPrefix}${digestSecret(key)}`;
}

/** The digest in what {@link hashApiKey} wrote; undefined when it is none. */
export function parseKeyHash(hash: string): string | undefined {
  const match = /^sha256:([0-9a-f]{64})$/i.exec(hash);
  return match?.[1]?.toLowerCase();
}

const hashPrefix = 'sha256:';
