import type { Readiness } from '../../http/readiness.ts';
import { joinReadiness } from './join-readiness.ts';
import type { JoinedMetrics } from './joined-metrics.ts';
import type { WorkerProcess } from './worker-process.ts';

/** What the crew is at the moment. */
export interface CrewState {
  readonly live: ReadonlySet<WorkerProcess>;
  readonly wanted: number;
  readonly replaced: number;
  readonly isLeaving: boolean;
}

/** For a worker to say how it is; one that is busy for longer is as good as not ready. */
const readinessMs = 1_000;
const metricsMs = 2_000;

/** Says of all workers as one what each says of itself. Whoever asks while they are being asked gets the same answer. */
export class CrewVoice {
  readonly #state: () => CrewState;
  #joined: Promise<JoinedMetrics> | undefined;
  #readiness: Promise<Readiness> | undefined;
  #metrics: Promise<string> | undefined;

  constructor(state: () => CrewState) {
    this.#state = state;
  }

  /** @throws Error when none of them answers */
  async readiness(): Promise<Readiness> {
    this.#readiness ??= this.#askReadiness().finally(() => (this.#readiness = undefined));
    return await this.#readiness;
  }

  /** The Prometheus text. */
  async metrics(): Promise<string> {
    this.#metrics ??= this.#askMetrics().finally(() => (this.#metrics = undefined));
    return await this.#metrics;
  }

  /** Takes what a worker counted until its end. */
  async remember({ id }: WorkerProcess, metrics: unknown): Promise<void> {
    (await this.#load()).remember(id, metrics);
  }

  /** A worker has ended: what it counted stays. */
  async retire({ id }: WorkerProcess): Promise<void> {
    // Where nobody has asked, nobody can see a count fall.
    (await this.#joined)?.retire(id);
  }

  async #askReadiness(): Promise<Readiness> {
    const said = await this.#ask('readiness', readinessMs);
    const { live, wanted, replaced, isLeaving } = this.#state();
    const keptOut = [...live].filter(({ state }) => state === 'kept_out').length;
    // What a worker says of itself is what `http/health.ts` makes.
    const all = [...said.values()] as readonly Readiness[];
    return joinReadiness(all, { wanted, keptOut, replaced, isLeaving });
  }

  async #askMetrics(): Promise<string> {
    const joined = await this.#load();
    const said = await this.#ask('metrics', metricsMs);
    for (const [{ id }, metrics] of said) joined.remember(id, metrics);
    // One that is frozen serves as little as one that is gone, and does not count in readiness either.
    const serving = [...said.keys()].filter(({ state }) => state === 'serving').length;
    return await joined.render({ serving, replaced: this.#state().replaced });
  }

  /** What those that serve, or finish what they served, say; who has ended meanwhile is left out. */
  async #ask(question: 'readiness' | 'metrics', deadlineMs: number): Promise<Map<WorkerProcess, unknown>> {
    const { live, isLeaving } = this.#state();
    const asked = [...live].filter(
      ({ state }) => state === 'serving' || (state === 'leaving' && (isLeaving || question === 'metrics')),
    );
    const said = await Promise.all(
      asked.map(async (worker) => {
        const answer = await worker.ask(question, undefined, deadlineMs).catch(() => undefined);
        return answer === undefined || !live.has(worker) ? [] : [[worker, answer] as const];
      }),
    );
    return new Map(said.flat());
  }

  /** prom-client is of no use before somebody asks. */
  async #load(): Promise<JoinedMetrics> {
    this.#joined ??= import('./joined-metrics.ts').then(({ JoinedMetrics }) => new JoinedMetrics());
    return await this.#joined;
  }
}
