import { fork, type ChildProcess } from 'node:child_process';
import { builtFile } from '../package-paths.ts';
import type { FromWorker, LoadJob, ToWorker, WorkerCount } from './messages.ts';
import type { StdioCommand } from './stdio-client.ts';

/** A slice of the measured time: the calls that succeeded in it. */
export interface Slice {
  readonly calls: number;
  readonly ms: number;
}

/** What an order may take, beside what it waits for on purpose. */
const limitMs = 90_000;

/** The processes that make the calls; kept over a whole run, so that they are warm. */
export class LoadGenerator {
  readonly #workers: readonly Worker[];

  private constructor(workers: readonly Worker[]) {
    this.#workers = workers;
  }

  /** Starts so many processes. */
  static start(count: number): LoadGenerator {
    return new LoadGenerator(Array.from({ length: count }, () => new Worker()));
  }

  get count(): number {
    return this.#workers.length;
  }

  /** The process that speaks to the server directly: what descends from it is the server. */
  get pipePid(): number {
    return this.#first.pid;
  }

  /** @throws Error when the server cannot be started */
  async openServer(command: StdioCommand): Promise<void> {
    await this.#first.order({ kind: 'open', command });
  }

  async closeServer(): Promise<void> {
    await this.#first.order({ kind: 'close' });
  }

  /** Begins to make calls, users and rate spread over the processes; over the pipe, one process makes them all. */
  async start(job: Omit<LoadJob, 'worker'>): Promise<RunningLoad> {
    const most = job.via === 'stdio' ? 1 : Math.min(this.#workers.length, job.users);
    const workers = this.#workers.slice(0, most);
    await Promise.all(
      workers.map(async (worker, index) => {
        const users = share(job.users, index, most);
        const rate = job.rate === undefined ? undefined : job.rate / most;
        await worker.order({ kind: 'start', job: { ...job, users, rate, worker: index } });
      }),
    );
    return new RunningLoad(workers);
  }

  stop(): void {
    for (const worker of this.#workers) worker.stop();
  }

  get #first(): Worker {
    const [first] = this.#workers;
    if (first === undefined) throw new Error('no worker was started');
    return first;
  }
}

/** Calls that are being made. */
export class RunningLoad {
  readonly #workers: readonly Worker[];

  constructor(workers: readonly Worker[]) {
    this.#workers = workers;
  }

  get workers(): number {
    return this.#workers.length;
  }

  /** Forgets what was counted so far, and reports slices from now on. */
  async measure(onSlice: (slice: Slice, worker: number) => void): Promise<void> {
    await Promise.all(
      this.#workers.map(async (worker, index) => {
        worker.onSlice = (slice) => onSlice(slice, index);
        await worker.order({ kind: 'measure' });
      }),
    );
  }

  /** Tells what was counted so far, and counts from the beginning. */
  async lap(): Promise<readonly WorkerCount[]> {
    return await this.#collect('lap');
  }

  /** Ends it, and tells what was counted. */
  async stop(): Promise<readonly WorkerCount[]> {
    return await this.#collect('stop');
  }

  async #collect(kind: 'lap' | 'stop'): Promise<readonly WorkerCount[]> {
    const answers = await Promise.all(this.#workers.map(async (worker) => await worker.order({ kind })));
    return answers.flatMap((answer) => (answer.kind === 'count' ? [answer.count] : []));
  }
}

class Worker {
  onSlice: (slice: Slice) => void = () => {};
  readonly #child: ChildProcess;
  #settle: ((answer: FromWorker) => void) | undefined;

  constructor() {
    this.#child = fork(builtFile('bench/load/worker.js'), { stdio: ['ignore', 2, 2, 'ipc'] });
    this.#child.on('message', (message: FromWorker) => {
      if (message.kind === 'slice') this.onSlice(message);
      else this.#settle?.(message);
    });
    this.#child.on('error', (error) => this.#settle?.({ kind: 'failed', message: error.message }));
    this.#child.on('exit', () => this.#settle?.({ kind: 'failed', message: 'the load generator ended' }));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** One at a time. */
  async order(order: ToWorker): Promise<FromWorker> {
    const answer = await new Promise<FromWorker>((resolve) => {
      const late = setTimeout(
        () => settle({ kind: 'failed', message: `the load generator does not ${order.kind}` }),
        limitMs,
      );
      const settle = (message: FromWorker): void => {
        clearTimeout(late);
        this.#settle = undefined;
        resolve(message);
      };
      this.#settle = settle;
      if (this.#child.connected) this.#child.send(order);
      else settle({ kind: 'failed', message: 'the load generator ended' });
    });
    if (answer.kind === 'failed') throw new Error(answer.message);
    return answer;
  }

  stop(): void {
    if (this.#child.connected) this.#child.disconnect();
  }
}

function share(total: number, index: number, parts: number): number {
  return Math.floor(total / parts) + (index < total % parts ? 1 : 0);
}
