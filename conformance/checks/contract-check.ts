import type { GatewayUnderTest } from '../gateway/gateway.ts';
import type { CheckInfo, Probe, ProbeContext, ProbeOutcome } from './check.ts';

/** A check that looks at the REST gateway in front of the server. */
export function createContractCheck(
  info: Omit<CheckInfo, 'group'>,
  judge: (gateway: GatewayUnderTest, context: ProbeContext) => Promise<ProbeOutcome>,
): Probe {
  return {
    kind: 'probe',
    group: 'contract',
    ...info,
    run: async (context) => {
      const access = await context.gateway();
      switch (access.kind) {
        case 'open':
          return await judge(access.gateway, context);
        case 'none':
          return { kind: 'not-exercised', reason: access.reason };
        case 'missing':
          return { kind: 'no-server', reason: access.reason };
      }
    },
  };
}

/** Limits what one check asks of a gateway. */
export class RequestBudget {
  readonly #endsAtMs: number;
  #left: number;

  constructor(maxRequests: number, maxTimeMs: number) {
    this.#left = maxRequests;
    this.#endsAtMs = performance.now() + maxTimeMs;
  }

  /** True when one more may be sent, which is counted. */
  take(): boolean {
    this.#left -= 1;
    return this.#left >= 0 && performance.now() < this.#endsAtMs;
  }
}
