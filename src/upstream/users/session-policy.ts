/** A session with the server for each user: what tells users apart, and how many sessions may be open. */
export interface SessionPolicy {
  /** `header`: the value of that request header (lower case); `credential`: what the caller authenticated with. */
  readonly key: { readonly kind: 'header'; readonly name: string } | { readonly kind: 'credential' };
  /** Open at a time; past it, the one that was idle longest is closed. @default 50 */
  readonly max: number;
  /** An unused session is closed after this. @default 10 min */
  readonly idleTimeoutMs: number;
}
