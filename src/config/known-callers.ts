import type { Settings } from './settings.ts';

/** What a gateway can know of who calls. */
export interface KnownCallers {
  /** Tokens are taken, which have claims. */
  readonly haveClaims: boolean;
  /** Keys are taken that have names. */
  readonly haveKeyNames: boolean;
}

/** What the options about who calls come to. */
export function toKnownCallers({
  apiKeysFile,
  tokens,
}: Pick<Settings, 'apiKeysFile' | 'tokens'>): KnownCallers {
  return { haveClaims: tokens !== undefined, haveKeyNames: apiKeysFile !== undefined };
}
