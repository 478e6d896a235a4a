import { digestSecret } from './digest.ts';
import type { KeyRing } from './key-ring.ts';
import type { TokenVerifier } from './token-verifier.ts';
import { unreadable, type TokenKeysState, type Verdict } from './verdict.ts';

/** Says who shows a secret: a key of a keys file, or a signed token. */
export interface Authenticator {
  /** At once for keys, and for tokens that are remembered. Never rejects. */
  judge(secret: string): Verdict | Promise<Verdict>;
  /** Whether there are keys that callers may have, beside tokens. */
  readonly hasKeys: boolean;
  /** Undefined where tokens are not taken. */
  readonly tokenKeys: TokenKeysState | undefined;
}

/** What callers may show. */
export interface AuthenticatorOptions {
  readonly keys?: KeyRing | undefined;
  readonly tokens?: TokenVerifier | undefined;
  /** Whether there is a shared key, which is compared before. */
  readonly hasSharedKey: boolean;
  /** Unix time in milliseconds. */
  readonly now: () => number;
}

/** Makes what tells callers by their secrets. */
export function createAuthenticator({
  keys,
  tokens,
  hasSharedKey,
  now,
}: AuthenticatorOptions): Authenticator {
  const hasKeys = keys !== undefined || hasSharedKey;
  const otherwise: Verdict = hasKeys ? wrongKey : { kind: 'bad_token', detail: unreadable };
  return {
    hasKeys,
    get tokenKeys() {
      return tokens?.keysState;
    },
    judge(secret) {
      const digest = digestSecret(secret);
      // Whoever has a token calls more often than whoever has none, so it is looked for first.
      const known = tokens?.recall(digest) ?? keys?.find(digest, now());
      if (known !== undefined) return known;
      return tokens !== undefined && looksLikeToken(secret) ? tokens.verify(secret, digest) : otherwise;
    },
  };
}

const wrongKey: Verdict = { kind: 'wrong_key', detail: 'The API key is wrong.' };

/** Three parts, of which the first is JSON in base64url (RFC 7515 section 7.1); the last may be missing its text. */
function looksLikeToken(secret: string): boolean {
  return /^eyJ[\w-]*\.[\w-]*\.[\w-]*$/.test(secret);
}
