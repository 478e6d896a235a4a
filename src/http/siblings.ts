import type { Readiness } from './readiness.ts';

/** Gateways behind the same port, each a process of its own: whichever is asked answers for all of them. */
export interface Siblings {
  /** Tells how this one answers when it is asked about itself; called once. */
  introduce(self: Self): void;
  /** What all of them count, in the Prometheus text format; undefined when that cannot be asked at the moment. */
  render(): Promise<string | undefined>;
  /** What all of them say of their servers, as one. Never rejects. */
  readiness(): Promise<Readiness>;
}

/** One gateway's words about itself. */
export interface Self {
  /** prom-client's `getMetricsAsJSON`; it is passed on as it is. */
  metrics(): Promise<unknown>;
  readiness(): Readiness;
}
