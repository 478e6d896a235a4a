/** Gateways behind the same port, each a process of its own: whichever is asked answers for all of them. */
export interface Siblings {
  /** Tells how this one answers when it is asked about itself; called once. */
  introduce(self: Self): void;
  /** What all of them count, in the Prometheus text format. */
  render(): Promise<string>;
  /** What all of them say of their servers, as one. */
  readiness(): Promise<Readiness>;
}

/** One gateway's words about itself. */
interface Self {
  /** prom-client's `getMetricsAsJSON`; it is passed on as it is. */
  metrics(): Promise<unknown>;
  readiness(): Readiness;
}

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
