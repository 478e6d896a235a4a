import type { Settings } from './settings.ts';

/** What a gateway can know of who calls. */
export interface KnownCallers {
  /** Tokens are taken, which have claims, or what a proxy says of its users. */
  readonly haveClaims: boolean;
  /** Keys are taken that have names. */
  readonly haveKeyNames: boolean;
}

/** What the options about who calls come to. */
export function toKnownCallers({
  apiKeysFile,
  tokens,
  trustedProxies,
}: Pick<Settings, 'apiKeysFile' | 'tokens' | 'trustedProxies'>): KnownCallers {
  const haveClaims = tokens !== undefined || trustedProxies !== undefined;
  return { haveClaims, haveKeyNames: apiKeysFile !== undefined };
}
