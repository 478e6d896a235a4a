import type { Settings } from '../config/settings.ts';
import type { RequestWatcher } from '../http/request-record.ts';
import type { Logger } from '../logger.ts';

/** Those who keep a record of requests. */
export interface Watchers {
  readonly all: readonly RequestWatcher[];
  /** Writes what is left, within `deadlineMs`; never rejects. */
  close(deadlineMs: number): Promise<void>;
}

type Keeper = Pick<Watchers, 'close'> & { readonly watcher: RequestWatcher };

/**
 * Makes those that the settings ask for; nothing is loaded for others.
 *
 * @throws UsageError when the audit log cannot be written to
 */
export async function createWatchers({ tracing, audit }: Settings, logger: Logger): Promise<Watchers> {
  const keepers: Keeper[] = [];
  if (audit !== undefined) {
    const { createAudit } = await import('../audit/create-audit.ts');
    keepers.push(await createAudit(audit, logger));
  }
  if (tracing !== undefined) {
    const { createTracing } = await import('../tracing/create-tracing.ts');
    keepers.push(await createTracing(tracing, logger));
  }
  return {
    all: keepers.map(({ watcher }) => watcher),
    close: async (deadlineMs) => {
      await Promise.all(keepers.map(async (keeper) => await keeper.close(deadlineMs)));
    },
  };
}
