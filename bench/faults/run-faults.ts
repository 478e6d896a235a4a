import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '../../conformance/random.ts';
import { CannotRunError } from '../cannot-run.ts';
import { HttpCaller, isOk, type HttpAnswer } from '../load/http-call.ts';
import { toToken, withUserToken } from '../load/messages.ts';
import { builtFile } from '../package-paths.ts';
import type { RunningGateway } from '../subject/gateway-process.ts';
import type { WorkCall } from '../work/calls.ts';
import { FaultCounts, sliceMs, type Outcome } from './fault-counts.ts';
import type { FaultsResult } from './faults-result.ts';
import { findRecovery } from './find-recovery.ts';
import { killServer } from './kill-server.ts';
import { hangUp, readSlowly } from './rude-clients.ts';

/** What is put under load, and how. */
export interface FaultsOptions {
  readonly words: readonly string[];
  /** Whether the gateway starts other processes than the server. */
  readonly isOtherGateway: boolean;
  readonly startGateway: (words: readonly string[]) => Promise<RunningGateway>;
  readonly work: readonly WorkCall[];
  readonly sequence: readonly number[];
  readonly users: number;
  readonly durationMs: number;
  readonly warmUpMs: number;
  readonly seed: number;
  readonly signal: AbortSignal;
  readonly onProgress: (stage: string) => void;
}

/** Who was not answered waits this long: a loop without a pause would count more failures than users see. */
const retryMs = 50;
/** A call that has no answer by then is lost. */
const answerMs = 60_000;
/** A server that is slow to start may still recover. */
const recoveryMs = 30_000;
const hurryMs = 3_000;
/** No two calls of a run carry the same token; those of the load and of the pipe have other numbers. */
const ownWorker = 1_294;

/**
 * Kills the server at half time of a load, while clients beside the users hang up and read slowly, and sees what
 * becomes of the calls. Every call that users begin is awaited, so that none is lost unseen.
 *
 * @throws CannotRunError when the gateway does not start, or the server cannot be found
 */
export async function runFaults(options: FaultsOptions): Promise<FaultsResult> {
  const { words, isOtherGateway, signal, users, durationMs, onProgress } = options;
  onProgress('starting the gateway for faults');
  const mark = isOtherGateway ? `mcpo-bench-${randomBytes(6).toString('hex')}` : undefined;
  const starter =
    mark === undefined ? [] : [process.execPath, builtFile('bench/faults/start-server.js'), mark];
  const gateway = await options.startGateway([...starter, ...words]);
  const load = new FaultLoad(options, gateway);
  try {
    const half = Math.max(durationMs / 2, 500);
    onProgress(`${users} users, then the server is killed`);
    await load.waitUntil(half, () => signal.aborted);
    if (!signal.aborted && gateway.pid !== undefined) {
      onProgress('the server was killed');
      load.counts.killedAtMs = load.counts.nowMs;
      if (killServer(gateway.pid, mark) === 0) {
        throw new CannotRunError("--faults: the server's process was not found, so it was not killed");
      }
      await load.waitUntil(2 * half, () => signal.aborted);
      await load.waitUntil(half + recoveryMs, () => signal.aborted || load.isBack());
    }
    await load.end();
    return load.toResult();
  } finally {
    load.close();
    await gateway.stop();
  }
}

/** Users, and clients without manners, of one gateway. */
class FaultLoad {
  readonly counts = new FaultCounts();
  readonly #options: FaultsOptions;
  readonly #gateway: RunningGateway;
  readonly #caller: HttpCaller;
  readonly #rude: number;
  readonly #loops: Promise<unknown>;
  #isOver = false;
  #tokens = 0;
  #hangUps = 0;
  /** Of the users' calls that succeeded, about: hang-ups come within it. */
  #typicalMs = 20;

