import { setImmediate } from 'node:timers/promises';
import { JsonScanner } from './json-scanner.ts';

/** Read without a pause; about a millisecond. */
const STEP_BYTES = 131_072;
/** Of a text that is no JSON, hardly ever is more read: prose shows at its first letter. */
const FIRST_STEP_BYTES = 1_024;

/**
 * The JSON text that a JSON string holds, to the letter; undefined when what it holds is no JSON.
 *
 * Half a surrogate pair, which has no UTF-8 form, is written as its escape: it can only stand inside a string there.
 * Others get their turn while a long string is read. Besides the answer, no memory is taken.
 *
 * @param literal a valid JSON string with its quotes, in UTF-8
 */
export async function readJsonInString(literal: Buffer): Promise<Buffer | undefined> {
  const reader = new StringReader(literal);
  reader.readTo(FIRST_STEP_BYTES);
  while (reader.isJson && !reader.isDone) {
    await setImmediate();
    reader.readTo(reader.at + STEP_BYTES);
  }
  return reader.end();
}

class StringReader {
  readonly #literal: Buffer;
  readonly #end: number;
  readonly #scanner = new JsonScanner();
  // No escape stands for more bytes than it has. What is not written to is not resident.
  readonly #text: Buffer;
  #length = 0;
  /** The first so many bytes of the text have been looked through. */
  #scanned = 0;
  #at = 1;

  constructor(literal: Buffer) {
    this.#literal = literal;
    this.#end = literal.length - 1;
    this.#text = Buffer.allocUnsafeSlow(this.#end - 1);
  }

  /** Where in the literal it goes on. */
  get at(): number {
    return this.#at;
  }

  get isDone(): boolean {
    return this.#at >= this.#end;
  }

  /** As far as can be said by now. */
  get isJson(): boolean {
    return this.#scanner.state !== 'malformed';
  }

  /** Reads on, up to an index or a few bytes further. */
  readTo(index: number): void {
    const literal = this.#literal;
    const text = this.#text;
    const stop = Math.min(index, this.#end);
    let at = this.#at;
    let length = this.#length;
    while (at < stop) {
      const byte = literal[at] ?? 0;
      if (byte !== BACKSLASH) {
        text[length] = byte;
        length += 1;
        at += 1;
        continue;
      }
      const letter = literal[at + 1] ?? 0;
      if (letter !== LETTER_U) {
        text[length] = unescaped[letter] ?? 0;
        length += 1;
        at += 2;
        continue;
      }
      const unit = readHex(literal, at + 2);
      const isPaired = isHigh(unit) && literal[at + 6] === BACKSLASH && literal[at + 7] === LETTER_U;
      const low = isPaired ? readHex(literal, at + 8) : 0;
      if (isLow(low)) {
        length += text.write(String.fromCharCode(unit, low), length, 'utf8');
        at += 12;
      } else if (isHigh(unit) || isLow(unit)) {
        this.#length = length;
        this.#scan();
        this.#scanner.push(replacement);
        length += text.write(`\\u${unit.toString(16)}`, length, 'latin1');
        this.#scanned = length;
        at += 6;
      } else {
        length += text.write(String.fromCharCode(unit), length, 'utf8');
        at += 6;
      }
    }
    this.#at = at;
    this.#length = length;
    this.#scan();
  }

  end(): Buffer | undefined {
    return this.isDone && this.#scanner.end() === 'complete'
      ? this.#text.subarray(0, this.#length)
      : undefined;
  }

  #scan(): void {
    this.#scanner.push(this.#text.subarray(this.#scanned, this.#length));
    this.#scanned = this.#length;
  }
}

const BACKSLASH = 0x5c;
const LETTER_U = 0x75;
/** What half a surrogate pair counts as: its escape after a backslash would look like a backslash escaped. */
const replacement = Buffer.from('\ufffd');
const unescaped = Uint8Array.from({ length: 256 }, (_, byte) => byte);
for (const [letter, meaning] of ['b\b', 'f\f', 'n\n', 'r\r', 't\t']) {
  unescaped[letter?.charCodeAt(0) ?? 0] = meaning?.charCodeAt(0) ?? 0;
}

function readHex(bytes: Buffer, at: number): number {
  return Number.parseInt(bytes.toString('latin1', at, at + 4), 16);
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
