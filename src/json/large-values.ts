/** Where the large values in a JSON text end, as a scanner found them: whoever cuts the text need not read them again. */
export class LargeValues {
  readonly #ends: ReadonlyMap<number, number>;
  readonly #base: number;

  /**
   * @param ends start → end, as offsets in a text that is valid JSON
   * @param base where the text at hand begins in that one
   */
  constructor(ends: ReadonlyMap<number, number>, base = 0) {
    this.#ends = ends;
    this.#base = base;
  }

  /** The index after the value that begins at `start`; undefined when it is not a large one. */
  endOf(start: number): number | undefined {
    const end = this.#ends.get(start + this.#base);
    return end === undefined ? undefined : end - this.#base;
  }

  /** The same for the text that begins at `start` of this one. */
  from(start: number): LargeValues {
    return new LargeValues(this.#ends, this.#base + start);
  }
}
