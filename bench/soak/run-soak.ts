import { setTimeout as sleep } from 'node:timers/promises';
import { Histogram } from '../histogram.ts';
import { HttpCaller, isOk } from '../load/http-call.ts';
import type { LoadGenerator } from '../load/load-generator.ts';
import type { LoadJob, WorkerCount } from '../load/messages.ts';
import { sumOfMetric } from '../run/read-metric.ts';
import type { RunningGateway } from '../subject/gateway-process.ts';
import { findTrends } from './find-trends.ts';
import { readUse } from './read-use.ts';
import type { SoakFailure, SoakResult, SoakSample } from './soak-result.ts';

/** What is put under load, and for how long. */
export interface SoakOptions {
  readonly generator: LoadGenerator;
  readonly gateway: RunningGateway;
  /** Whether all that the gateway starts is the server; else what is the server's cannot be told. */
  readonly isOurs: boolean;
  readonly job: Pick<LoadJob, 'rate' | 'users' | 'calls' | 'sequence'>;
  readonly durationMs: number;
  readonly warmUpMs: number;
  readonly signal: AbortSignal;
  readonly onProgress: (stage: string, callsPerSecond?: number) => void;
}

const keptKinds = 50;
/** The resolution of Node's measure of the lag, which is part of what it tells. */
const lagResolutionMs = 10;

/** Makes calls at one load for a long time, and looks at what they take and at what the processes hold. */
export async function runSoak(options: SoakOptions): Promise<SoakResult> {
  const { generator, gateway, isOurs, job, durationMs, warmUpMs, signal, onProgress } = options;
  const { url, headers } = gateway;
  const caller = new HttpCaller(url, headers, 1, 5_000);
  const tally = new Tally();
  const samples: SoakSample[] = [];
  const everyMs = toInterval(durationMs);
  onProgress(`soak, ${showTime(durationMs)} to go`);
  const running = await generator.start({ via: 'http', url, headers, ...job });
  const startMs = performance.now();
  try {
    await pause(warmUpMs, signal);
    await running.measure(() => {});
    const fromMs = performance.now();
    while (performance.now() - fromMs < durationMs && !signal.aborted && gateway.ending() === undefined) {
      const leftMs = durationMs - (performance.now() - fromMs);
      await pause(Math.min(everyMs, leftMs), signal);
      const sample = toSample(tally, await running.lap(), performance.now() - fromMs);
      samples.push({
        ...sample,
        ...readUse(isOurs ? gateway.pid : undefined),
        gatewayLoopLagMs: await readLag(caller),
      });
      onProgress(`soak, ${showTime(Math.max(0, leftMs - everyMs))} to go`, sample.callsPerSecond);
    }
  } finally {
    await running.stop();
    caller.close();
  }
  return {
    users: job.users,
    durationMs,
    seconds: (performance.now() - startMs) / 1_000,
    calls: tally.calls,
    failed: tally.failures.reduce((sum, { count }) => sum + count, 0),
    wrong: tally.wrong,
    failures: tally.failures,
    samples,
    trends: findTrends(samples),
    gatewayEnding: gateway.ending() ?? null,
  };
}

/** About 60 samples of a short run; of a long one every 10 s, at most 2000. */
function toInterval(durationMs: number): number {
  return Math.max(250, durationMs / 2_000, Math.min(10_000, durationMs / 60));
}

/** What all samples together came to. */
class Tally {
  calls = 0;
  wrong = 0;
  readonly #kinds = new Map<string, SoakFailure>();

  get failures(): readonly SoakFailure[] {
    return [...this.#kinds.values()].toSorted((a, b) => b.count - a.count);
  }

  add(calls: number, counts: readonly WorkerCount[]): void {
    this.calls += calls;
    for (const { wrong, failures } of counts) {
      this.wrong += wrong;
      for (const { what, count, example } of failures) {
        const known = this.#kinds.get(what);
        if (known === undefined && this.#kinds.size === keptKinds) continue;
        this.#kinds.set(what, {
          what,
          count: count + (known?.count ?? 0),
          example: known?.example ?? example,
        });
      }
    }
  }
}

function toSample(
  tally: Tally,
  counts: readonly WorkerCount[],
  atMs: number,
): Pick<SoakSample, 'atMs' | 'p50Ms' | 'p99Ms' | 'callsPerSecond'> {
  const histogram = Histogram.merge(counts.map((count) => count.histogram));
  tally.add(histogram.count, counts);
  const seconds = Math.max(0, ...counts.map((count) => count.seconds));
  const percentile = (part: number): number | null =>
    histogram.count === 0 ? null : histogram.percentileMs(part);
  return {
    atMs,
    p50Ms: percentile(0.5),
    p99Ms: percentile(0.99),
    callsPerSecond: seconds === 0 ? 0 : histogram.count / seconds,
  };
}

async function readLag(caller: HttpCaller): Promise<number | null> {
  const answer = await caller.get('/metrics');
  const lag = isOk(answer) ? sumOfMetric(answer.body, 'nodejs_eventloop_lag_p50_seconds') : null;
  return lag === null ? null : Math.max(0, lag * 1_000 - lagResolutionMs);
}

function showTime(ms: number): string {
  const seconds = Math.ceil(ms / 1_000);
  return seconds < 120 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  // An abort is looked for by whoever waits.
  await sleep(ms, undefined, { signal }).catch(() => {});
}
