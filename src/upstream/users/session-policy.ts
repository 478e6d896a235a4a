import type { UserTrait } from './user-trait.ts';

/** A session with the server for each user: what tells users apart, and how many sessions may be open. */
export interface SessionPolicy {
  /** A header, a claim or the API key's name; `credential`: what the caller authenticated with. */
  readonly key: UserTrait | { readonly kind: 'credential' };
  /** Open at a time; past it, the one that was idle longest is closed. @default 50 */
  readonly max: number;
  /** An unused session is closed after this. @default 10 min */
  readonly idleTimeoutMs: number;
}
