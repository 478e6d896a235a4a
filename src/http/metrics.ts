import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Gateway } from '../gateway/gateway.ts';
import type { SlowReaders } from './slow-readers.ts';

/** What /metrics shows, in the Prometheus text format. */
export interface Metrics {
  readonly mediaType: string;
  observeCall(
    server: string,
    tool: string,
    status: number,
    totalMs: number,
    upstreamMs: number | undefined,
  ): void;
  render(): Promise<string>;
}

/** Labels come from the contract only, so their number is bounded by the tools there are. */
export function createMetrics(gateway: Gateway, readers: SlowReaders): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const labelNames = ['server', 'tool', 'status'];
  const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
  const calls = new Counter({
    name: 'mcpo_calls_total',
    help: 'Tool calls by server, tool and HTTP status',
    labelNames,
    registers: [registry],
  });
  const total = new Histogram({
    name: 'mcpo_call_duration_seconds',
    help: 'From the request to the answer',
    labelNames: ['server', 'tool'],
    buckets,
    registers: [registry],
  });
  const upstream = new Histogram({
    name: 'mcpo_upstream_duration_seconds',
    help: 'From the request to the server to its answer',
    labelNames: ['server', 'tool'],
    buckets,
    registers: [registry],
  });
  addServerGauges(registry, gateway);
  addReaderMetrics(registry, readers);
  return {
    mediaType: registry.contentType,
    observeCall(server, tool, status, totalMs, upstreamMs) {
      calls.inc({ server, tool, status }, 1);
      total.observe({ server, tool }, totalMs / 1_000);
      if (upstreamMs !== undefined) upstream.observe({ server, tool }, upstreamMs / 1_000);
    },
    async render() {
      return await registry.metrics();
    },
  };
}

function addServerGauges(registry: Registry, gateway: Gateway): void {
  const gauges: ReadonlyArray<
    readonly [string, string, (status: ReturnType<Gateway['status']>[number]) => number]
  > = [
    ['mcpo_upstream_up', '1 while the server is connected', ({ state }) => (state.kind === 'ready' ? 1 : 0)],
    ['mcpo_upstream_in_flight', 'Calls sent and not yet answered', ({ inFlight }) => inFlight],
    ['mcpo_upstream_restarts', 'Restarts since the start', ({ restarts }) => restarts],
    ['mcpo_upstream_tools', 'Tools served', ({ tools }) => tools],
  ];
  for (const [name, help, read] of gauges) {
    const gauge = new Gauge({
      name,
      help,
      labelNames: ['server'],
      registers: [registry],
      collect() {
        // Servers come and go.
        gauge.reset();
        for (const status of gateway.status()) gauge.set({ server: status.name }, read(status));
      },
    });
  }
}

function addReaderMetrics(registry: Registry, readers: SlowReaders): void {
  const unsent = new Gauge({
    name: 'mcpo_unsent_bytes',
    help: 'Of answers, waiting for their callers to take them',
    registers: [registry],
    collect: () => unsent.set(readers.unsentBytes),
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
