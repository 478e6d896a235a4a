import type { JWTVerifyGetKey } from 'jose';
import type { TokenKeysState } from './verdict.ts';

/** Keys that tokens are verified with. Replaced whole, never changed. */
export interface TokenKeys {
  readonly getKey: JWTVerifyGetKey;
  /** Of one family: a secret's, or those of key pairs. */
  readonly algorithms: readonly string[];
}

/** How asking for newer keys ended: there are others now, the same, none could be had, or it is too soon to ask again. */
export type Renewal = 'replaced' | 'same' | 'failed' | 'too_soon';

/** Where keys come from. */
export interface TokenKeySource {
  /** Undefined before any were had. */
  readonly current: TokenKeys | undefined;
  readonly state: TokenKeysState;
  /** Until keys are asked for the next time, when none could be had. */
  readonly retryAfterMs: number;
  /** Resolves when keys are there, or the attempt under way has failed; never rejects. */
  settled(): Promise<void>;
  /** Asks for others than these; requests made meanwhile share one answer. Never rejects. */
  renew(than: TokenKeys): Promise<Renewal>;
  /** Is told when a key that was there is gone: what it had signed is not believed any longer. */
  onWithdrawal(listener: () => void): void;
  close(): void;
}
