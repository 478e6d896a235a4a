import type { BenchResult, LoadResult, Step } from '../../result.ts';

/** All that the page draws: numbers alone, so that no text of a server's reaches a script. */
export interface PlotData {
  /** Users of each step, rising. */
  readonly users: readonly number[];
  readonly latencies: Readonly<Record<'p50' | 'p90' | 'p99' | 'max', Numbers>>;
  readonly throughput: ThroughputData;
  readonly histograms: readonly HistogramData[];
  /** µs a call, over `users`. */
  readonly cpu: Readonly<Record<'gateway' | 'server' | 'generator', Numbers>>;
  readonly time: TimeData;
}

type Numbers = readonly (number | null)[];

interface ThroughputData {
  /** Where any of the two sides was measured, rising. */
  readonly users: readonly number[];
  readonly gateway: Numbers;
  readonly low: Numbers;
  readonly high: Numbers;
  /** The same calls straight over the pipe. */
  readonly direct: Numbers;
  readonly knee: number | null;
}

interface HistogramData {
  readonly users: number;
  /** Exponents of ten, in the middle of each bar; bars are equally wide. */
  readonly at: readonly number[];
  readonly counts: readonly number[];
  readonly marks: readonly (readonly [name: string, ms: number])[];
}

interface TimeData {
  readonly seconds: readonly number[];
  readonly memoryMb: Numbers;
  readonly loopLagMs: Numbers;
  /** Where each step begins. */
  readonly steps: readonly (readonly [seconds: number, users: number])[];
}

/** Bars to a factor of ten; they may be fewer than what was counted, never finer. */
const BARS_PER_DECADE = 20;
/** Beyond this a plot is no clearer, and the page only slower. */
const SHOWN_SAMPLES = 2_000;

/** What is to be drawn of a run. */
export function toPlotData({ sweep, baseline }: BenchResult): PlotData {
  const steps = sweep.steps.toSorted((a, b) => a.users - b.users);
  const latency = (name: 'p50' | 'p90' | 'p99' | 'max'): Numbers =>
    steps.map(({ calls, latencyMs }) => (calls === 0 ? null : latencyMs[name]));
  const cpu = (name: keyof LoadResult['cpuUsPerCall']): Numbers =>
    steps.map(({ cpuUsPerCall }) => cpuUsPerCall[name]);
  return {
    users: steps.map(({ users }) => users),
    latencies: { p50: latency('p50'), p90: latency('p90'), p99: latency('p99'), max: latency('max') },
    throughput: toThroughput(steps, baseline?.levels ?? [], sweep.knee),
    histograms: steps.filter(({ calls }) => calls > 0).map(toHistogram),
    cpu: { gateway: cpu('gateway'), server: cpu('server'), generator: cpu('generator') },
    time: toTime(sweep.steps),
  };
}

/** JSON that may stand in a script element: nothing in it can end the element. */
export function toEmbeddedJson(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c').replaceAll('\u2028', '\\u2028');
}

function toThroughput(
  steps: readonly Step[],
  direct: readonly LoadResult[],
  knee: number | null,
): ThroughputData {
  const users = [...new Set([...steps, ...direct].map((each) => each.users))].toSorted((a, b) => a - b);
  const of = (all: readonly LoadResult[], pick: (load: LoadResult) => number): Numbers =>
    users.map((count) => {
      const load = all.find((each) => each.users === count);
      return load === undefined ? null : pick(load);
    });
  return {
    users,
    gateway: of(steps, ({ callsPerSecond }) => callsPerSecond),
    low: of(steps, ({ rate }) => rate.low),
    high: of(steps, ({ rate }) => rate.high),
    direct: of(direct, ({ callsPerSecond }) => callsPerSecond),
    knee,
  };
}

function toHistogram({ users, histogram, latencyMs }: Step): HistogramData {
  const counts = new Map<number, number>();
  for (const [upToMs, count] of histogram) {
    // The clock's own steps are no shorter than a µs.
    const bar = Math.floor(Math.log10(Math.max(upToMs, 0.001)) * BARS_PER_DECADE);
    counts.set(bar, (counts.get(bar) ?? 0) + count);
  }
  const bars = [...counts.keys()];
  // An empty bar on either side shows where the times begin and end.
  const first = Math.min(...bars) - 1;
  const length = bars.length === 0 ? 0 : Math.max(...bars) + 2 - first;
  const all = Array.from({ length }, (_, at) => first + at);
  const { p50, p90, p99 } = latencyMs;
  return {
    users,
    at: all.map((bar) => Number(((bar + 0.5) / BARS_PER_DECADE).toFixed(4))),
    counts: all.map((bar) => counts.get(bar) ?? 0),
    marks: [
      ['p50', p50],
      ['p90', p90],
      ['p99', p99],
    ],
  };
}

function toTime(steps: readonly Step[]): TimeData {
  const all = steps.flatMap(({ samples }) => samples);
  const every = Math.max(1, Math.ceil(all.length / SHOWN_SAMPLES));
  const shown = all.filter((_, at) => at % every === 0);
  return {
    seconds: shown.map(({ atMs }) => atMs / 1_000),
    memoryMb: shown.map(({ gatewayRssMb }) => gatewayRssMb),
    loopLagMs: shown.map(({ gatewayLoopLagMs }) => gatewayLoopLagMs),
    steps: steps.flatMap(({ samples: [first], users }) =>
      first === undefined ? [] : [[first.atMs / 1_000, users] as const],
    ),
  };
}
