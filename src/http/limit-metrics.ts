import { Counter, type Registry } from 'prom-client';
import type { RateLimitScope } from '../limits/rate-limiter.ts';
import type { LimitSource } from './rate-limits.ts';

/** Shows how many calls rate limits have refused. */
export function addLimitMetrics(registry: Registry, limits: LimitSource): void {
  const refused = new Counter({
    name: 'mcpo_rate_limited_total',
    help: 'Calls that a rate limit refused: that for all calls, that of the server, or that of the tool',
    labelNames: ['limit'],
    registers: [registry],
    collect() {
      const counted: Readonly<Record<RateLimitScope, number>> = limits.limiter?.limitedBy ?? none;
      refused.reset();
      for (const [limit, count] of Object.entries(counted)) refused.inc({ limit }, count);
    },
  });
}

const none = { all: 0, server: 0, tool: 0 };
