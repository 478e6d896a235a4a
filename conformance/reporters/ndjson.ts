import type { Reporter, Write } from './reporter.ts';

/** Writes each event as a line of JSON, as it happens. */
export function createNdjsonReporter(write: Write): Reporter {
  return { onEvent: (event) => write(`${JSON.stringify(event)}\n`) };
}
