import { SharedAnswers } from '../gateway/idempotency/shared-answers.ts';
import type { Logger } from '../logger.ts';
import { RedisLink } from '../redis/redis-link.ts';
import type { RedisSettings } from '../redis/redis-settings.ts';
import { backgroundClock } from '../upstream/clock.ts';

/** What gateways share. */
export interface Sharing {
  readonly link: RedisLink;
  /** Undefined where no answers are kept at all. */
  readonly answers: SharedAnswers | undefined;
}

/**
 * Begins to connect, and waits for nothing.
 *
 * @param answersMs how long answers are kept; 0: not
 * @throws UsageError for a URL that is none of a Redis
 */
export function createSharing(settings: RedisSettings, answersMs: number, logger: Logger): Sharing {
  const link = new RedisLink(settings, logger);
  const answers =
    answersMs > 0 ? new SharedAnswers({ redis: link, ttlMs: answersMs, clock: backgroundClock }) : undefined;
  return { link, answers };
}
