import type { Worker } from 'node:cluster';
import type { JointAnswers, JointMember, KeyClaim } from '../../gateway/idempotency/joint-answers.ts';
import type { Logger } from '../../logger.ts';
import { Backoff } from '../../upstream/supervision/backoff.ts';
import { delay, type Clock } from '../../upstream/clock.ts';
import type { ReadyNote } from '../ready-line.ts';
import { CrewVoice } from './crew-voice.ts';
import type { JointCounts } from './joint-counts.ts';
import { logDeath } from './log-death.ts';
import { endOrphans, findServers } from './orphans.ts';
import { pickContract, type Claim } from './pick-contract.ts';
import type { Admission, AskedOfPrimary, Place } from './wire-words.ts';
import { answerBy, type Answer } from './wire.ts';
import { WorkerProcess } from './worker-process.ts';

export interface CrewOptions {
  /** How many there are to be. */
  readonly count: number;
  /** 0: that which the first one gets. */
  readonly port: number;
  readonly fork: () => Worker;
  readonly answers: JointAnswers;
  readonly counts: JointCounts;
  /** How long one may take to end when it is asked to. */
  readonly endMs: number;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
  /** Prints why nothing can be served. */
  readonly say: (words: string) => void;
}

/** What came of a start. */
export type CrewStart =
  /** The first worker failed, and has said why. */
  | { readonly kind: 'failed'; readonly exitCode: number }
  /** As the first says it; the others serve too, or have been tried. */
  | { readonly kind: 'ready'; readonly note: ReadyNote };

/** One that served this long begins its restarts anew. */
const provenMs = 30_000;
const lookEveryMs = 1_000;
/** One that answers nothing for as many looks does not answer its callers either. */
const maxSilentLooks = 30;
/** Servers tell each worker of new tools, and configurations are loaded again, at different times. */
const maxStrayLooks = 10;
const hurryMs = 1_500;

/** The workers of a gateway: keeps as many as there are to be, with one contract, and speaks for all of them. */
export class Crew {
  readonly #options: CrewOptions;
  readonly #voice: CrewVoice;
  readonly #live = new Set<WorkerProcess>();
  readonly #ending = new AbortController();
  readonly #places: Promise<void>[] = [];
  readonly #burials = new Set<Promise<void>>();
  #first: ReadyNote | undefined;
  /** What cluster shares the listening socket by: workers that ask for 0 share one, those that ask for its port cannot. */
  #port: number;
  #replaced = 0;
  #exitCode = 0;

