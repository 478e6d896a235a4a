import { packageVersion } from '../src/index.ts';
import { checkAssertion } from './assertions/check-assertion.ts';
import { LoadGenerator } from './load/load-generator.ts';
import type { LoadJob } from './load/messages.ts';
import { describeMachine, measureOthers } from './machine.ts';
import type { BenchedTarget, BenchOptions } from './options.ts';
import { toConditions } from './compare/base.ts';
import { warnOfDifferences } from './compare/compare-base.ts';
import { requireComparable } from './compare/require-comparable.ts';
import { runComparisons } from './compare/run-comparisons.ts';
import { checkPipelining } from './pipe/check-pipelining.ts';
import type { BenchResult, LoadResult, Step } from './result.ts';
import { compareBaseline } from './run/compare-baseline.ts';
import { endure } from './run/endure.ts';
import { findWarnings } from './run/find-warnings.ts';
import { GatewayWatch } from './run/gateway-watch.ts';
import { measureLoad } from './run/measure-load.ts';
import { findKnee, toUserSteps } from './run/steps.ts';
import { openSubject, type Subject } from './run/subject.ts';
import { startOther, startServe, type RunningGateway } from './subject/gateway-process.ts';
import { toSequence } from './work/calls.ts';
import { CannotRunError } from './cannot-run.ts';

/**
 * Measures what an MCP server carries behind a gateway, and whether calls run side by side on its pipe.
 *
 * @throws CannotRunError when there is nothing that can be measured
 */
export async function bench(options: BenchOptions): Promise<BenchResult> {
  const { target, users, durationMs, warmUpMs, rate, seed, signal, onProgress } = options;
  const startMs = performance.now();
  const startedAt = new Date().toISOString();
  const machine = describeMachine();
  onProgress?.({ stage: 'looking at the server' });
  const [othersCores, subject] = await Promise.all([measureOthers(), openSubject(options)]);
  const used = {
    users,
    durationMs,
    warmUpMs,
    seed,
    ...(rate !== undefined && { rate }),
    ...(options.comparisons !== undefined && { rounds: options.comparisons.rounds }),
  };
  const conditions = toConditions(used, subject.work);
  await requireComparable(options, subject.work, conditions);
  const sequence = toSequence(subject.work, seed);
  const run = new Run(options, subject, sequence, startMs);
  try {
    const levels = await run.measureBaseline();
    const steps = await run.sweep();
    const watched = await run.watchPipe();
    const endured = await run.endure();
    const name = describeTarget(target);
    const compared = await run.compare(conditions.workHash, name.gateway);
    const base = options.comparisons?.base;
    const result: BenchResult = {
      format: 'mcpo-bench/1',
      version: packageVersion,
      startedAt,
      seconds: (performance.now() - startMs) / 1_000,
      machine,
      target: name,
      options: used,
      work: conditions.work,
      ...(levels !== undefined && { baseline: compareBaseline(levels, steps) }),
      sweep: { loop: rate === undefined ? 'closed' : 'open', steps, knee: findKnee(steps) },
      ...(watched && { pipelining: watched.pipelining }),
      ...(watched?.headOfLine && { headOfLine: watched.headOfLine }),
      ...endured,
      ...compared,
      warnings: [
        ...(levels === undefined
          ? [
              target.kind === 'command'
                ? 'the server is at a URL: no baseline over stdio, no look at a pipe, no processor time of the server'
                : 'the gateway was not started here: no baseline, no processor time, no look at the pipe',
            ]
          : []),
        ...(target.kind === 'command' && target.gateway !== undefined
          ? ["processor time is not told: another gateway's processes cannot be told from the server's"]
          : []),
        ...findWarnings(steps, { machine, othersCores, rate }),
        ...(base === undefined ? [] : warnOfDifferences(base.saved, { machine, target: name }, base.path)),
      ],
      assertions: [],
      isInterrupted: signal.aborted,
    };
    return { ...result, assertions: options.assertions.map((each) => checkAssertion(each, result)) };
  } finally {
    run.end();
  }
}

/** The parts of one run, and the load generator that they share. */
class Run {
  readonly #options: BenchOptions;
  readonly #subject: Subject;
  readonly #sequence: readonly number[];
  readonly #startMs: number;
  readonly #generator: LoadGenerator;

  constructor(options: BenchOptions, subject: Subject, sequence: readonly number[], startMs: number) {
    this.#options = options;
    this.#subject = subject;
    this.#sequence = sequence;
    this.#startMs = startMs;
    // Gateway and server need cores too.
    const spare = Math.floor((describeMachine().cores - 2) / 2);
    this.#generator = LoadGenerator.start(Math.max(1, Math.min(4, spare, options.users)));
  }

  /** The calls straight over the pipe: one at a time, and as many as users; undefined when there is no pipe here. */
  async measureBaseline(): Promise<readonly LoadResult[] | undefined> {
    const { command } = this.#subject;
    if (command === undefined) return undefined;
    const { users, signal } = this.#options;
    const results: LoadResult[] = [];
    await this.#generator.openServer(command);
    try {
      for (const level of users === 1 ? [1] : [1, users]) {
        if (signal.aborted) break;
        const stage = `baseline, ${level === 1 ? '1 call' : `${level} calls`} in the pipe`;
        results.push(
          await this.#measure({ stage, via: 'stdio', users: level, pid: this.#generator.pipePid }),
        );
      }
    } finally {
      await this.#generator.closeServer();
    }
    return results;
  }

