import cluster from 'node:cluster';
import type { Settings } from '../../config/settings.ts';
import type { FollowedConfig } from '../hot-reload.ts';
import type { ReadyNote } from '../ready-line.ts';

/** How several processes serve. */
export interface WorkersRun {
  /** How many workers. */
  readonly count: number;
  readonly config: FollowedConfig | undefined;
  /** Changes of the configuration are followed. */
  readonly isHotReload: boolean;
  /** What is passed over, one line each. */
  readonly warnings: readonly string[];
  /** Called in the primary. */
  readonly onReady: (note: ReadyNote) => void;
}

/**
 * Serves with several processes. The primary starts the same command line again for each worker, and they come here too.
 *
 * @returns the exit code; in a worker, never
 * @throws ListenError when the address cannot be bound
 */
export async function runWorkers(settings: Settings, run: WorkersRun): Promise<number> {
  if (cluster.isWorker) return await (await import('./run-worker.ts')).runWorker(settings, run);
  const { runPrimary } = await import('./run-primary.ts');
  const { count, config, warnings, onReady } = run;
  return await runPrimary(settings, { count, hasConfig: config !== undefined, warnings, onReady });
}
