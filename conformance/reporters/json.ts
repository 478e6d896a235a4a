import { collectRuns } from './collect-runs.ts';
import type { Reporter, Write } from './reporter.ts';

/** Writes one JSON document at the end of all runs; its schema is spec/verify-report.schema.json. */
export function createJsonReporter(write: Write): Reporter {
  const { onEvent, runs } = collectRuns();
  return { onEvent, onEnd: () => write(`${JSON.stringify({ version: 1, runs }, null, 2)}\n`) };
}
