import { setTimeout as sleep } from 'node:timers/promises';
import { Histogram } from '../histogram.ts';
import type { LoadGenerator, Slice } from '../load/load-generator.ts';
import type { LoadJob, WorkerCount } from '../load/messages.ts';
import { canMeasureProcesses, watchCores } from '../machine.ts';
import type { Failure, LoadResult } from '../result.ts';
import { estimate } from '../statistics.ts';
import { CpuWatch } from './processes.ts';

/** How long calls are made. */
interface Span {
  readonly warmUpMs: number;
  /** The most; it ends earlier when the rate is known well enough. */
  readonly durationMs: number;
}

export interface LoadContext {
  readonly generator: LoadGenerator;
  /** The gateway, or what speaks to the server in its place; undefined when it was not started here. */
  readonly frontPid: number | undefined;
  /** Whether that is the load generator itself. */
  readonly isDirect: boolean;
  readonly span: Span;
  readonly signal: AbortSignal;
  readonly onSlice?: (callsPerSecond: number) => void;
}

/** A rate is known when its interval is this narrow, as a part of it. */
const stableWithin = 0.05;
const leastSlices = 10;
const leastCalls = 200;
const keptRows = 2_000;

/** Makes calls, and tells what they came to. */
export async function measureLoad(
  job: Omit<LoadJob, 'worker'>,
  { generator, frontPid, isDirect, span, signal, onSlice }: LoadContext,
): Promise<LoadResult> {
  const running = await generator.start(job);
  await pause(span.warmUpMs, signal);
  const watch = new CpuWatch(frontPid);
  const readCores = watchCores();
  const rates = new SliceRates(running.workers);
  await running.measure((slice, worker) => {
    const rate = rates.add(slice, worker);
    if (rate !== undefined) onSlice?.(rate);
  });
  const endsAt = performance.now() + span.durationMs;
  while (performance.now() < endsAt && !signal.aborted && !rates.isStable()) await pause(20, signal);
  const counts = await running.stop();
  const machineCores = canMeasureProcesses ? readCores() : null;
  const cpu = watch.read();
  const result = summarize(job.users, counts, rates.all);
  const perCall = (us: number | null): number | null =>
    us === null || result.calls === 0 ? null : us / result.calls;
  return {
    ...result,
    machineCores,
    cpuUsPerCall: {
      gateway: isDirect ? null : perCall(cpu.root),
      server: perCall(cpu.descendants),
      generator: perCall(counts.reduce((sum, { cpuUs }) => sum + cpuUs, 0)),
    },
  };
}

/** The rates of slices, summed over workers, which report in turn. */
class SliceRates {
  readonly #ofWorkers: number[][];
  #calls = 0;

  constructor(workers: number) {
    this.#ofWorkers = Array.from({ length: workers }, () => []);
  }

  get all(): readonly number[] {
    const [first = [], ...others] = this.#ofWorkers;
    const length = Math.min(first.length, ...others.map((each) => each.length));
    return first
      .slice(0, length)
      .map((rate, index) => others.reduce((sum, each) => sum + (each[index] ?? 0), rate));
  }

  /** The rate of a slice that all workers have told of. */
  add({ calls, ms }: Slice, worker: number): number | undefined {
    const before = this.all.length;
    this.#calls += calls;
    this.#ofWorkers[worker]?.push((calls * 1_000) / ms);
    const { all } = this;
    return all.length > before ? all.at(-1) : undefined;
  }

  isStable(): boolean {
    const { all } = this;
    if (all.length < leastSlices || this.#calls < leastCalls) return false;
    const { low, high, median } = estimate(all);
    return median > 0 && (high - low) / median <= stableWithin;
  }
}

function summarize(
  users: number,
  counts: readonly WorkerCount[],
  slices: readonly number[],
): Omit<LoadResult, 'cpuUsPerCall' | 'machineCores'> {
  const histogram = Histogram.merge(counts.map((count) => count.histogram));
  const seconds = Math.max(0, ...counts.map((count) => count.seconds));
  const failures = mergeFailures(counts);
  const callsPerSecond = seconds === 0 ? 0 : histogram.count / seconds;
  const cores = counts.map(({ cpuUs, seconds: span }) => cpuUs / 1e6 / Math.max(span, 1e-9));
  const worst = (pick: (count: WorkerCount) => number): number => Math.max(0, ...counts.map(pick));
  const maxMs = worst((count) => count.maxMs);
  return {
    users,
    seconds,
    calls: histogram.count,
    callsPerSecond,
    rate: estimate(slices.length === 0 ? [callsPerSecond] : slices),
    latencyMs: {
      mean: histogram.meanMs,
      p50: Math.min(maxMs, histogram.percentileMs(0.5)),
      p90: Math.min(maxMs, histogram.percentileMs(0.9)),
      p99: Math.min(maxMs, histogram.percentileMs(0.99)),
      max: maxMs,
    },
    histogram: histogram.rows().slice(0, keptRows),
    failures,
    failed: failures.reduce((sum, { count }) => sum + count, 0),
    wrong: counts.reduce((sum, { wrong }) => sum + wrong, 0),
    generator: {
      cores: Math.max(0, ...cores),
      loopLagP50Ms: worst((count) => count.loopLagP50Ms),
      loopLagP99Ms: worst((count) => count.loopLagP99Ms),
      workers: counts.length,
    },
  };
}

function mergeFailures(counts: readonly WorkerCount[]): readonly Failure[] {
  const merged = new Map<string, Failure>();
  for (const failure of counts.flatMap((count) => count.failures)) {
    const known = merged.get(failure.what);
    merged.set(failure.what, { ...failure, count: failure.count + (known?.count ?? 0) });
  }
  return [...merged.values()].toSorted((a, b) => b.count - a.count);
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  // An abort is looked for by whoever waits.
  await sleep(ms, undefined, { signal }).catch(() => {});
}
