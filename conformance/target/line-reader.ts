import type { ReceivedText } from './target.ts';

const LF = 0x0a;
const SHOWN_BYTES = 4096;

/**
 * Cuts a server's stdout into lines, keeping what a lenient reader would hide: empty lines, bytes that are not UTF-8,
 * and a last line without its end (MCP basic/transports, stdio).
 */
export class LineReader {
  readonly #maxBytes: number;
  readonly #onLine: (line: Omit<ReceivedText, 'atMs'>) => void;
  #pieces: Buffer[] = [];
  #heldBytes = 0;
  #byteLength = 0;

  constructor(maxBytes: number, onLine: (line: Omit<ReceivedText, 'atMs'>) => void) {
    this.#maxBytes = maxBytes;
    this.#onLine = onLine;
  }

  push(chunk: Buffer): void {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(LF, start);
      if (end < 0) break;
      this.#hold(chunk.subarray(start, end));
      this.#deliver();
      start = end + 1;
    }
    this.#hold(chunk.subarray(start));
  }

  /** The stream has ended. */
  end(): void {
    if (this.#byteLength > 0) this.#deliver('the line was not ended by a newline');
  }

  // Past the limit the head is kept for people, and the rest only counted.
  #hold(piece: Buffer): void {
    this.#byteLength += piece.length;
    if (piece.length === 0) return;
    const room = this.#maxBytes - this.#heldBytes;
    if (room <= 0) return;
    const kept = piece.length <= room ? piece : piece.subarray(0, room);
    this.#pieces.push(kept);
    this.#heldBytes += kept.length;
  }

  #deliver(fault?: string): void {
    const bytes = Buffer.concat(this.#pieces, this.#heldBytes);
    const isTooLong = this.#byteLength > this.#maxBytes;
    const shown = isTooLong ? bytes.subarray(0, SHOWN_BYTES) : bytes;
    const problem = isTooLong ? `the line has ${this.#byteLength} bytes` : (fault ?? findByteFault(bytes));
    this.#pieces = [];
    this.#heldBytes = 0;
    this.#byteLength = 0;
    this.#onLine({ text: shown.toString('utf8'), ...(problem !== undefined && { fault: problem }) });
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function findByteFault(bytes: Buffer): string | undefined {
  try {
    decoder.decode(bytes);
    return undefined;
  } catch {
    return 'the line is not UTF-8';
  }
}
