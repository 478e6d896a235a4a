import type { BenchResult, LoadResult, Step } from '../../../bench/result.ts';

/** A load of 100 calls for each hundred calls a second. */
function toLoad(users: number, callsPerSecond: number, p50: number): LoadResult {
  return {
    users,
    seconds: 1,
    calls: callsPerSecond,
    callsPerSecond,
    rate: { median: callsPerSecond, low: callsPerSecond, high: callsPerSecond, coverage: 0.95, count: 10 },
    latencyMs: { mean: p50, p50, p90: p50 * 1.5, p99: p50 * 2, max: p50 * 3 },
    histogram: [[p50, callsPerSecond]],
    failures: [],
    failed: 0,
    wrong: 0,
    generator: { cores: 0.2, loopLagP50Ms: 0, loopLagP99Ms: 0.1, workers: 1 },
    cpuUsPerCall: { gateway: 120, server: 30, generator: 40 },
    machineCores: 1.1,
  };
}

function toStep(load: LoadResult): Step {
  return { ...load, inFlight: load.users, samples: [] };
}

const last = toStep(toLoad(8, 400, 15));

/** A run with three steps, of which the last had two failures. */
export const exampleResult: BenchResult = {
  format: 'mcpo-bench/1',
  version: '1.0.0',
  startedAt: '2026-01-01T00:00:00.000Z',
  seconds: 10,
  machine: {
    cpu: 'a processor',
    cores: 2,
    memoryMb: 8_000,
    platform: 'linux',
    node: 'v22.0.0',
    loadAverage: 0.1,
  },
  target: { name: 'node server.js', gateway: 'mcpo-serve 1.0.0', kind: 'command' },
  options: { users: 8, durationMs: 1_000, warmUpMs: 100, seed: 1 },
  work: [
    { tool: 'echo', weight: 1, shownArguments: '{"text":"{{token}}"}', source: 'generated', hasToken: true },
  ],
  baseline: {
    levels: [toLoad(1, 120, 4), toLoad(8, 500, 12)],
    addedLatencyMs: 1,
    overhead: 1.25,
    throughputRatio: 0.8,
  },
  sweep: {
    loop: 'closed',
    steps: [
      toStep(toLoad(1, 100, 5)),
      toStep(toLoad(2, 100, 10)),
      { ...last, failed: 2, failures: [{ what: '502', count: 2, example: '{"title": "Upstream error"}' }] },
    ],
    knee: null,
  },
  pipelining: {
    verdict: {
      kind: 'pipelined',
      by: null,
      headline: 'pipelined: 7.6 of 8 calls at once',
      evidence: ['8 users: …'],
    },
    pipelining: 0.95,
    users: 8,
    behindGateway: { factor: 7.6, calls: 400, failed: 0, wallMs: 1_000 },
    direct: { factor: 7.9, calls: 450, failed: 0, wallMs: 1_000 },
    serviceMs: 20,
    mostAtPipe: 8,
    meanAtPipe: 7.5,
    correlation: { checked: 400, wrong: 0, examples: [] },
  },
  warnings: [],
  assertions: [],
  isInterrupted: false,
};
