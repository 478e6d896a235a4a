import type { RunSummary } from '../events.ts';
import type { Flags } from '../cli-options.ts';

/** What the exit code says of a run. */
export const exitCodes = { clean: 0, findings: 1, couldNotRun: 2, interrupted: 130 } as const;

/** With `--update-baseline`, all that is found is known from then on. */
export function toExitCode(
  summary: RunSummary | undefined,
  { failOn, updateBaseline }: Pick<Flags, 'failOn' | 'updateBaseline'>,
): number {
  if (summary === undefined || summary.isInterrupted) return exitCodes.interrupted;
  if (updateBaseline !== true && hasFailed(summary, failOn)) return exitCodes.findings;
  return summary.withoutServer > 0 ? exitCodes.couldNotRun : exitCodes.clean;
}

function hasFailed({ findings, baseline }: RunSummary, failOn: Flags['failOn']): boolean {
  const { error, warning } = findings;
  return error > 0 || (failOn === 'warning' && warning > 0) || (baseline?.gone ?? 0) > 0;
}
