import { LineFramer } from '../messages/framing.ts';

/** One event of an event stream. */
interface StreamEvent {
  /** '' when the stream does not say. */
  readonly type: string;
  /** Undefined when the event has none of its own. */
  readonly id: string | undefined;
  /** The lines of data, joined by spaces: in JSON, a line break can only be white space. Empty when there are none. */
  readonly data: Buffer;
}

export interface EventStreamHandlers {
  readonly onEvent: (event: StreamEvent) => void;
  /** Data longer than the limit was thrown away; `head` and `tail` are its first and last bytes. */
  readonly onOversized: (head: Buffer, tail: Buffer, byteLength: number) => void;
  /** The server says how long to wait before connecting again. */
  readonly onRetry?: (ms: number) => void;
}

interface Oversized {
  readonly head: Buffer;
  tail: Buffer;
  byteLength: number;
}

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const COLON = 0x3a;
const BOM = Buffer.from([0xef, 0xbb, 0xbf]);
const SEPARATOR = Buffer.from(' ');
const EMPTY = Buffer.alloc(0);
/** What goes before the data in its line. */
const FIELD_BYTES = 'data: '.length;
const MAX_TYPE_BYTES = 1024;
const MAX_ID_BYTES = 8192;
/** Each line held costs more than its bytes. */
const MAX_LINES = 100_000;

/**
 * Reads an event stream (WHATWG HTML 9.2.5, 9.2.6) from bytes. Data stays bytes, as the server wrote them; one event over
 * the limit costs that event only.
 */
export class EventStreamReader {
  readonly #maxDataBytes: number;
  readonly #handlers: EventStreamHandlers;
  readonly #framer: LineFramer;
  #isFirstLine = true;
  #endedWithCr = false;
  #type = '';
  #id: string | undefined;
  #lines: Buffer[] = [];
  #dataBytes = 0;
  #oversized: Oversized | undefined;

  constructor(maxDataBytes: number, handlers: EventStreamHandlers) {
    this.#maxDataBytes = maxDataBytes;
    this.#handlers = handlers;
    this.#framer = new LineFramer(
      maxDataBytes + FIELD_BYTES,
      {
        onLine: (line) => this.#onLine(line),
        onOversized: (head, tail, byteLength) => this.#onOversizedLine(head, tail, byteLength),
      },
      true,
    );
  }

  push(chunk: Buffer): void {
    this.#framer.push(this.#endedWithCr || chunk.includes(CR) ? this.#withLineFeeds(chunk) : chunk);
  }

  /** The stream has ended. An event whose blank line is missing counts: whether it is whole shows in the data. */
  end(): void {
    this.#framer.end();
    this.#dispatch();
  }

  /** CR, LF and CR LF all end a line; the framer knows LF. */
  #withLineFeeds(chunk: Buffer): Buffer {
    const out = Buffer.allocUnsafe(chunk.length);
    let length = 0;
    for (const byte of chunk) {
      if (byte !== LF || !this.#endedWithCr) {
        out[length] = byte === CR ? LF : byte;
        length += 1;
      }
      this.#endedWithCr = byte === CR;
    }
    return out.subarray(0, length);
  }

  #onLine(whole: Buffer): void {
    const line = this.#isFirstLine && whole.indexOf(BOM) === 0 ? whole.subarray(BOM.length) : whole;
    this.#isFirstLine = false;
    if (line.length === 0) {
      this.#dispatch();
      return;
    }
    const colon = line.indexOf(COLON);
    const nameEnd = colon < 0 ? line.length : colon;
    const start = colon < 0 ? line.length : line[colon + 1] === SPACE ? colon + 2 : colon + 1;
    switch (line.toString('latin1', 0, Math.min(nameEnd, FIELD_BYTES))) {
      case 'data':
        this.#addData(line.subarray(start));
        return;
      case 'event':
        this.#type = line.toString('utf8', start, start + MAX_TYPE_BYTES);
        return;
      case 'id':
        if (!line.includes(0, start) && line.length <= MAX_ID_BYTES) this.#id = line.toString('utf8', start);
        return;
      case 'retry': {
        const digits = line.toString('latin1', start);
        if (/^\d{1,9}$/.test(digits)) this.#handlers.onRetry?.(Number(digits));
        return;
      }
      default:
      // A comment, or a field that nobody knows.
    }
  }

  #addData(data: Buffer): void {
    const byteLength = this.#dataBytes + data.length;
    if (this.#oversized !== undefined) {
      this.#oversized.tail = data;
      this.#oversized.byteLength += data.length;
    } else if (byteLength > this.#maxDataBytes || this.#lines.length >= MAX_LINES) {
      this.#oversized = { head: this.#lines[0] ?? data, tail: data, byteLength };
      this.#lines = [];
    } else {
      this.#lines.push(data);
      this.#dataBytes = byteLength + 1;
    }
  }

  #onOversizedLine(head: Buffer, tail: Buffer, byteLength: number): void {
    if (head.toString('latin1', 0, 5) !== 'data:') return;
    const data = head.subarray(head[5] === SPACE ? 6 : 5);
    this.#oversized ??= { head: this.#lines[0] ?? data, tail, byteLength: this.#dataBytes };
    this.#oversized.tail = tail;
    this.#oversized.byteLength += byteLength;
    this.#lines = [];
  }

  #dispatch(): void {
    const oversized = this.#oversized;
    const event = { type: this.#type, id: this.#id, data: joined(this.#lines) };
    this.#type = '';
    this.#id = undefined;
    this.#lines = [];
    this.#dataBytes = 0;
    this.#oversized = undefined;
    if (oversized !== undefined) {
      this.#handlers.onOversized(oversized.head, oversized.tail, oversized.byteLength);
    } else if (event.data.length > 0 || event.id !== undefined) {
      this.#handlers.onEvent(event);
    }
  }
}

function joined(lines: readonly Buffer[]): Buffer {
  const [first = EMPTY] = lines;
  if (lines.length < 2) return first;
  return Buffer.concat(lines.flatMap((line, index) => (index === 0 ? [line] : [SEPARATOR, line])));
}