  constructor(options: FaultsOptions, gateway: RunningGateway) {
    const { users } = options;
    this.#options = options;
    this.#gateway = gateway;
    this.#rude = Math.max(1, Math.floor(users / 4));
    this.#caller = new HttpCaller(gateway.url, gateway.headers, users, answerMs);
    this.#loops = Promise.all([
      ...startAll(users, async (own) => await this.#call(own, this.#callPolitely)),
      ...startAll(this.#rude, async (own) => await this.#call(own, this.#callSlowly)),
      ...startAll(this.#rude, async (own) => await this.#hangUp(own)),
    ]);
  }

  /** @param atMs since the load began */
  async waitUntil(atMs: number, isEnough: () => boolean): Promise<void> {
    while (this.counts.nowMs < atMs && !isEnough() && this.#gateway.ending() === undefined) await sleep(20);
  }

  isBack(): boolean {
    return this.#findRecovery()?.formerRateMs !== null;
  }

  /** Waits for the answers to what is under way; after Ctrl-C, for some seconds at the most. */
  async end(): Promise<void> {
    this.#isOver = true;
    const { signal } = this.#options;
    let isDone = false;
    const done = this.#loops.finally(() => (isDone = true));
    for (let waited = 0; !isDone && !(signal.aborted && waited > hurryMs); waited += 20)
      await Promise.race([done, sleep(20)]);
  }

  close(): void {
    this.#isOver = true;
    this.#caller.close();
  }

  toResult(): FaultsResult {
    const { succeeded, failed, lost, wrong, failures, slices, nowMs } = this.counts;
    const all = succeeded + failed + lost + wrong;
    return {
      users: this.#options.users,
      hangingUp: this.#rude,
      readingSlowly: this.#rude,
      seconds: nowMs / 1_000,
      calls: succeeded,
      failed,
      lost,
      wrong,
      failures,
      failedShare: all === 0 ? null : (failed + lost) / all,
      hangUps: this.#hangUps,
      recovery: this.#findRecovery() ?? null,
      slices,
      gatewayEnding: this.#gateway.ending() ?? null,
    };
  }

  #findRecovery(): FaultsResult['recovery'] | undefined {
    const { slices, killedAtMs, firstSuccessAtMs } = this.counts;
    if (killedAtMs === undefined) return undefined;
    const fromMs = Math.min(this.#options.warmUpMs, killedAtMs / 2);
    return findRecovery({ slices, sliceMs, fromMs, killedAtMs, firstSuccessAtMs });
  }

  /** Calls again when answered, until it is over. */
  async #call(own: number, send: (call: WorkCall, body: string) => Promise<HttpAnswer>): Promise<void> {
    for (let at = own; !this.#isOver; at += 1) {
      const { call, token, body } = this.#next(at);
      const beganAtMs = this.counts.nowMs;
      const outcome = toOutcome(await send(call, body), call, token);
      this.counts.add(outcome, beganAtMs);
      if (outcome.kind !== 'succeeded') await sleep(retryMs);
      else this.#typicalMs += (this.counts.nowMs - beganAtMs - this.#typicalMs) / 20;
    }
  }

  readonly #callPolitely = async ({ path }: WorkCall, body: string): Promise<HttpAnswer> =>
    await this.#caller.post(path, body);

  readonly #callSlowly = async ({ path }: WorkCall, body: string): Promise<HttpAnswer> => {
    const { url, headers } = this.#gateway;
    return await readSlowly({ url, headers, path, body }, answerMs);
  };

  async #hangUp(own: number): Promise<void> {
    const { url, headers } = this.#gateway;
    const random = createRandom(this.#options.seed, `hang-ups ${own}`);
    for (let at = own; !this.#isOver; at += 1) {
      const { call, body } = this.#next(at);
      const afterMs = (this.#typicalMs * random.integer(0, 100)) / 100;
      if (await hangUp({ url, headers, path: call.path, body }, afterMs)) this.#hangUps += 1;
      await sleep(retryMs);
    }
  }

  #next(at: number): { readonly call: WorkCall; readonly token: string; readonly body: string } {
    const { work, sequence } = this.#options;
    const call = work[sequence[at % sequence.length] ?? 0];
    if (call === undefined) throw new RangeError('there is no call to make');
    const token = toToken(ownWorker, this.#tokens++);
    return { call, token, body: withUserToken(call, token) };
  }
}

function toOutcome(answer: HttpAnswer, { hasToken }: WorkCall, token: string): Outcome {
  if (answer.status === 0) return { kind: 'lost', what: 'no answer', example: answer.body };
  if (!isOk(answer)) return { kind: 'failed', what: String(answer.status), example: answer.body };
  return { kind: hasToken && !answer.body.includes(token) ? 'wrong' : 'succeeded' };
}

function startAll(count: number, loop: (own: number) => Promise<void>): readonly Promise<void>[] {
  return Array.from({ length: count }, async (_client, own) => await loop(own));
}
