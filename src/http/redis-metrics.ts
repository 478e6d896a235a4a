import { Counter, Gauge, type Registry } from 'prom-client';
import type { RedisHealth } from '../redis/redis-link.ts';

/** Shows whether the Redis that gateways share answers. */
export function addRedisMetrics(registry: Registry, redis: RedisHealth): void {
  const up = new Gauge({
    name: 'mcpo_redis_up',
    help: 'Whether the shared Redis answers',
    // Of several workers, each of them.
    aggregator: 'min',
    registers: [registry],
    collect() {
      up.set(redis.state.kind === 'up' ? 1 : 0);
    },
  });
  const errors = new Counter({
    name: 'mcpo_redis_errors_total',
    help: 'Commands that the shared Redis failed, or did not answer in time',
    registers: [registry],
    collect() {
      errors.reset();
      errors.inc(redis.failures);
    },
  });
}
