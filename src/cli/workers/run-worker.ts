import cluster from 'node:cluster';
import type { Settings } from '../../config/settings.ts';
import { HangUps } from '../hang-ups.ts';
import type { FollowedConfig } from '../hot-reload.ts';
import { createLogger } from '../logger.ts';
import { runGateway } from '../run-gateway.ts';
import { connectToPrimary } from './primary-line.ts';
import { reportFailure } from './report-failure.ts';
import type { Place } from './wire-words.ts';
import { WorkerSeat } from './worker-seat.ts';
import { toWorkerSettings } from './worker-settings.ts';

/** How one of several processes serves. */
export interface WorkerRun {
  readonly config: FollowedConfig | undefined;
  /** Changes of the configuration are followed. */
  readonly isHotReload: boolean;
}

/** A primary that is busy answers late; one that is gone ends this process. */
const askMs = 10_000;

/** Serves as one of several workers, until the primary has it end. Never returns: the process ends here. */
export async function runWorker(settings: Settings, { config, isHotReload }: WorkerRun): Promise<never> {
  const [first, second] = [new AbortController(), new AbortController()];
  // A terminal, and whoever runs services, tells all processes at once: the primary has the say.
  for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(name, () => undefined);
  // Else the process would end at once when the primary does, with calls in flight and servers running.
  if (cluster.worker !== undefined) cluster.worker.exitedAfterDisconnect = true;
  const hangUps = new HangUps();
  const line = connectToPrimary(
    {
      look: () => seat.contract(),
      metrics: async () => await seat.metrics(),
      readiness: () => seat.readiness(),
      end: (reason) => (first.signal.aborted ? second : first).abort(reason),
      hurry() {
        first.abort('told to hurry');
        second.abort('told to hurry');
      },
      reload: () => (config === undefined ? undefined : hangUps.signal()),
    },
    () => first.abort('the primary process ended'),
  );
  const seat = new WorkerSeat(
    line,
    Math.max(settings.callTimeoutMs, settings.maxCallTimeMs ?? 0),
    first.signal,
  );
  let exitCode: number;
  try {
    // The primary runs the same program: each question has the answer declared for it.
    const { number } = (await line.ask('introduce', undefined, askMs)) as Place;
    exitCode = await runGateway(await toWorkerSettings(settings, number), {
      config: config && { ...config, hangUps, isHotReload },
      logger: await createLogger(settings.logLevel, { worker: number }),
      first: first.signal,
      second: second.signal,
      seat,
      // A primary that does not hear it is gone, and this worker follows.
      onReady: (note) => void line.ask('ready', note, askMs).catch(() => undefined),
    });
    await seat.tellLast();
  } catch (error) {
    return await reportFailure(error, line);
  }
  process.exit(exitCode);
}
