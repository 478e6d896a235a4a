import { BoundedBytes } from './byte-text.ts';

/** One event of an event stream. */
export interface StreamEvent {
  /** '' when the stream does not say. */
  readonly type: string;
  /** Undefined when the event has none of its own. */
  readonly id: string | undefined;
  /** The lines of data, joined by line feeds, up to the limit; undefined when there are none. */
  readonly data: Buffer | undefined;
  /** How many bytes of data there were. */
  readonly byteLength: number;
}

export interface EventReaderHandlers {
  readonly onEvent: (event: StreamEvent) => void;
  /** The server says how long to wait before connecting again. */
  readonly onRetry?: (ms: number) => void;
}

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const COLON = 0x3a;
const BOM = Buffer.from([0xef, 0xbb, 0xbf]);
const LINE_FEED = Buffer.from('\n');
/** What may go before the data in its line. */
const FIELD_BYTES = BOM.length + 'data: '.length;
const MAX_FIELD_BYTES = 8192;

/** Reads an event stream from bytes as they come (WHATWG HTML 9.2.5, 9.2.6); data stays as the server wrote it. */
export class EventReader {
  readonly #handlers: EventReaderHandlers;
  readonly #line: BoundedBytes;
  readonly #data: BoundedBytes;
  #hasData = false;
  #type = '';
  #id: string | undefined;
  #isFirstLine = true;
  #skipsLineFeed = false;

  constructor(maxDataBytes: number, handlers: EventReaderHandlers) {
    this.#handlers = handlers;
    this.#line = new BoundedBytes(maxDataBytes + FIELD_BYTES);
    this.#data = new BoundedBytes(maxDataBytes);
  }

  /** An event that is not ended by an empty line is none. */
  push(chunk: Buffer): void {
    let start = this.#skipsLineFeed && chunk[0] === LF ? 1 : 0;
    if (chunk.length > 0) this.#skipsLineFeed = false;
    let feed = indexOf(chunk, LF, start);
    let carriage = indexOf(chunk, CR, start);
    for (;;) {
      const end = Math.min(feed, carriage);
      if (end === Infinity) break;
      this.#line.add(chunk.subarray(start, end));
      this.#endLine();
      start = end + 1;
      if (end === carriage) {
        if (chunk[start] === LF) start += 1;
        else if (start === chunk.length) this.#skipsLineFeed = true;
        carriage = indexOf(chunk, CR, start);
      }
      if (feed < start) feed = indexOf(chunk, LF, start);
    }
    this.#line.add(chunk.subarray(start));
  }

  #endLine(): void {
    const { byteLength } = this.#line;
    let line = this.#line.take();
    const cut = byteLength - line.length;
    if (this.#isFirstLine && line.subarray(0, BOM.length).equals(BOM)) line = line.subarray(BOM.length);
    this.#isFirstLine = false;
    if (line.length === 0) {
      this.#endEvent();
      return;
    }
    const colon = line.indexOf(COLON);
    const name = (colon < 0 ? line : line.subarray(0, colon)).toString('latin1', 0, MAX_FIELD_BYTES);
    const start = colon < 0 ? line.length : line[colon + 1] === SPACE ? colon + 2 : colon + 1;
    this.#take(name, line.subarray(start), cut);
  }

  #take(name: string, value: Buffer, cut: number): void {
    switch (name) {
      case 'data':
        if (this.#hasData) this.#data.add(LINE_FEED);
        this.#hasData = true;
        this.#data.add(value);
        this.#data.skip(cut);
        return;
      case 'event':
        this.#type = value.toString('utf8', 0, MAX_FIELD_BYTES);
        return;
      case 'id':
        // One that is cut short would be another one.
        if (value.length <= MAX_FIELD_BYTES && !value.includes(0)) this.#id = value.toString('utf8');
        return;
      case 'retry':
        if (/^\d{1,9}$/.test(value.toString('latin1', 0, 10)))
          this.#handlers.onRetry?.(Number(value.toString('latin1')));
    }
  }

  #endEvent(): void {
    const [type, id, hasData, { byteLength }] = [this.#type, this.#id, this.#hasData, this.#data];
    const data = this.#data.take();
    this.#type = '';
    this.#id = undefined;
    this.#hasData = false;
    if (hasData || id !== undefined)
      this.#handlers.onEvent({ type, id, data: hasData ? data : undefined, byteLength });
  }
}

function indexOf(chunk: Buffer, byte: number, from: number): number {
  const at = chunk.indexOf(byte, from);
  return at < 0 ? Infinity : at;
}