  async sweep(): Promise<readonly Step[]> {
    const { target, users, rate, signal } = this.#options;
    const steps: Step[] = [];
    if (signal.aborted) return steps;
    this.#options.onProgress?.({ stage: 'starting the gateway' });
    const gateway = await this.#openGateway();
    try {
      for (const level of rate === undefined ? toUserSteps(users) : [users]) {
        if (signal.aborted) break;
        const watch = new GatewayWatch(gateway, this.#startMs);
        const stage = level === 1 ? '1 user' : `${level} users`;
        // Another gateway's processes cannot be told from the server's.
        const pid = target.kind === 'command' && target.gateway === undefined ? gateway.pid : undefined;
        const result = await this.#measure({
          stage,
          via: 'http',
          users: level,
          pid,
          gateway,
          watch,
        });
        watch.stop();
        steps.push({ ...result, inFlight: watch.inFlight, samples: watch.samples });
        const ending = gateway.ending();
        if (ending !== undefined) throw new CannotRunError(`the gateway ended under load: ${ending}`);
      }
    } finally {
      if (target.kind === 'command') await gateway.stop();
    }
    return steps;
  }

  /** Undefined where there is no pipe to look at, or nobody beside whom to call. */
  async watchPipe(): Promise<Awaited<ReturnType<typeof checkPipelining>> | undefined> {
    const { target, users, durationMs, signal, onProgress } = this.#options;
    const { command, work, slow } = this.#subject;
    if (command === undefined || target.kind === 'url' || users === 1 || signal.aborted) return undefined;
    onProgress?.({ stage: 'looking at the pipe' });
    return await checkPipelining({
      command,
      startGateway: async (words) => await startGateway(target, words),
      work,
      sequence: this.#sequence,
      slow,
      users,
      durationMs,
      signal,
    });
  }

  /** Rounds with a gateway of their own each, as far as something is compared. */
  async compare(
    workHash: string,
    name: string,
  ): Promise<Pick<BenchResult, 'rounds' | 'comparison' | 'against'>> {
    const { comparisons, durationMs, signal } = this.#options;
    if (comparisons === undefined || signal.aborted) return {};
    return await runComparisons(this.#options, {
      openGateway: async () => await this.#openGateway(),
      measure: async (gateway, users, stage) =>
        await this.#measure({
          stage,
          via: 'http',
          users,
          pid: gateway.pid,
          gateway,
          durationMs: durationMs / comparisons.rounds,
        }),
      workHash,
      name,
    });
  }

  async endure(): Promise<Pick<BenchResult, 'faults' | 'soak'>> {
    return await endure(this.#options, {
      subject: this.#subject,
      sequence: this.#sequence,
      generator: this.#generator,
      openGateway: async (words) => await this.#openGateway(words),
    });
  }

  end(): void {
    this.#generator.stop();
  }

  async #openGateway(words?: readonly string[]): Promise<RunningGateway> {
    const { target } = this.#options;
    if (target.kind === 'command') return await startGateway(target, words ?? target.words);
    const { url, headers } = target;
    return { url, headers, pid: undefined, ending: () => undefined, stop: async () => {} };
  }

  async #measure({ stage, via, users, pid, gateway, watch, ...rest }: Measured): Promise<LoadResult> {
    const { warmUpMs, rate, signal, onProgress } = this.#options;
    const { durationMs } = { ...this.#options, ...rest };
    onProgress?.({ stage });
    const job = {
      via,
      rate: via === 'http' ? rate : undefined,
      users,
      url: gateway?.url ?? '',
      headers: gateway?.headers ?? {},
      calls: this.#subject.work,
      sequence: this.#sequence,
    };
    return await measureLoad(job, {
      generator: this.#generator,
      frontPid: pid,
      isDirect: via === 'stdio',
      span: { durationMs, warmUpMs },
      signal,
      onSlice: (callsPerSecond) => {
        if (watch !== undefined) watch.callsPerSecond = callsPerSecond;
        onProgress?.({ stage, callsPerSecond });
      },
    });
  }
}

interface Measured extends Pick<LoadJob, 'via' | 'users'> {
  readonly stage: string;
  readonly pid: number | undefined;
  readonly gateway?: RunningGateway;
  readonly watch?: GatewayWatch;
  /** @default that of each step */
  readonly durationMs?: number;
}

async function startGateway(
  { env, gateway, headers }: Extract<BenchedTarget, { kind: 'command' }>,
  words: readonly string[],
): Promise<RunningGateway> {
  return gateway === undefined
    ? await startServe({ words, env })
    : await startOther(gateway, { words, env }, headers);
}

function describeTarget(target: BenchedTarget): BenchResult['target'] {
  if (target.kind === 'url') return { kind: 'url', name: target.url, gateway: target.url };
  const gateway = target.gateway ?? `mcpo-serve ${packageVersion}`;
  return { kind: 'command', name: target.name ?? target.words.join(' '), gateway };
}
