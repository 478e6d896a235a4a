import type { ReceivedText } from './target.ts';

/** How much of a text that is too long is kept for people. */
const SHOWN_BYTES = 4096;

/** What is known of the bytes of a text. */
export interface ByteTextOptions {
  /** What it is: `line`. */
  readonly noun: string;
  readonly maxBytes: number;
  /** With those that were not kept. */
  readonly byteLength: number;
  /** What is known to be wrong with it. */
  readonly fault?: string | undefined;
}

/** Bytes that a server sent as a text, and what is wrong with them: too many, or no UTF-8. */
export function toByteText(bytes: Buffer, options: ByteTextOptions): Pick<ReceivedText, 'text' | 'fault'> {
  const { noun, maxBytes, byteLength, fault } = options;
  const isTooLong = byteLength > maxBytes;
  const shown = isTooLong ? bytes.subarray(0, SHOWN_BYTES) : bytes;
  const problem = isTooLong
    ? `the ${noun} has ${byteLength} bytes`
    : (fault ?? (isUtf8(bytes) ? undefined : `the ${noun} is not UTF-8`));
  return { text: shown.toString('utf8'), ...(problem !== undefined && { fault: problem }) };
}

/** Keeps the first pieces of something long, and counts the rest. */
export class BoundedBytes {
  readonly #maxBytes: number;
  #pieces: Buffer[] = [];
  #heldBytes = 0;
  #byteLength = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** All that was added, kept or not. */
  get byteLength(): number {
    return this.#byteLength;
  }

  add(piece: Buffer): void {
    this.#byteLength += piece.length;
    const room = this.#maxBytes - this.#heldBytes;
    if (piece.length === 0 || room <= 0) return;
    const kept = piece.length <= room ? piece : piece.subarray(0, room);
    this.#pieces.push(kept);
    this.#heldBytes += kept.length;
  }

  /** Counts bytes that were thrown away elsewhere. */
  skip(byteLength: number): void {
    this.#byteLength += byteLength;
  }

  /** What was kept; nothing is kept afterwards. */
  take(): Buffer {
    const [first] = this.#pieces;
    const bytes =
      this.#pieces.length === 1 && first !== undefined ? first : Buffer.concat(this.#pieces, this.#heldBytes);
    this.#pieces = [];
    this.#heldBytes = 0;
    this.#byteLength = 0;
    return bytes;
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function isUtf8(bytes: Buffer): boolean {
  try {
    decoder.decode(bytes);
    return true;
  } catch {
    return false;
  }
}
