import type { LargeValues } from '../../json/large-values.ts';
import { LARGE_LINE_BYTES, LargeLine } from './large-line.ts';

/** What a {@link LineFramer} finds. */
export interface LineHandlers {
  /**
   * One line without its line break; never empty unless asked for. The bytes may be a view of the chunk that was pushed.
   * `large` comes with long lines that are valid JSON.
   */
  readonly onLine: (line: Buffer, large?: LargeValues) => void;
  /** A line longer than the limit was thrown away; `head` and `tail` are copies of its first and last bytes. */
  readonly onOversized: (head: Buffer, tail: Buffer, byteLength: number) => void;
}

interface Discarded {
  readonly head: Buffer;
  tail: Buffer;
  byteLength: number;
}

/** Enough for `{"jsonrpc":"2.0","id":…` at either end, whatever the order of the members. */
const EDGE_BYTES = 512;
/** Smaller pieces of an unfinished line are gathered in blocks, so that a byte at a time costs no Buffer a byte. */
const SMALL_BYTES = 4096;
const BLOCK_BYTES = 65_536;
const LF = 0x0a;
const CR = 0x0d;

/**
 * Cuts a byte stream into lines (MCP basic/transports, stdio: messages are delimited by newlines).
 *
 * Each byte is searched once. A line inside one chunk is a view of it; a line that spans chunks is put together
 * once, when its end has come, or as it comes when it is long. LF and CR LF end a line; empty lines are skipped, unless `keepsEmpty`. The bytes held for
 * an unfinished line never exceed `maxLineBytes` and one chunk.
 */
export class LineFramer {
  readonly #handlers: LineHandlers;
  readonly #maxLineBytes: number;
  readonly #keepsEmpty: boolean;
  #pieces: Buffer[] = [];
  #heldBytes = 0;
  /** The last piece while it is being filled; its first `#blockUsed` bytes count. */
  #block: Buffer | undefined;
  #blockUsed = 0;
  /** In place of the pieces, once the line is long. */
  #large: LargeLine | undefined;
  #discarded: Discarded | undefined;

  constructor(maxLineBytes: number, handlers: LineHandlers, keepsEmpty = false) {
    this.#maxLineBytes = maxLineBytes;
    this.#keepsEmpty = keepsEmpty;
    this.#handlers = handlers;
  }

  push(chunk: Buffer): void {
    let start = 0;
    for (;;) {
      const newline = chunk.indexOf(LF, start);
      if (newline < 0) break;
      this.#finishLine(chunk, start, newline);
      start = newline + 1;
    }
    if (start < chunk.length) this.#hold(start === 0 ? chunk : chunk.subarray(start));
  }

  /** The stream has ended: what is left is a line too. */
  end(): void {
    if (this.#heldBytes > 0 || this.#discarded !== undefined) this.#finishLine(Buffer.alloc(0), 0, 0);
  }

  #finishLine(chunk: Buffer, start: number, end: number): void {
    if (this.#heldBytes === 0 && this.#discarded === undefined && end - start <= this.#maxLineBytes) {
      this.#deliver(chunk, start, end);
      return;
    }
    if (end > start) this.#hold(chunk.subarray(start, end));
    const discarded = this.#discarded;
    if (discarded !== undefined) {
      this.#discarded = undefined;
      this.#handlers.onOversized(discarded.head, discarded.tail, discarded.byteLength);
      return;
    }
    const large = this.#large;
    const line = this.#takeHeld();
    if (line.length <= this.#maxLineBytes) {
      this.#deliver(line, 0, line.length, large?.values);
    } else {
      const { head, tail, byteLength } = discard(line);
      this.#handlers.onOversized(head, tail, byteLength);
    }
  }

  #deliver(bytes: Buffer, start: number, end: number, large?: LargeValues): void {
    const lineEnd = end > start && bytes[end - 1] === CR ? end - 1 : end;
    if (lineEnd > start || this.#keepsEmpty) this.#handlers.onLine(bytes.subarray(start, lineEnd), large);
  }

  #hold(piece: Buffer): void {
    const discarded = this.#discarded;
    if (discarded !== undefined) {
      discarded.tail = lastBytes(discarded.tail, piece);
      discarded.byteLength += piece.length;
      return;
    }
    this.#append(piece);
    if (this.#heldBytes > Math.max(this.#maxLineBytes, EDGE_BYTES))
      this.#discarded = discard(this.#takeHeld());
  }

  #append(piece: Buffer): void {
    this.#heldBytes += piece.length;
    if (this.#large !== undefined) {
      this.#large.append(piece);
      return;
    }
    this.#appendPiece(piece);
    if (this.#heldBytes < LARGE_LINE_BYTES) return;
    this.#sealBlock();
    this.#large = new LargeLine(this.#maxLineBytes);
    for (const held of this.#pieces) this.#large.append(held);
    this.#pieces = [];
  }

  #appendPiece(piece: Buffer): void {
    if (piece.length >= SMALL_BYTES || this.#pieces.length === 0) {
      this.#sealBlock();
      this.#pieces.push(piece);
      return;
    }
    if (this.#block === undefined || this.#blockUsed + piece.length > BLOCK_BYTES) {
      this.#sealBlock();
      this.#block = Buffer.allocUnsafe(BLOCK_BYTES);
    }
    piece.copy(this.#block, this.#blockUsed);
    this.#blockUsed += piece.length;
  }

  #sealBlock(): void {
    if (this.#block !== undefined) this.#pieces.push(this.#block.subarray(0, this.#blockUsed));
    this.#block = undefined;
    this.#blockUsed = 0;
  }

  #takeHeld(): Buffer {
    const large = this.#large;
    if (large !== undefined) {
      this.#large = undefined;
      this.#heldBytes = 0;
      return large.take();
    }
    this.#sealBlock();
    const [first] = this.#pieces;
    const line =
      this.#pieces.length === 1 && first !== undefined ? first : Buffer.concat(this.#pieces, this.#heldBytes);
    this.#pieces = [];
    this.#heldBytes = 0;
    return line;
  }
}

function discard(line: Buffer): Discarded {
  return {
    head: Buffer.from(line.subarray(0, EDGE_BYTES)),
    tail: Buffer.from(line.subarray(Math.max(0, line.length - EDGE_BYTES))),
    byteLength: line.length,
  };
}

function lastBytes(before: Buffer, piece: Buffer): Buffer {
  if (piece.length >= EDGE_BYTES) return Buffer.from(piece.subarray(piece.length - EDGE_BYTES));
  const both = Buffer.concat([before, piece]);
  return both.subarray(Math.max(0, both.length - EDGE_BYTES));
}
