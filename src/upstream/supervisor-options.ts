import type { Logger } from '../logger.ts';
import type { BackoffOptions } from './backoff.ts';
import type { Clock } from './clock.ts';
import type { OpenSession } from './session.ts';
import type { TrafficCounter } from './traffic.ts';

export interface SupervisorOptions extends BackoffOptions {
  readonly name: string;
  readonly open: OpenSession;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Counts over all sessions. */
  readonly traffic: TrafficCounter;
  /** A session that lived this long ends the doubling. @default 30000 */
  readonly stableAfterMs?: number;
  /**
   * For this long after a loss, calls that were certainly not run wait for the next session and are sent on it; after
   * it they are not ready at once. @default 0: a child that died takes seconds to start
   */
  readonly healMs?: number;
  /** Calls that may wait for a session at a time. @default 2000: a full window and a full queue */
  readonly maxWaiting?: number;
}
