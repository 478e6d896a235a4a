import type { ServerResponse } from 'node:http';
import { eventStreamMediaType } from '../gateway/accept.ts';

/** A server-sent events answer that begins with its first event, so that what fails before can answer plainly. */
export interface EventStream {
  readonly hasBegun: boolean;
  /** Sends one event; `data` is JSON text. Events are skipped while the reader is slow, unless `isLast`. */
  send(event: 'progress' | 'result' | 'error', data: string, isLast?: boolean): void;
}

/** A reader this far behind misses progress events: each carries the whole state, so a later one replaces it. */
const maxBufferedBytes = 64 * 1024;

/**
 * Opens an event stream on a response (WHATWG HTML section 9.2).
 *
 * @param heartbeatMs between comments that keep proxies from closing a silent stream; the first one begins it
 */
export function createEventStream(
  response: ServerResponse,
  headers: Readonly<Record<string, string>>,
  heartbeatMs: number,
): EventStream {
  const timer = setInterval(() => {
    begin();
    if (response.writableLength < maxBufferedBytes) response.write(': still running\n\n');
  }, heartbeatMs);
  response.once('close', () => clearInterval(timer));

  function begin(): void {
    if (response.headersSent) return;
    response.writeHead(200, {
      ...headers,
      'content-type': eventStreamMediaType,
      'cache-control': 'no-store',
    });
  }

  return {
    get hasBegun() {
      return response.headersSent;
    },
    send(event, data, isLast = false) {
      begin();
      const block = `event: ${event}\n${toDataLines(data)}\n\n`;
      if (isLast) {
        clearInterval(timer);
        response.end(block);
      } else if (response.writableLength < maxBufferedBytes) {
        response.write(block);
      }
    },
  };
}

// A line break ends a field; between JSON tokens it means nothing, so several data fields give the same JSON.
function toDataLines(data: string): string {
  return `data: ${data.replaceAll(/\r\n?|\n/g, '\ndata: ')}`;
}
