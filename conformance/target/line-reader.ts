import { BoundedBytes, toByteText } from './byte-text.ts';
import type { ReceivedText } from './target.ts';

const LF = 0x0a;

/**
 * Cuts a server's stdout into lines, keeping what a lenient reader would hide: empty lines, bytes that are not UTF-8,
 * and a last line without its end (MCP basic/transports, stdio).
 */
export class LineReader {
  readonly #maxBytes: number;
  readonly #onLine: (line: Omit<ReceivedText, 'atMs'>) => void;
  readonly #line: BoundedBytes;

  constructor(maxBytes: number, onLine: (line: Omit<ReceivedText, 'atMs'>) => void) {
    this.#maxBytes = maxBytes;
    this.#onLine = onLine;
    this.#line = new BoundedBytes(maxBytes);
  }

  push(chunk: Buffer): void {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(LF, start);
      if (end < 0) break;
      this.#line.add(chunk.subarray(start, end));
      this.#deliver();
      start = end + 1;
    }
    this.#line.add(chunk.subarray(start));
  }

  /** The stream has ended. */
  end(): void {
    if (this.#line.byteLength > 0) this.#deliver('the line was not ended by a newline');
  }

  #deliver(fault?: string): void {
    const { byteLength } = this.#line;
    const options = { noun: 'line', maxBytes: this.#maxBytes, byteLength, fault };
    this.#onLine(toByteText(this.#line.take(), options));
  }
}
