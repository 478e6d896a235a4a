import type { RunSummary } from '../events.ts';
import type { Flags } from '../cli-options.ts';

/** What the exit code says of a run. */
export const exitCodes = { clean: 0, findings: 1, couldNotRun: 2, interrupted: 130 } as const;

export function toExitCode(summary: RunSummary | undefined, failOn: Flags['failOn']): number {
  if (summary === undefined || summary.isInterrupted) return exitCodes.interrupted;
  const { error, warning } = summary.findings;
  if (error > 0 || (failOn === 'warning' && warning > 0)) return exitCodes.findings;
  return summary.withoutServer > 0 ? exitCodes.couldNotRun : exitCodes.clean;
}
