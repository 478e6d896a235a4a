import type { AnswerSharing } from '../gateway/idempotency/shared-answers.ts';
import type { CountCall } from '../limits/rate-counter.ts';
import type { Siblings } from '../http/siblings.ts';

/** A gateway's place among those that serve one port together; whoever gives it has found the port free. */
export interface Seat {
  readonly siblings: Siblings;
  /** What came of calls under keys, the others' too. */
  readonly answers: AnswerSharing;
  /** Counts a call, the others' too; undefined when that cannot be asked at the moment. */
  readonly countCall: CountCall;
  /**
   * Resolves when the others serve the same contract as this one, which listens only then.
   *
   * @param digestOf of the contract at the moment
   * @returns the port to listen at, which may not be that of the settings
   * @throws Error when the start was aborted meanwhile
   */
  admit(digestOf: () => string): Promise<number>;
}
