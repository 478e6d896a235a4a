import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Histogram } from '../histogram.ts';
import type { WorkerCount } from './messages.ts';

const resolutionMs = 10;
const keptFailures = 50;
const shownCharacters = 300;

/** Counts calls of one measured span: what succeeded with its time, and what did not with its reason. */
export class Recorder {
  /** Calls that succeeded since this was last set to 0. */
  sliceCalls = 0;
  #histogram = new Histogram();
  #failures = new Map<string, { count: number; example: string }>();
  #wrong = 0;
  #startedAt = performance.now();
  #cpu = process.cpuUsage();
  readonly #delay = monitorEventLoopDelay({ resolution: resolutionMs });

  constructor() {
    this.#delay.enable();
  }

  /** Forgets everything so far. */
  restart(): void {
    this.#histogram = new Histogram();
    this.#failures = new Map();
    this.#wrong = 0;
    this.sliceCalls = 0;
    this.#delay.reset();
    this.#cpu = process.cpuUsage();
    this.#startedAt = performance.now();
  }

  succeed(ms: number): void {
    this.#histogram.record(ms);
    this.sliceCalls += 1;
  }

  /** An answer that belongs to somebody else: no success. */
  mistake(): void {
    this.#wrong += 1;
  }

  fail(what: string, example: string): void {
    const known = this.#failures.get(what);
    if (known !== undefined) known.count += 1;
    else if (this.#failures.size < keptFailures)
      this.#failures.set(what, { count: 1, example: example.slice(0, shownCharacters) });
  }

  /** How many failed. */
  get failed(): number {
    let sum = 0;
    for (const { count } of this.#failures.values()) sum += count;
    return sum;
  }

  count(): WorkerCount {
    const { user, system } = process.cpuUsage(this.#cpu);
    const lag = (part: number): number =>
      this.#delay.max === 0 ? 0 : Math.max(0, this.#delay.percentile(part) / 1e6 - resolutionMs);
    return {
      seconds: (performance.now() - this.#startedAt) / 1_000,
      histogram: this.#histogram.pack(),
      maxMs: this.#histogram.maxMs,
      failures: [...this.#failures].map(([what, { count, example }]) => ({ what, count, example })),
      wrong: this.#wrong,
      cpuUs: user + system,
      loopLagP50Ms: lag(50),
      loopLagP99Ms: lag(99),
    };
  }

  stop(): void {
    this.#delay.disable();
  }
}
