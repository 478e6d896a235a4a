import { isWorthCalling, type Readiness } from '../../http/readiness.ts';
import type { Self, Siblings } from '../../http/siblings.ts';
import type { Standing } from '../../limits/rate-counter.ts';
import type { Quota } from '../../limits/rate-limit.ts';
import type { Seat } from '../../serve/seat.ts';
import { delay, systemClock } from '../../upstream/clock.ts';
import { JointSharing } from './joint-sharing.ts';
import type { PrimaryLine } from './primary-line.ts';
import type { Admission } from './wire-words.ts';

/** A primary that is busy answers late; one that is gone ends this process. */
const admitMs = 10_000;
/** Between two questions whether it may serve now. */
const admitEveryMs = 1_000;
/** A call waits for it; the first one until what counts is loaded. */
const countMs = 5_000;
const metricsMs = 5_000;
const readinessMs = 2_000;
/** Beyond the time that a call may take in another worker, until it is clear that there will be no answer. */
const spareMs = 60_000;

/** A worker's place among the others, who are asked by way of the primary. */
export class WorkerSeat implements Seat {
  readonly answers: JointSharing;
  readonly #line: PrimaryLine;
  readonly #signal: AbortSignal;
  #self: Self | undefined;
  #digestOf: (() => string) | undefined;

  /**
   * @param longestCallMs how long a call may take
   * @param signal ends the wait for its admission
   */
  constructor(line: PrimaryLine, longestCallMs: number, signal: AbortSignal) {
    this.#line = line;
    this.#signal = signal;
    this.answers = new JointSharing(line, longestCallMs + spareMs);
  }

  get siblings(): Siblings {
    return {
      introduce: (self) => (this.#self = self),
      // The primary runs the same program: each question has the answer declared for it.
      render: async () => (await this.#ask('metrics', metricsMs)) as string | undefined,
      readiness: async () =>
        ((await this.#ask('readiness', readinessMs)) as Readiness | undefined) ?? this.#alone(),
    };
  }

  async admit(digestOf: () => string): Promise<number> {
    this.#digestOf = digestOf;
    for (;;) {
      this.#signal.throwIfAborted();
      const admission = (await this.#line.ask('admit', digestOf(), admitMs)) as Admission;
      if (admission.kind === 'listen') return admission.port;
      await delay(systemClock, admitEveryMs, this.#signal);
    }
  }

  async countCall(key: string, quota: Quota): Promise<Standing | undefined> {
    const counted = this.#line.ask('count', { key, quota }, countMs).catch(() => undefined);
    // The primary runs the same program.
    return (await counted) as Standing | undefined;
  }

  /** The digest of the contract that this one serves. */
  contract(): string | undefined {
    return this.#digestOf?.();
  }

  /** What this one says of itself. */
  readiness(): Readiness | undefined {
    return this.#self?.readiness();
  }

  /** What this one has counted. */
  async metrics(): Promise<unknown> {
    return await this.#self?.metrics();
  }

  /** Has the primary keep what this one has counted; it is about to end. */
  async tellLast(): Promise<void> {
    await this.#line.ask('counted', await this.metrics(), metricsMs).catch(() => undefined);
  }

  async #ask(question: 'metrics' | 'readiness', deadlineMs: number): Promise<unknown> {
    return await this.#line.ask(question, undefined, deadlineMs).catch(() => undefined);
  }

  /** What this one says when the others cannot be asked. */
  #alone(): Readiness {
    const said = this.readiness() ?? { status: 'not_ready', contract: '', servers: {} };
    return { ...said, status: isWorthCalling(said.status) ? 'degraded' : said.status };
  }
}
