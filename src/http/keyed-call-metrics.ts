import { Counter, Gauge, type Registry } from 'prom-client';
import type { KeyedCalls, KeyUse } from '../gateway/idempotency/keyed-calls.ts';

/** Shows what came of requests with an Idempotency-Key, and what is kept of them. */
export function addKeyedCallMetrics(registry: Registry, keyedCalls: KeyedCalls): void {
  const requests = new Counter({
    name: 'mcpo_idempotency_requests_total',
    help: 'Requests with an Idempotency-Key: called first, replayed, key reused, answer let go, refused, gateway gone',
    labelNames: ['outcome'],
    registers: [registry],
    collect() {
      const counted: Readonly<Record<KeyUse, number>> = keyedCalls.uses;
      requests.reset();
      for (const [outcome, count] of Object.entries(counted)) requests.inc({ outcome }, count);
    },
  });
  const keys = new Gauge({
    name: 'mcpo_idempotency_keys',
    help: 'Keys remembered, those in flight among them',
    registers: [registry],
    collect() {
      keys.set(keyedCalls.size);
    },
  });
  const bytes = new Gauge({
    name: 'mcpo_idempotency_kept_bytes',
    help: 'Of answers, kept to be given again',
    registers: [registry],
    collect() {
      bytes.set(keyedCalls.bytes);
    },
  });
}
