import type { Logger } from '../../logger.ts';
import type { BackoffOptions } from './backoff.ts';
import type { BreakerOptions } from './breaker.ts';
import type { Clock } from '../clock.ts';
import type { ProbeOptions } from './probe-session.ts';
import type { OpenSession } from '../session.ts';
import type { TrafficCounter } from '../traffic.ts';

export interface SupervisorOptions extends BackoffOptions, BreakerOptions {
  readonly name: string;
  readonly open: OpenSession;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Counts over all sessions. */
  readonly traffic: TrafficCounter;
  /** A session that lived this long ends the doubling. @default 30000 */
  readonly stableAfterMs?: number;
  /**
   * Whether the loss of a young session is a failure that the circuit counts; a failed attempt always is.
   * @default true
   */
  readonly isLossFailure?: boolean;
  /** What a session has to show after the circuit was open. */
  readonly probe?: ProbeOptions;
  /**
   * For this long after a loss, calls that were certainly not run wait for the next session and are sent on it; after
   * it they are not ready at once. @default 0
   */
  readonly healMs?: number;
  /** An attempt that fails ends that: none waits until there is a session, and its loss. @default false */
  readonly healsOnlyLoss?: boolean;
  /** Calls that a session took and gave back unsent wait as well; which costs each call a promise. @default false */
  readonly healsUnsent?: boolean;
  /** False where the owner sends calls again that were lost or never sent. @default true */
  readonly sendsAgain?: boolean;
  /** Calls that may wait for a session at a time. @default 2000: a full window and a full queue */
  readonly maxWaiting?: number;
}
