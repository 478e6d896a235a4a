/**
 * Thrown inside the translation where a schema cannot be served; translateSchema makes a value of it.
 *
 * An exception, because the walk is deep when it happens and nothing of its work is worth keeping.
 */
export class UnservableError extends Error {
  override readonly name = 'UnservableError';
  /** JSON Pointer into the source schema. */
  readonly pointer: string;

  constructor(pointer: string, reason: string) {
    super(reason);
    this.pointer = pointer;
  }
}
