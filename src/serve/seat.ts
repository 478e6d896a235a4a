import type { Siblings } from '../http/siblings.ts';

/** A gateway's place among those that serve one port together; whoever gives it has found the port free. */
export interface Seat {
  readonly siblings: Siblings;
  /**
   * Resolves when the others serve the same contract as this one, which listens only then.
   *
   * @param digestOf of the contract at the moment
   * @throws Error when they do not
   */
  admit(digestOf: () => string): Promise<void>;
}
