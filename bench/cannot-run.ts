/** Nothing can be measured, for a reason outside; the message says what to do about it. */
export class CannotRunError extends Error {
  /** What explains it, a line each. */
  readonly details: readonly string[];

  constructor(message: string, details: readonly string[] = []) {
    super(message);
    this.details = details;
  }
}
