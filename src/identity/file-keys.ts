import type { Renewal, TokenKeySource, TokenKeys } from './token-keys.ts';
import type { TokenKeysState } from './verdict.ts';

/** The keys of a file, which were read before tokens come; replaced when the file changes. */
export class FileKeys implements TokenKeySource {
  readonly state: TokenKeysState = { kind: 'ready' };
  readonly retryAfterMs = 0;
  #current: TokenKeys;
  #onWithdrawal: () => void = () => undefined;

  constructor(keys: TokenKeys) {
    this.#current = keys;
  }

  get current(): TokenKeys {
    return this.#current;
  }

  /** From now on these are the keys; what the ones before had signed is verified anew. */
  replace(keys: TokenKeys): void {
    this.#current = keys;
    this.#onWithdrawal();
  }

  async settled(): Promise<void> {
    // They are there from the start.
  }

  renew(than: TokenKeys): Promise<Renewal> {
    return Promise.resolve(than === this.#current ? 'same' : 'replaced');
  }

  onWithdrawal(listener: () => void): void {
    this.#onWithdrawal = listener;
  }

  close(): void {
    // Nothing runs by itself.
  }
}
