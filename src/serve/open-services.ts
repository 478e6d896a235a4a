import type { Settings } from '../config/settings.ts';
import type { Logger } from '../logger.ts';
import type { Callers } from './create-callers.ts';
import type { Rules } from './create-rules.ts';
import type { Sharing } from './create-sharing.ts';
import { createWatchers, type Watchers } from './create-watchers.ts';
import { loadRules } from './load-rules.ts';
import type { Seat } from './seat.ts';
import { ServedLimits } from './served-limits.ts';

/** What a gateway has beside its servers, as far as the settings ask for it; nothing is loaded for the rest. */
export interface Services {
  readonly watchers: Watchers;
  /** Undefined where the shared key is all there is to show, or nothing. */
  readonly callers: Callers | undefined;
  readonly sharing: Sharing | undefined;
  readonly rules: Rules | undefined;
  readonly limits: ServedLimits;
  /** Ends them; what watchers have left is written within `deadlineMs`. Never rejects. */
  close(deadlineMs: number): Promise<void>;
}

/** How long a start waits for Redis, beside the servers. */
const redisMs = 1_000;

/**
 * Reads and opens them, and leaves nothing open when one cannot be.
 *
 * @throws UsageError for keys, rules, audit logs and URLs that cannot be used
 */
export async function openServices(
  settings: Settings,
  { logger, seat }: { readonly logger: Logger; readonly seat?: Seat | undefined },
): Promise<Services> {
  const watchers = await createWatchers(settings, logger);
  let callers: Callers | undefined;
  let sharing: Sharing | undefined;
  let rules: Rules | undefined;
  const close = async (deadlineMs: number): Promise<void> => {
    callers?.close();
    sharing?.link.close();
    rules?.close();
    await watchers.close(deadlineMs);
  };
  try {
    callers = await openCallers(settings, logger);
    sharing = await openSharing(settings, logger);
    rules = await loadRules(settings, callers, logger);
  } catch (error) {
    await close(0);
    throw error;
  }
  const limits = new ServedLimits(
    settings,
    sharing?.link,
    seat && (async (key, quota) => await seat.countCall(key, quota)),
  );
  return { watchers, callers, sharing, rules, limits, close };
}

/** Resolves when calls can be counted: the first should not be this gateway's alone, nor a Redis that is away hold it up. */
export async function startServices({ sharing, limits }: Services): Promise<void> {
  await Promise.all([sharing?.link.settled(redisMs), limits.start()]);
}

async function openCallers(settings: Settings, logger: Logger): Promise<Callers | undefined> {
  if (settings.apiKeysFile === undefined && settings.tokens === undefined) return undefined;
  const { createCallers } = await import('./create-callers.ts');
  return await createCallers(settings, logger);
}

async function openSharing(
  { redis, idempotencyTtlMs }: Settings,
  logger: Logger,
): Promise<Sharing | undefined> {
  if (redis === undefined) return undefined;
  const { createSharing } = await import('./create-sharing.ts');
  return createSharing(redis, idempotencyTtlMs, logger);
}
