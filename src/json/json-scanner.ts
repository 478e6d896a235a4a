/** What is known of a text of which not all need be here yet. */
export type ScanState =
  /** A beginning of JSON. */
  | 'open'
  /** One JSON value, white space around it: it may go on. A number at the top level is `open` until `end`. */
  | 'complete'
  /** No JSON, whatever follows; or nested deeper than is looked at. */
  | 'malformed';

/** Deeper than any reader goes; the starts of so many containers take less than a megabyte. */
const MAX_DEPTH = 100_000;
/** Large values further in are not remembered: who cuts a tool's result is done by then. */
const MAX_REMEMBERED_DEPTH = 8;

/**
 * Checks JSON as it arrives, piece by piece, and remembers where its large values are.
 *
 * Accepts what JSON.parse accepts (RFC 8259), the inside of strings included, but for nesting deeper than 100,000
 * levels and for UTF-8, which is not looked at. Each byte is looked at once, so that the work for a text of 100 MB is
 * spread over the time that it takes to arrive.
 *
 *     before a value → string, number, word, or a container's first item → after a value → before the next → …
 */
export class JsonScanner {
  readonly #largeBytes: number;
  readonly #large = new Map<number, number>();
  /** Of each open container, twice its start, plus one for an object. */
  readonly #open: number[] = [];
  #state = VALUE;
  /** Offset in the text of the piece that comes next. */
  #offset = 0;
  /** Of the scalar that is being read. */
  #start = 0;
  #isKey = false;
  #hexDigitsLeft = 0;
  #word = '';
  #wordIndex = 0;

  /** @param largeBytes values that are at least so long are remembered @default none are */
  constructor(largeBytes: number = Infinity) {
    this.#largeBytes = largeBytes;
  }

  get state(): ScanState {
    if (this.#state === MALFORMED) return 'malformed';
    return this.#state === AFTER && this.#open.length === 0 ? 'complete' : 'open';
  }

  /** Start → end, as offsets in the text, of the large values that have ended, up to eight levels in. */
  get large(): ReadonlyMap<number, number> {
    return this.#large;
  }

  /** The next piece of the text. */
  push(bytes: Uint8Array): void {
    const end = bytes.length;
    let at = 0;
    while (at < end && this.#state !== MALFORMED) {
      switch (this.#state) {
        case STRING:
          at = this.#readString(bytes, at, end);
          break;
        case ESCAPE:
          this.#readEscape(bytes[at] ?? 0);
          at += 1;
          break;
        case HEX:
          this.#readHex(bytes[at] ?? 0);
          at += 1;
          break;
        case WORD:
          this.#readWord(bytes[at] ?? 0, at);
          at += 1;
          break;
        default:
          at = this.#state >= MINUS ? this.#readNumber(bytes, at, end) : this.#readStructure(bytes, at, end);
      }
    }
    this.#offset += end;
  }

  /** Nothing follows: the final state. */
  end(): ScanState {
    // Only a number has no end of its own.
    if (this.#state >= MINUS) this.#endNumber(0);
    if (this.state === 'open') this.#state = MALFORMED;
    return this.state;
  }

  #readString(bytes: Uint8Array, from: number, end: number): number {
    const at = skipPlain(bytes, from, end);
    if (at === end) return end;
    const byte = bytes[at];
    if (byte === QUOTE) {
      if (this.#isKey) this.#state = COLON;
      else this.#endValue(this.#start, at + 1);
    } else {
      this.#state = byte === BACKSLASH ? ESCAPE : MALFORMED;
    }
    return at + 1;
  }

  #readEscape(byte: number): void {
    if (byte === LETTER_U) {
      this.#state = HEX;
      this.#hexDigitsLeft = 4;
    } else {
      this.#state = isEscaped[byte] === 1 ? STRING : MALFORMED;
    }
  }

  #readHex(byte: number): void {
    this.#hexDigitsLeft -= 1;
    if (isHexDigit[byte] !== 1) this.#state = MALFORMED;
    else if (this.#hexDigitsLeft === 0) this.#state = STRING;
  }

  #readWord(byte: number, at: number): void {
    if (byte !== this.#word.charCodeAt(this.#wordIndex)) {
      this.#state = MALFORMED;
      return;
    }
    this.#wordIndex += 1;
    if (this.#wordIndex === this.#word.length) this.#endValue(this.#start, at + 1);
  }

  /** number = [ "-" ] int [ frac ] [ exp ] (RFC 8259 section 6). */
  #readNumber(bytes: Uint8Array, from: number, end: number): number {
    let at = from;
    for (; at < end; at += 1) {
      const byte = bytes[at] ?? 0;
      const isDigit = byte >= 0x30 && byte <= 0x39;
      switch (this.#state) {
        case MINUS:
          this.#state = byte === 0x30 ? ZERO : isDigit ? INTEGER : MALFORMED;
          break;
        case POINT:
          this.#state = isDigit ? FRACTION : MALFORMED;
          break;
        case EXPONENT_MARK:
          this.#state = isDigit ? EXPONENT : byte === 0x2b || byte === 0x2d ? EXPONENT_SIGN : MALFORMED;
          break;
        case EXPONENT_SIGN:
          this.#state = isDigit ? EXPONENT : MALFORMED;
          break;
        default:
          if (isDigit && this.#state !== ZERO) break;
          if (byte === 0x2e && this.#state <= INTEGER) {
            this.#state = POINT;
          } else if ((byte === 0x65 || byte === 0x45) && this.#state <= FRACTION) {
            this.#state = EXPONENT_MARK;
          } else {
            this.#endNumber(at);
            return at;
          }
      }
      if (this.#state === MALFORMED) return end;
    }
    return at;
  }

  #endNumber(at: number): void {
    const isWhole =
      this.#state <= FRACTION ? this.#state !== MINUS && this.#state !== POINT : this.#state === EXPONENT;
    if (isWhole) this.#endValue(this.#start, at);
    else this.#state = MALFORMED;
  }

  /** Everything outside strings, numbers and words, until one of them begins. */
  #readStructure(bytes: Uint8Array, from: number, end: number): number {
    for (let at = from; at < end; at += 1) {
      const byte = bytes[at] ?? 0;
      if (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) continue;
      const state = this.#state;
      if (state === AFTER) {
        if (!this.#goOn(byte, at)) this.#state = MALFORMED;
      } else if (state === COLON) {
        this.#state = byte === 0x3a ? VALUE : MALFORMED;
      } else if ((byte === 0x7d && state === FIRST_KEY) || (byte === 0x5d && state === FIRST_VALUE)) {
        this.#close(at);
      } else if (state === FIRST_KEY || state === KEY) {
        this.#isKey = true;
        this.#state = byte === QUOTE ? STRING : MALFORMED;
      } else {
        this.#begin(byte, at);
      }
      if (this.#state > AFTER || this.#state === MALFORMED) return at + 1;
    }
    return end;
  }

  #begin(byte: number, at: number): void {
    const start = this.#offset + at;
    if (byte === 0x7b || byte === 0x5b) {
      const isObject = byte === 0x7b;
      this.#open.push(start * 2 + (isObject ? 1 : 0));
      this.#state = this.#open.length > MAX_DEPTH ? MALFORMED : isObject ? FIRST_KEY : FIRST_VALUE;
      return;
    }
    this.#start = start;
    if (byte === QUOTE) {
      this.#isKey = false;
      this.#state = STRING;
    } else if (byte === 0x2d) {
      this.#state = MINUS;
    } else if (byte >= 0x30 && byte <= 0x39) {
      this.#state = byte === 0x30 ? ZERO : INTEGER;
    } else {
      this.#word = byte === 0x74 ? 'true' : byte === 0x66 ? 'false' : 'null';
      this.#wordIndex = 1;
      this.#state = byte === this.#word.charCodeAt(0) ? WORD : MALFORMED;
    }
  }

  /** After a value: a comma, or the end of its container. */
  #goOn(byte: number, at: number): boolean {
    const open = this.#open.at(-1);
    if (open === undefined) return false;
    const isObject = open % 2 === 1;
    if (byte === 0x2c) {
      this.#state = isObject ? KEY : VALUE;
      return true;
    }
    if (byte !== (isObject ? 0x7d : 0x5d)) return false;
    this.#close(at);
    return true;
  }

