import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import type { Gateway } from '../gateway/gateway.ts';
import type { KeyedCalls } from '../gateway/idempotency/keyed-calls.ts';
import type { RedisHealth } from '../redis/redis-link.ts';
import { createCallMetrics, type CallMetrics } from './call-metrics.ts';
import { addKeyedCallMetrics } from './keyed-call-metrics.ts';
import { addLimitMetrics } from './limit-metrics.ts';
import type { LimitSource } from './rate-limits.ts';
import { addRedisMetrics } from './redis-metrics.ts';
import type { RequestWatcher } from './request-record.ts';
import type { SlowReaders } from './slow-readers.ts';
import { createUpstreamMetrics } from './upstream-metrics.ts';
import { addWatcherMetrics } from './watcher-metrics.ts';

/** What /metrics shows, in the Prometheus text format (METRIC rules). */
export interface Metrics extends CallMetrics {
  readonly mediaType: string;
  render(): Promise<string>;
  /** The same as prom-client's JSON, to be put together with those of others. */
  toJson(): Promise<unknown>;
}

/** As the format writes it; prom-client has "Nan", for the lag of an event loop that was not measured since. */
export function toExposition(text: string): string {
  return text.replaceAll(' Nan\n', ' NaN\n');
}

/** What is measured; undefined for what is off. */
interface MetricSources {
  readonly gateway: Gateway;
  readonly readers: SlowReaders;
  readonly keyedCalls: KeyedCalls | undefined;
  readonly watchers: readonly RequestWatcher[];
  readonly limits: LimitSource | undefined;
  readonly redis: RedisHealth | undefined;
}

/** Makes the metrics of a gateway; those of Node itself among them. */
export function createMetrics({
  gateway,
  readers,
  keyedCalls,
  watchers,
  limits,
  redis,
}: MetricSources): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const calls = createCallMetrics(registry);
  const upstreams = createUpstreamMetrics(registry, gateway);
  addReaderMetrics(registry, readers);
  if (keyedCalls !== undefined) addKeyedCallMetrics(registry, keyedCalls);
  addWatcherMetrics(registry, watchers);
  if (limits !== undefined) addLimitMetrics(registry, limits);
  if (redis !== undefined) addRedisMetrics(registry, redis);
  gateway.resultChecks.onViolation((server, tool) => calls.observeViolation(server, tool, 'result'));
  return {
    ...calls,
    mediaType: registry.contentType,
    async render() {
      await calls.keepOnly(upstreams.update());
      return toExposition(await registry.metrics());
    },
    async toJson() {
      await calls.keepOnly(upstreams.update());
      return await registry.getMetricsAsJSON();
    },
  };
}

function addReaderMetrics(registry: Registry, readers: SlowReaders): void {
  const unsent = new Gauge({
    name: 'mcpo_unsent_bytes',
    help: 'Of answers, waiting for their callers to take them',
    registers: [registry],
    collect() {
      unsent.set(readers.unsentBytes);
    },
  });
  const cutOff = new Counter({
    name: 'mcpo_slow_readers_total',
    help: 'Callers cut off because they took nothing of their answers',
    registers: [registry],
    collect() {
      cutOff.reset();
      cutOff.inc(readers.cutOff);
    },
  });
}
