import cluster, { type Worker } from 'node:cluster';
import type { Settings } from '../../config/settings.ts';
import { JointAnswers } from '../../gateway/idempotency/joint-answers.ts';
import { checkPort } from '../../serve/listen.ts';
import { backgroundClock, delay, systemClock } from '../../upstream/clock.ts';
import { createLogger } from '../logger.ts';
import { LogOutput } from '../log-output.ts';
import type { ReadyNote } from '../ready-line.ts';
import { listenForSignals } from '../signals.ts';
import { warnOfStart } from '../start-warnings.ts';
import { Crew } from './crew.ts';
import { forwardLines } from './forward-lines.ts';
import { JointCounts } from './joint-counts.ts';
import { watchHandoffs } from './watch-handoffs.ts';

/** How several processes serve. */
export interface PrimaryRun {
  /** How many workers. */
  readonly count: number;
  /** What is passed over, one line each. */
  readonly warnings: readonly string[];
  /** There is a configuration, which SIGHUP has them read again. */
  readonly hasConfig: boolean;
  readonly onReady: (note: ReadyNote) => void;
}

/** Beyond the time that a worker takes by its settings, for its process to end. */
const spareMs = 5_000;
/** For the last lines of workers that have ended. */
const lastLinesMs = 1_000;
/** An Idempotency-Key is forgotten by time that passes with nobody here. */
const clock = backgroundClock;

/**
 * Has workers serve, and replaces those that end, until it is asked to end itself; it serves nobody.
 *
 * @returns the exit code: 1 when calls were cut off, that of the first worker when it could not serve
 * @throws ListenError when the address cannot be bound
 */
export async function runPrimary(settings: Settings, run: PrimaryRun): Promise<number> {
  await checkPort(settings);
  // On a terminal lines are written one by one; elsewhere many at a time, and those of several would be torn.
  const output = process.stderr.isTTY ? undefined : new LogOutput(2);
  const logger = await createLogger(settings.logLevel, { output });
  warnOfStart(settings, run.warnings, logger);
  cluster.setupPrimary({
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', output === undefined ? 'inherit' : 'pipe', 'ipc'],
  });
  const written = new Set<Promise<void>>();
  const listening = new Set<Worker>();
  const fork = (): Worker => {
    const worker = cluster.fork();
    worker.once('listening', () => listening.add(worker));
    worker.once('exit', () => listening.delete(worker));
    watchHandoffs(worker, () => listening.size > 0);
    const { stderr } = worker.process;
    if (stderr === null || output === undefined) return worker;
    const lines = forwardLines(stderr, (text) => output.write(text));
    written.add(lines);
    void lines.then(() => written.delete(lines));
    return worker;
  };
  const crew = new Crew({
    count: run.count,
    port: settings.port,
    fork,
    counts: new JointCounts(),
    answers: new JointAnswers(settings.idempotencyTtlMs, clock),
    endMs: settings.drainDelayMs + settings.shutdownTimeoutMs + spareMs,
    clock: systemClock,
    random: Math.random,
    logger,
    say: (words) => (output === undefined ? void process.stderr.write(words) : output.write(words)),
  });
  const { first, second } = listenForSignals(run.hasConfig ? () => crew.reload() : undefined);
  first.addEventListener('abort', () => {
    logger.info({ signal: first.reason as unknown }, 'shutting down');
    crew.end(String(first.reason));
  });
  second.addEventListener('abort', () => crew.hurry());
  const started = await crew.start();
  if (started.kind === 'ready' && !first.aborted) run.onReady(started.note);
  const exitCode = started.kind === 'ready' ? await crew.ended() : first.aborted ? 0 : started.exitCode;
  await Promise.race([Promise.all(written), delay(clock, lastLinesMs)]);
  return exitCode;
}
