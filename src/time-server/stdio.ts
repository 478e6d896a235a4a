import type { Readable, Writable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { type TimeServerOptions, createTimeServer } from './server.ts';

/** Where the server listens and answers, and when it stops. */
export interface StdioOptions extends TimeServerOptions {
  readonly stdin: Readable;
  /** Carries nothing but protocol messages (MCP 2025-11-25, basic/transports, stdio). */
  readonly stdout: Writable;
  /** Ends the service when aborted. */
  readonly signal: AbortSignal;
  /** Told about lines that are no MCP messages; they are otherwise ignored. */
  readonly onProtocolError: (error: Error) => void;
}

/**
 * Serves the time tools on a pair of streams until the client closes either of them or the signal is aborted.
 *
 * Requests that arrived before the end are answered; the stream may still be flushing when this resolves.
 *
 * @throws UsageError when `localTimezone` is not an IANA name.
 */
export async function serveTimeOnStdio(options: StdioOptions): Promise<void> {
  const server = createTimeServer(options);
  // The SDK's server is no EventTarget.
  // oxlint-disable-next-line unicorn/prefer-add-event-listener
  server.onerror = options.onProtocolError;
  const gone = new Promise<void>((resolve) => {
    options.stdin
      .once('end', resolve)
      .once('close', resolve)
      .once('error', () => resolve());
    // A client that no longer reads (EPIPE) is gone too; the listener stays, as every later write fails again.
    options.stdout.on('error', () => resolve());
    options.signal.addEventListener('abort', () => resolve(), { once: true });
    if (options.signal.aborted) resolve();
  });
  await server.connect(new StdioServerTransport(options.stdin, options.stdout));
  await gone;
  // The tools answer without waiting for anything, so one turn of the event loop completes what has arrived.
  await setImmediate();
  await server.close();
}
