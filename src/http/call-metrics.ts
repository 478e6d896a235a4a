import { Counter, Histogram, type Registry } from 'prom-client';
import { ToolLabels } from './tool-labels.ts';

/** Counts calls by server and tool. */
export interface CallMetrics {
  observeCall(
    server: string,
    tool: string,
    status: number,
    totalMs: number,
    upstreamMs: number | undefined,
  ): void;
  /** A call whose arguments, or whose result, broke the contract. */
  observeViolation(server: string, tool: string, of: 'arguments' | 'result'): void;
  /** Removes the series of all servers but these. */
  keepOnly(servers: ReadonlySet<string>): Promise<void>;
}

const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Labels come from the contract only, and from no more than so many of its tools. */
export function createCallMetrics(registry: Registry, labels: ToolLabels = new ToolLabels()): CallMetrics {
  const calls = new Counter({
    name: 'mcpo_calls_total',
    help: 'Tool calls by server, tool and HTTP status; 499: the caller went away first',
    labelNames: ['server', 'tool', 'status'],
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
  const violations = new Counter({
    name: 'mcpo_violations_total',
    help: 'Calls whose arguments, or whose result, broke the contract',
    labelNames: ['server', 'tool', 'of'],
    registers: [registry],
  });
  return {
    observeCall(server, tool, status, totalMs, upstreamMs) {
      const label = labels.of(server, tool);
      calls.inc({ server, tool: label, status }, 1);
      total.observe({ server, tool: label }, totalMs / 1_000);
      if (upstreamMs !== undefined) upstream.observe({ server, tool: label }, upstreamMs / 1_000);
    },
    observeViolation(server, tool, of) {
      violations.inc({ server, tool: labels.of(server, tool), of }, 1);
    },
    async keepOnly(servers) {
      for (const server of labels.servers) {
        if (servers.has(server)) continue;
        labels.forget(server);
        for (const metric of [calls, total, upstream, violations]) await removeSeries(metric, server);
      }
    },
  };
}

async function removeSeries(metric: Counter | Histogram, server: string): Promise<void> {
  const { values } = await metric.get();
  for (const { labels } of values) {
    // Each bucket of a histogram has a value, all of them one series.
    const { le: _, ...own } = labels as Readonly<Record<string, string | number>>;
    if (own['server'] === server) metric.remove(own);
  }
}
