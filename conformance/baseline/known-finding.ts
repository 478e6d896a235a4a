import type { Finding } from '../findings/finding.ts';

/** A finding that is known, and does not fail a run. */
export interface KnownFinding {
  /** The finding's. */
  readonly id: string;
  readonly check: string;
  /** Undefined when it is about the server as a whole. */
  readonly tool?: string;
  /** The server's name, where a run has several. */
  readonly server?: string;
  /** The call of the fuzzing that shows it, where that is short: one that is not made by chance is made on purpose. */
  readonly call?: NonNullable<Finding['call']>;
  readonly arguments?: NonNullable<Finding['arguments']>;
  readonly earlier?: NonNullable<Finding['earlier']>;
  /** For people. */
  readonly title: string;
  /** The user's own words, such as why it stays. */
  readonly note?: string;
}
