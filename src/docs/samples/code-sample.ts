/** One call in one language, as Redoc reads it from an operation's `x-codeSamples`. */
export interface CodeSample {
  /** What it is highlighted as. */
  readonly lang: string;
  /** The words of its tab. */
  readonly label: string;
  readonly source: string;
}
