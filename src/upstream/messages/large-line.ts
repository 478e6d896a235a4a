import { JsonScanner } from '../../json/json-scanner.ts';
import { LargeValues } from '../../json/large-values.ts';

/** A line from here on is put together and looked through while it arrives. */
export const LARGE_LINE_BYTES = 262_144;

/** Values in it from here on are not to be read a second time. */
const LARGE_VALUE_BYTES = 65_536;
const FIRST_CAPACITY = 4 * LARGE_LINE_BYTES;
/** Bytes moved for each that arrives: a larger Buffer is filled long before it is full. */
const MOVED_FOR_EACH = 8;

/** The large values of a text that has come whole; undefined when it is not valid JSON. */
export function findLargeValues(text: Buffer): LargeValues | undefined {
  const scanner = new JsonScanner(LARGE_VALUE_BYTES);
  scanner.push(text);
  return scanner.end() === 'complete' ? new LargeValues(scanner.large) : undefined;
}

/**
 * A long line under construction, in one piece from the start.
 *
 * No step takes longer than its piece is long: the JSON is checked as it comes, and what is there moves into a larger
 * Buffer bit by bit. At 100 MB, doing both at the end would stop everybody else for more than 100 ms. Memory that
 * nothing was written to is not resident, so a Buffer with room to spare costs what it holds.
 */
export class LargeLine {
  readonly #maxBytes: number;
  readonly #scanner = new JsonScanner(LARGE_VALUE_BYTES);
  #bytes = Buffer.allocUnsafeSlow(FIRST_CAPACITY);
  #length = 0;
  /** What came before the last growth; its first `#moved` bytes are in `#bytes` as well. */
  #former: Buffer | undefined;
  #moved = 0;

  /** @param maxBytes more is allocated only when more is there */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  append(piece: Buffer): void {
    const length = this.#length + piece.length;
    if (length > this.#bytes.length) this.#grow(length);
    piece.copy(this.#bytes, this.#length);
    this.#length = length;
    this.#scanner.push(piece);
    if (this.#former !== undefined) this.#move(piece.length * MOVED_FOR_EACH);
  }

  /** The line so far. */
  take(): Buffer {
    this.#move(Infinity);
    return this.#bytes.subarray(0, this.#length);
  }

  /** Undefined when the line is not valid JSON. */
  get values(): LargeValues | undefined {
    return this.#scanner.end() === 'complete' ? new LargeValues(this.#scanner.large) : undefined;
  }

  #grow(atLeast: number): void {
    this.#move(Infinity);
    const capacity = Math.max(atLeast, Math.min(2 * this.#bytes.length, this.#maxBytes));
    this.#former = this.#bytes.subarray(0, this.#length);
    this.#bytes = Buffer.allocUnsafeSlow(capacity);
    this.#moved = 0;
  }

  #move(byteLength: number): void {
    const former = this.#former;
    if (former === undefined) return;
    const end = Math.min(former.length, this.#moved + byteLength);
    former.copy(this.#bytes, this.#moved, this.#moved, end);
    this.#moved = end;
    if (end === former.length) this.#former = undefined;
  }
}