  constructor(options: CrewOptions) {
    this.#options = options;
    this.#port = options.port;
    this.#voice = new CrewVoice(() => ({
      live: this.#live,
      wanted: options.count,
      replaced: this.#replaced,
      isLeaving: this.#ending.signal.aborted,
    }));
  }

  /** Starts the first, and when that serves the others. */
  async start(): Promise<CrewStart> {
    const first = this.#fork(1);
    await first.settled;
    const note = this.#first;
    if (note === undefined) {
      const exit = await first.exited;
      if (first.lastWords !== undefined) this.#options.say(first.lastWords);
      else if (!this.#ending.signal.aborted) logDeath(first, exit, this.#options.logger);
      return { kind: 'failed', exitCode: exit.code ?? 1 };
    }
    // It may have been asked to end meanwhile.
    const missing = this.#ending.signal.aborted ? 0 : this.#options.count - 1;
    const others = Array.from({ length: missing }, (_, index) => this.#fork(index + 2));
    for (const worker of [first, ...others]) this.#places.push(this.#keep(worker));
    this.#watch();
    await Promise.all(others.map(async ({ settled }) => await settled));
    return { kind: 'ready', note };
  }

  /** Asks all to finish what is under way, and to end. @param reason for the log */
  end(reason: string): void {
    this.#ending.abort();
    for (const worker of this.#live) worker.end(reason, this.#options.endMs);
  }

  /** Asks all to end at once. */
  hurry(): void {
    for (const worker of this.#live) worker.hurry(hurryMs);
  }

  /** Has all read their configuration again. */
  reload(): void {
    for (const worker of this.#live) worker.reload();
  }

  /** Resolves when all have ended after they were asked to. @returns the worst exit code */
  async ended(): Promise<number> {
    await Promise.all(this.#places);
    await Promise.all(this.#burials);
    return this.#exitCode;
  }

  /** Sees to it that there is a worker in the place of this one until the end. Never rejects. */
  async #keep(first: WorkerProcess): Promise<void> {
    const { clock, random, logger } = this.#options;
    const backoff = new Backoff({ random });
    const { signal: ending } = this.#ending;
    for (let worker = first; ; worker = this.#fork(worker.number)) {
      const exit = await worker.exited;
      if (ending.aborted) {
        this.#exitCode = Math.max(this.#exitCode, exit.code ?? 1);
        return;
      }
      if (worker.servedMs > provenMs) backoff.reset();
      const waitMs = backoff.nextMs();
      this.#replaced += 1;
      logDeath(worker, exit, logger, waitMs);
      await delay(clock, waitMs, ending);
      if (ending.aborted) return;
    }
  }

  #fork(number: number): WorkerProcess {
    const member = this.#options.answers.join();
    const worker = new WorkerProcess(number, this.#options.fork(), (from) => this.#answerTo(from, member));
    this.#live.add(worker);
    const burial = this.#bury(worker, member).then(() => void this.#burials.delete(burial));
    this.#burials.add(burial);
    return worker;
  }

  /** Never rejects. */
  async #bury(worker: WorkerProcess, member: JointMember): Promise<void> {
    await worker.exited;
    this.#live.delete(worker);
    member.leave();
    await this.#voice.retire(worker);
    // One that was killed could not end its servers.
    await endOrphans(worker.servers, worker.number, this.#options);
  }

  #answerTo(from: WorkerProcess, member: JointMember): Answer {
    return answerBy<AskedOfPrimary>({
      introduce: () => {
        from.greet();
        return { number: from.number } satisfies Place;
      },
      admit: (contract) => this.#admit(from, contract),
      ready: (note) => this.#welcome(from, note),
      failed: (words) => from.fails(words),
      counted: async (metrics) => await this.#voice.remember(from, metrics),
      metrics: async () => await this.#voice.metrics(),
      readiness: async () => await this.#voice.readiness(),
      count: async (call) => await this.#options.counts.count(call),
      claim: async (claim: KeyClaim) => await member.claim(claim),
      settle: ({ id, outcome }) => member.settle(id, outcome),
    });
  }

  #admit(worker: WorkerProcess, contract: string): Admission {
    worker.holds(contract);
    const { number, pid } = worker;
    const wanted = pickContract(this.#claims());
    if (wanted !== undefined && wanted !== contract) {
      if (worker.state === 'starting')
        this.#options.logger.warn(
          { worker: number, pid, contract, others: wanted },
          'a worker lists other tools than the others, and is kept out until it lists the same; where its server has changed, restart the gateway to have all serve what it lists now',
        );
      worker.keepOut();
      return { kind: 'wait' };
    }
    // Nobody holds the first socket any more.
    if (wanted === undefined && this.#first !== undefined) this.#port = Number(portOf(this.#first.facts.url));
    return { kind: 'listen', port: this.#port };
  }

  #welcome(worker: WorkerProcess, note: ReadyNote): void {
    this.#first ??= note;
    const { number, pid } = worker;
    if (note.facts.url !== this.#first.facts.url) {
      this.#options.logger.error({ worker: number, pid, url: note.facts.url }, 'a worker got another port');
      worker.kill();
      return;
    }
    worker.serve();
    worker.servers = findServers(pid);
    this.#options.logger.info({ worker: number, pid }, 'a worker serves');
  }

  #claims(): readonly Claim[] {
    return [...this.#live].flatMap(({ state, claim }) =>
      state === 'serving' && claim !== undefined ? [claim] : [],
    );
  }

  #watch(): void {
    const timer = setInterval(() => {
      for (const worker of this.#live) {
        // Afterwards nobody could tell whose they were.
        worker.servers = findServers(worker.pid);
        this.#look(worker);
      }
      this.#compare();
    }, lookEveryMs);
    this.#ending.signal.addEventListener('abort', () => clearInterval(timer), { once: true });
  }

  #look(worker: WorkerProcess): void {
    if (worker.state !== 'serving') return;
    const { number, pid } = worker;
    if (worker.silentLooks >= maxSilentLooks) {
      this.#options.logger.error({ worker: number, pid }, 'a worker does not answer, and is killed');
      worker.kill();
      return;
    }
    worker.silentLooks += 1;
    const hear = (contract: unknown): void => {
      worker.silentLooks = 0;
      if (typeof contract === 'string') worker.holds(contract);
    };
    // One that does not answer has the looks counted.
    worker.ask('look', undefined, maxSilentLooks * lookEveryMs).then(hear, () => undefined);
  }

  /** Those that serve have the same contract, or get some time to. */
  #compare(): void {
    const wanted = pickContract(this.#claims());
    for (const worker of this.#live) {
      const { number, pid, claim, state } = worker;
      if (state !== 'serving') continue;
      if (claim?.contract === wanted) {
        worker.strayLooks = 0;
        continue;
      }
      worker.strayLooks += 1;
      const fields = { worker: number, pid, contract: claim?.contract, others: wanted };
      if (worker.strayLooks === 1)
        this.#options.logger.warn(fields, 'a worker lists other tools than the others');
      if (worker.strayLooks < maxStrayLooks) continue;
      this.#options.logger.warn(fields, 'a worker still lists other tools than the others, and leaves');
      worker.end('it lists other tools than the others', this.#options.endMs);
    }
  }
}

function portOf(url: string): string {
  const { port, protocol } = new URL(url);
  return port === '' ? (protocol === 'https:' ? '443' : '80') : port;
}