  #close(at: number): void {
    this.#endValue(Math.floor((this.#open.pop() ?? 0) / 2), at + 1);
  }

  /** @param at where it ends in this piece */
  #endValue(start: number, at: number): void {
    this.#state = AFTER;
    const end = this.#offset + at;
    if (end - start >= this.#largeBytes && this.#open.length < MAX_REMEMBERED_DEPTH)
      this.#large.set(start, end);
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LETTER_U = 0x75;

// What comes next, or what is being read. Structure is up to AFTER, numbers are from MINUS on.
const MALFORMED = -1;
const VALUE = 0;
const FIRST_VALUE = 1;
const FIRST_KEY = 2;
const KEY = 3;
const COLON = 4;
const AFTER = 5;
const STRING = 6;
const ESCAPE = 7;
const HEX = 8;
const WORD = 9;
const MINUS = 10;
const ZERO = 11;
const INTEGER = 12;
const POINT = 13;
const FRACTION = 14;
const EXPONENT_MARK = 15;
const EXPONENT_SIGN = 16;
const EXPONENT = 17;

/** Bytes that stand for themselves inside a string. */
const isPlain = toTable((byte) => byte >= 0x20 && byte !== QUOTE && byte !== BACKSLASH);
const isEscaped = toTable((byte) => '"\\/bfnrt'.includes(String.fromCharCode(byte)));
const isHexDigit = toTable((byte) => /[0-9A-Fa-f]/.test(String.fromCharCode(byte)));

/** The index of the first byte at or after `from` that does not stand for itself; four at a time take 2/3 of the time. */
function skipPlain(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  const last = end - 4;
  while (at <= last) {
    const first = isPlain[bytes[at] ?? 0] ?? 0;
    const second = isPlain[bytes[at + 1] ?? 0] ?? 0;
    const third = isPlain[bytes[at + 2] ?? 0] ?? 0;
    const fourth = isPlain[bytes[at + 3] ?? 0] ?? 0;
    if ((first & second & third & fourth) === 0) break;
    at += 4;
  }
  while (at < end && isPlain[bytes[at] ?? 0] === 1) at += 1;
  return at;
}

function toTable(holds: (byte: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => (holds(byte) ? 1 : 0));
}
