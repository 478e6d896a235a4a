import type { Worker } from 'node:cluster';
import type { GroupLeader } from './orphans.ts';
import type { Claim } from './pick-contract.ts';
import type { AskedOfWorker } from './wire-words.ts';
import { Wire, type Answer } from './wire.ts';

/** How a process ended. */
export interface WorkerExit {
  readonly code: number | null;
  readonly signal: string | null;
}

/** For a word that needs no answer. */
const tellMs = 5_000;

/**
 * One worker, as its primary sees it.
 *
 *     starting ──(same contract)──▶ serving ──▶ leaving ──▶ ended
 *        │                             ▲
 *        └──▶ kept_out ──(same again)──┘
 *
 * It may be asked to leave, and it may end, in every state.
 */
export class WorkerProcess {
  /** From 1 on: whoever takes its place has it too. */
  readonly number: number;
  /** Of this process, and of none before or after it. */
  readonly id: number;
  readonly pid: number;
  readonly exited: Promise<WorkerExit>;
  /** Resolves when it serves, is kept out, or has ended. */
  readonly settled: Promise<void>;
  readonly #worker: Worker;
  readonly #wire: Wire;
  #settle: (() => void) | undefined;
  #state: 'starting' | 'kept_out' | 'serving' | 'leaving' = 'starting';
  #killTimer: NodeJS.Timeout | undefined;
  /** What it was told before it listened, which is lost; undefined once it does. */
  #untold: Map<keyof AskedOfWorker, () => void> | undefined = new Map();
  #claim: Claim | undefined;
  #lastWords: string | undefined;
  #isKilled = false;
  #servingSince: number | undefined;
  /** Looks at it that it has not answered. */
  silentLooks = 0;
  /** What it runs, as it was last seen. */
  servers: readonly GroupLeader[] = [];
  /** Looks in a row that found another contract than the others'. */
  strayLooks = 0;

  /** @param answer what it asks the primary */
  constructor(number: number, worker: Worker, answer: (from: WorkerProcess) => Answer) {
    this.number = number;
    this.id = worker.id;
    this.pid = worker.process.pid ?? 0;
    this.#worker = worker;
    // Whoever is gone is told nothing: its end is seen.
    const send = (message: object): void => {
      if (worker.isConnected()) worker.process.send(message, () => undefined);
    };
    this.#wire = new Wire({ send }, answer(this));
    worker.on('message', (message: unknown) => this.#wire.receive(message));
    this.settled = new Promise((resolve) => (this.#settle = resolve));
    this.exited = new Promise((resolve) => {
      const finish = (code: number | null, signal: string | null): void => {
        clearTimeout(this.#killTimer);
        this.#wire.cut();
        this.#settle?.();
        resolve({ code, signal });
      };
      worker.once('exit', (code: number, signal: string | null) =>
        finish(signal === null ? code : null, signal),
      );
      // Of a message that did not arrive, too; one that was never started has no other end.
      worker.on('error', () => {
        if (worker.process.pid === undefined) finish(null, null);
      });
    });
  }

  get state(): 'starting' | 'kept_out' | 'serving' | 'leaving' {
    return this.#state;
  }

  /** What it serves, or would; undefined before it has said so. */
  get claim(): Claim | undefined {
    return this.#claim;
  }

  /** How long it has served, in milliseconds. */
  get servedMs(): number {
    return this.#servingSince === undefined ? 0 : performance.now() - this.#servingSince;
  }

  /** Why it cannot serve, as it has told; with line breaks. */
  get lastWords(): string | undefined {
    return this.#lastWords;
  }

  /** It did not end by itself. */
  get isKilled(): boolean {
    return this.#isKilled;
  }

  /** It is about to end, for this reason. */
  fails(words: string): void {
    this.#lastWords = words;
  }

  /** Its contract has this digest now. */
  holds(contract: string): void {
    if (this.#claim?.contract !== contract) this.#claim = { contract, since: performance.now() };
  }

  /** It hears what it is told from now on. */
  greet(): void {
    const untold = this.#untold ?? new Map<never, () => void>();
    this.#untold = undefined;
    for (const tell of untold.values()) tell();
  }

  /** It serves from now on. */
  serve(): void {
    if (this.#state === 'leaving') return;
    this.#state = 'serving';
    this.#servingSince = performance.now();
    this.#settle?.();
  }

  /** It is to wait until it lists the same tools as the others. */
  keepOut(): void {
    if (this.#state === 'leaving') return;
    this.#state = 'kept_out';
    this.#settle?.();
  }

  /** Asks it to finish what is under way and to end, which it has to have done within `deadlineMs`. @param reason for its log */
  end(reason: string, deadlineMs: number): void {
    if (this.#state === 'leaving') return;
    this.#state = 'leaving';
    this.#tell('end', reason);
    this.#killTimer = setTimeout(() => this.kill(), deadlineMs);
  }

  /** Asks it to end at once, and sees to it that it does. */
  hurry(deadlineMs: number): void {
    this.#state = 'leaving';
    this.#tell('hurry', undefined);
    clearTimeout(this.#killTimer);
    this.#killTimer = setTimeout(() => this.kill(), deadlineMs);
  }

  reload(): void {
    this.#tell('reload', undefined);
  }

  kill(): void {
    this.#isKilled = true;
    this.#worker.process.kill('SIGKILL');
  }

  /** @throws Error when it does not answer in time, or is gone */
  async ask<Question extends keyof AskedOfWorker>(
    question: Question,
    detail: AskedOfWorker[Question],
    deadlineMs: number,
  ): Promise<unknown> {
    return await this.#wire.ask(question, detail, deadlineMs);
  }

  #tell<Question extends keyof AskedOfWorker>(question: Question, detail: AskedOfWorker[Question]): void {
    const tell = (): void => {
      this.ask(question, detail, tellMs).catch(() => undefined); // whoever does not hear it ends, or is ended
    };
    if (this.#untold === undefined) tell();
    else this.#untold.set(question, tell);
  }
}
