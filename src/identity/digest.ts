import { hash } from 'node:crypto';

/**
 * The SHA-256 digest of a secret in hexadecimal: what is kept in its place.
 *
 * A slow hash with salt protects what people think up. Keys of ours are 256 random bits: nobody finds one by trying, however
 * fast, and no two are alike. So the digest is also what a key is looked up by, and how long that takes says nothing of keys.
 */
export function digestSecret(secret: string): string {
  return hash('sha256', secret, 'hex');
}
