import { errors, jwtVerify, type JWTPayload, type JWTVerifyOptions } from 'jose';
import { describeTokenFault } from './describe-token-fault.ts';
import { TokenCache } from './token-cache.ts';
import { toTokenIdentity } from './token-identity.ts';
import type { TokenKeySource, TokenKeys } from './token-keys.ts';
import { checkTokenUse, TokenMisused } from './token-use.ts';
import { unreadable, type TokenKeysState, type Verdict } from './verdict.ts';

/** What a token has to be like. */
export interface TokenVerifierOptions {
  readonly source: TokenKeySource;
  /** @default any */
  readonly issuer?: string | undefined;
  /** One of these is in `aud`. @default not looked at */
  readonly audiences: readonly string[];
  readonly clockToleranceMs: number;
  /** Unix time in milliseconds. */
  readonly now: () => number;
}

/** No token is longer; headers as a whole are bounded to as much. */
const maxTokenLength = 16_384;
const maxRemembered = 8_192;
/** A renewal may have begun before the issuer had the new key. */
const maxAttempts = 3;

/** Keys that a token which names none is tried with. */
const maxTried = 8;
const nameless = `The token does not name its key (kid), and more than ${maxTried} keys would do.`;

/** Verifies tokens; those that were good are remembered until they expire, or a key is withdrawn. */
export class TokenVerifier {
  readonly #options: TokenVerifierOptions;
  readonly #remembered = new TokenCache<Verdict>(maxRemembered);
  /** Under way, by digest: what comes twice at a time is verified once. */
  readonly #pending = new Map<string, Promise<Verdict>>();
  /** Grows whenever what was verified before is not to be remembered. */
  #generation = 0;

  constructor(options: TokenVerifierOptions) {
    this.#options = options;
    options.source.onWithdrawal(() => {
      this.#generation += 1;
      this.#remembered.clear();
    });
  }

  get keysState(): TokenKeysState {
    return this.#options.source.state;
  }

  /** What is remembered of a token; undefined when it has to be verified. */
  recall(digest: string): Verdict | undefined {
    return this.#remembered.get(digest, this.#options.now());
  }

  /** Never rejects; takes at most as long as fetching keys does. */
  verify(token: string, digest: string): Promise<Verdict> {
    const known = this.#pending.get(digest);
    if (known !== undefined) return known;
    const verdict = this.#verify(token, digest).finally(() => this.#pending.delete(digest));
    this.#pending.set(digest, verdict);
    return verdict;
  }

  close(): void {
    this.#options.source.close();
  }

  async #verify(token: string, digest: string): Promise<Verdict> {
    if (token.length > maxTokenLength) return { kind: 'bad_token', detail: unreadable };
    const generation = this.#generation;
    try {
      const claims = await this.#claimsOf(token);
      if (claims === undefined) return this.#unverifiable();
      const verdict: Verdict = { kind: 'known', identity: toTokenIdentity(claims) };
      const { exp = 0 } = claims;
      if (generation === this.#generation) {
        this.#remembered.set(digest, verdict, exp * 1_000 + this.#options.clockToleranceMs);
      }
      return verdict;
    } catch (error) {
      return { kind: 'bad_token', detail: describeTokenFault(error) };
    }
  }

  /** Undefined when the keys that it takes cannot be had. @throws what is wrong with the token */
  async #claimsOf(token: string): Promise<JWTPayload | undefined> {
    const { source } = this.#options;
    if (source.current === undefined) await source.settled();
    for (let attempt = 1; ; attempt += 1) {
      const keys = source.current;
      if (keys === undefined) return undefined;
      try {
        return await this.#verifyWith(keys, token);
      } catch (error) {
        if (!(error instanceof errors.JWKSNoMatchingKey) || attempt === maxAttempts) throw error;
        const renewal = await source.renew(keys);
        if (renewal === 'failed') return undefined;
        if (renewal !== 'replaced') throw error;
      }
    }
  }

  async #verifyWith(keys: TokenKeys, token: string): Promise<JWTPayload> {
    const { issuer, audiences, clockToleranceMs, now } = this.#options;
    const options = {
      algorithms: [...keys.algorithms],
      ...(issuer !== undefined && { issuer }),
      ...(audiences.length > 0 && { audience: [...audiences] }),
      clockTolerance: clockToleranceMs / 1_000,
      requiredClaims: ['exp'],
      currentDate: new Date(now()),
    };
    try {
      const { payload, protectedHeader } = await jwtVerify(token, keys.getKey, options);
      checkTokenUse(protectedHeader, payload);
      return payload;
    } catch (error) {
      if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
      return await this.#tryEach(error, token, options);
    }
  }

  /** Of a token that names no key, and several of whose type, use and algorithm would do. */
  async #tryEach(
    keys: errors.JWKSMultipleMatchingKeys,
    token: string,
    options: JWTVerifyOptions,
  ): Promise<JWTPayload> {
    let tried = 0;
    for await (const key of keys) {
      // Anybody can send tokens that fit none.
      if (tried === maxTried) throw new TokenMisused(nameless);
      tried += 1;
      try {
        const { payload, protectedHeader } = await jwtVerify(token, key, options);
        checkTokenUse(protectedHeader, payload);
        return payload;
      } catch (failure) {
        if (!(failure instanceof errors.JWSSignatureVerificationFailed)) throw failure;
      }
    }
    throw new errors.JWSSignatureVerificationFailed();
  }

  #unverifiable(): Verdict {
    return {
      kind: 'unverifiable',
      detail: 'Tokens cannot be verified at the moment: the keys of their issuer cannot be had.',
      retryAfterMs: this.#options.source.retryAfterMs,
    };
  }
}
