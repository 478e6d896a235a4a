/** The body of `/readyz`. */
export interface Readiness {
  /** `ready` and `degraded`: calls are worth sending. */
  readonly status: string;
  /** The digest of the contract that is served. */
  readonly contract: string;
  readonly servers: Readonly<Record<string, object>>;
  readonly [detail: string]: unknown;
}

/** Whether calls are worth sending. */
export function isWorthCalling(status: string): boolean {
  return status === 'ready' || status === 'degraded';
}
