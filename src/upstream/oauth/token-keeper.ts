import type { OAuthTokens } from '@modelcontextprotocol/sdk/shared/auth.js';
import type { Logger } from '../../logger.ts';
import type { CredentialStore } from './credential-store.ts';
import type { Credentials, KnownTokens } from './credentials.ts';
import type { RefreshOutcome } from './token-refresh.ts';

export interface TokenKeeperOptions {
  readonly store: CredentialStore;
  /** Never rejects. */
  readonly refresh: (
    credentials: Credentials,
    tokens: KnownTokens,
    refreshToken: string,
  ) => Promise<RefreshOutcome>;
  readonly logger: Logger;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** What became of the wish for other tokens than those that were refused. */
export type Renewal =
  | { readonly kind: 'renewed' }
  /** Only a person can help. */
  | { readonly kind: 'none' }
  | { readonly kind: 'failed'; readonly reason: string };

/** A token is renewed this long before its end, or at a tenth of its life if that is less. */
const EARLY_MS = 30_000;
/** Requests that were refused together are content with what one of them got. */
const TOGETHER_MS = 2000;
/** A server that refuses one renewed token after the other wants something that only a person can give. */
const MAX_REFUSED = 5;
const REFUSED_WITHIN_MS = 300_000;
/** After a renewal that failed, requests go on with what there is for so long. */
const RETRY_MS = 5000;

/**
 * Holds the credentials for one server: in memory for requests, in the store for the next start.
 *
 * Several gateways may share a store. Whoever uses a refresh token does so alone and on what the store holds then: with
 * rotation, a second use of the same token ends them all (OAuth 2.1 section 4.3.1).
 */
export class TokenKeeper {
  readonly #options: TokenKeeperOptions;
  #credentials: Credentials | undefined;
  /** `credentials.tokens` without what is ours; made once, since every request asks. */
  #shown: OAuthTokens | undefined;
  #renewing: Promise<Renewal> | undefined;
  #renewedAt = -Infinity;
  #failedAt = -Infinity;
  /** When renewals were made because the server had refused a token, the latest ones. */
  #refusals: readonly number[] = [];

  constructor(options: TokenKeeperOptions) {
    this.#options = options;
  }

  /** As last seen. */
  get credentials(): Credentials {
    return this.#credentials ?? {};
  }

  /** For a request: renewed when the time has come, without the refresh token. */
  async tokens(): Promise<OAuthTokens | undefined> {
    if (this.#credentials === undefined) await this.load();
    const { tokens } = this.credentials;
    if (tokens?.refresh_token !== undefined && this.#isEnding(tokens)) {
      if (this.#options.now() - this.#failedAt > RETRY_MS) await this.renew('ending');
    }
    return this.#shown;
  }

  /** Looks into the store again. */
  async load(): Promise<Credentials> {
    this.#adopt(await this.#options.store.load());
    return this.credentials;
  }

  async save(credentials: Credentials): Promise<void> {
    this.#adopt(credentials);
    await this.#options.store.save(credentials);
  }

  /** When tokens were refused or are about to end: finds others. At most one at a time. */
  renew(why: 'ending' | 'refused'): Promise<Renewal> {
    this.#renewing ??= this.#options.store
      .exclusively(async () => await this.#renew(why))
      .finally(() => {
        this.#renewing = undefined;
      });
    return this.#renewing;
  }

  /** Takes what an authorization server has issued to a client after a person agreed. */
  async grant(
    client: Credentials['client'],
    tokens: OAuthTokens,
    base: Pick<KnownTokens, 'issuer' | 'resource'>,
  ): Promise<void> {
    await this.save({ client, tokens: this.#stamp(tokens, base) });
  }

  async #renew(why: 'ending' | 'refused'): Promise<Renewal> {
    const { logger, now, refresh } = this.#options;
    const before = this.#credentials?.tokens?.access_token;
    const credentials = await this.load();
    const { tokens, client } = credentials;
    if (tokens === undefined) return { kind: 'none' };
    const isOther = tokens.access_token !== before && !this.#isEnding(tokens);
    if (isOther || now() - this.#renewedAt < TOGETHER_MS) return { kind: 'renewed' };
    if (tokens.refresh_token === undefined) return { kind: 'none' };
    if (why === 'refused' && !this.#mayHelp()) return { kind: 'none' };
    const outcome = await refresh(credentials, tokens, tokens.refresh_token);
    switch (outcome.kind) {
      case 'refreshed':
        await this.save({ client, tokens: this.#stamp(outcome.tokens, tokens) });
        this.#renewedAt = now();
        return { kind: 'renewed' };
      case 'refused':
        logger.warn({ reason: outcome.reason }, 'the refresh token is refused');
        await this.save(outcome.isClient ? {} : { client });
        return { kind: 'none' };
      case 'failed':
        this.#failedAt = now();
        return outcome;
    }
  }

  #mayHelp(): boolean {
    const now = this.#options.now();
    const recent = this.#refusals.filter((at) => now - at < REFUSED_WITHIN_MS);
    this.#refusals = recent.length < MAX_REFUSED ? [...recent, now] : [];
    return recent.length < MAX_REFUSED;
  }

  /** `base` says where tokens come from and what they are for. */
  #stamp(tokens: OAuthTokens, base: Pick<KnownTokens, 'issuer' | 'resource'>): KnownTokens {
    const { issuer, resource } = base;
    const { expires_in: seconds } = tokens;
    return {
      ...tokens,
      issuer,
      ...(resource !== undefined && { resource }),
      ...(seconds !== undefined && { expiresAt: this.#options.now() + seconds * 1000 }),
    };
  }

  #isEnding({ expiresAt, expires_in: seconds = 0 }: KnownTokens): boolean {
    const earlyMs = Math.min(EARLY_MS, seconds * 100);
    return expiresAt !== undefined && this.#options.now() >= expiresAt - earlyMs;
  }

  #adopt(credentials: Credentials): void {
    this.#credentials = credentials;
    if (credentials.tokens === undefined) {
      this.#shown = undefined;
      return;
    }
    const { refresh_token: _, expiresAt: __, resource: ___, ...shown } = credentials.tokens;
    this.#shown = shown;
  }
}
