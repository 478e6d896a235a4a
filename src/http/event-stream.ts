import type { ServerResponse } from 'node:http';
import { eventStreamMediaType } from '../gateway/accept.ts';
import { endInSlices, sliceBytes, type SliceForm } from './send-in-slices.ts';

/** A server-sent events answer that begins with its first event, so that what fails before can answer plainly. */
export interface EventStream {
  readonly hasBegun: boolean;
  /** Sends one event; `data` is JSON text. Skipped while the reader is slow: each has the whole state. */
  send(event: 'progress', data: string): void;
  /** Sends the last event, whatever waits, and ends the stream. */
  end(event: 'result' | 'error', data: string | Buffer): void;
}

/** How to open one. */
export interface EventStreamOptions {
  /** Is asked when the stream begins. */
  readonly toHeaders: () => Readonly<Record<string, string>>;
  /** Between comments that keep proxies from closing a silent stream; the first one begins it. */
  readonly heartbeatMs: number;
  readonly requestId: string;
}

/** A reader this far behind misses progress events until it has caught up. */
const maxBufferedBytes = 64 * 1024;

/** Opens an event stream on a response (WHATWG HTML section 9.2). */
export function createEventStream(
  response: ServerResponse,
  { toHeaders, heartbeatMs, requestId }: EventStreamOptions,
): EventStream {
  const timer = setInterval(() => {
    begin();
    // What waits to be read keeps the stream from being silent; and more, without end, would look like progress.
    if (response.writableLength === 0) response.write(': still running\n\n');
  }, heartbeatMs);
  response.once('close', () => clearInterval(timer));
  let isBehind = false;

  function begin(): void {
    if (response.headersSent) return;
    response.writeHead(200, {
      ...toHeaders(),
      'content-type': eventStreamMediaType,
      'cache-control': 'no-store',
    });
  }

  return {
    get hasBegun() {
      return response.headersSent;
    },
    send(event, data) {
      begin();
      const waiting = response.writableLength;
      isBehind = isBehind ? waiting > 0 : waiting >= maxBufferedBytes;
      if (!isBehind) response.write(`event: ${event}\n${toDataLines(data)}\n\n`);
    },
    end(event, data) {
      begin();
      clearInterval(timer);
      if (data.length <= sliceBytes) {
        response.end(`event: ${event}\n${toDataLines(data.toString())}\n\n`);
        return;
      }
      response.write(`event: ${event}\ndata: `);
      endInSlices(response, typeof data === 'string' ? Buffer.from(data) : data, requestId, inDataLines);
    },
  };
}

// A line break ends a field; between JSON tokens it means nothing, so several data fields give the same JSON.
function toDataLines(data: string): string {
  return `data: ${continueLines(data)}`;
}

function continueLines(data: string): string {
  return data.replaceAll(/\r\n?|\n/g, '\ndata: ');
}

const inDataLines: SliceForm = {
  toSlice: (slice) =>
    slice.includes(0x0a) || slice.includes(0x0d)
      ? Buffer.from(continueLines(slice.toString('latin1')), 'latin1')
      : slice,
  tail: '\n\n',
};
