import type { Settings } from '../config/settings.ts';
import type { RequestWatcher } from '../http/request-record.ts';
import type { Logger } from '../logger.ts';

/** Those who keep a record of requests. */
export interface Watchers {
  readonly all: readonly RequestWatcher[];
  /** Writes what is left, within `deadlineMs`; never rejects. */
  close(deadlineMs: number): Promise<void>;
}

/** Makes those that the settings ask for; nothing is loaded for others. */
export async function createWatchers(settings: Settings, logger: Logger): Promise<Watchers> {
  const { tracing } = settings;
  const made = [
    tracing && (await import('../tracing/create-tracing.ts')).createTracing(tracing, logger),
  ].filter((each) => each !== undefined);
  const keepers = await Promise.all(made);
  return {
    all: keepers.map(({ watcher }) => watcher),
    close: async (deadlineMs) => {
      await Promise.all(keepers.map(async (keeper) => await keeper.close(deadlineMs)));
    },
  };
}
