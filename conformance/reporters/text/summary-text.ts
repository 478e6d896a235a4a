import type { RunSummary } from '../../events.ts';
import type { Sum } from '../sum-runs.ts';

/** The sum of a run. */
export function toSummaryText(summary: RunSummary): string {
  const { checks, findings, tools, requests, durationMs } = summary;
  return [
    ...(summary.isInterrupted ? ['Interrupted: this is what was found so far.'] : []),
    ...(summary.withoutServer > 0
      ? [`The server could not be started again, ${toCount(summary.withoutServer, 'time')}.`]
      : []),
    ...(summary.isCutShort ? ['Ended early: --max-failures was reached.'] : []),
    `Checks:   ${toCheckCounts(checks)}`,
    `Tools:    ${tools.called} of ${tools.listed} called`,
    `Findings: ${toFindingCounts(findings)}`,
    ...(summary.baseline === undefined
      ? []
      : [`Baseline: ${summary.baseline.known} known, ${summary.baseline.gone} gone`]),
    `${toCount(requests, 'request')} in ${toSeconds(durationMs)}`,
  ].join('\n');
}

/** The last line after several runs. */
export function toSumText({ runs, unfinished, checks, findings }: Sum): string {
  const failed = unfinished > 0 ? `, ${unfinished} of them not verified to the end` : '';
  return `All ${runs} servers${failed}: ${toFindingCounts(findings)}; checks: ${toCheckCounts(checks)}`;
}

/** `3 passed, 1 failed, 2 not exercised`. */
export function toCheckCounts({
  passed,
  failed,
  flaky,
  known,
  notExercised,
  notRun,
}: RunSummary['checks']): string {
  return [
    `${passed} passed`,
    `${failed} failed`,
    ...(known > 0 ? [`${known} known`] : []),
    ...(flaky > 0 ? [`${flaky} flaky`] : []),
    `${notExercised} not exercised`,
    ...(notRun > 0 ? [`${notRun} not run`] : []),
  ].join(', ');
}

/** `1 error, 2 warnings`. */
export function toFindingCounts({ error, warning, flaky }: RunSummary['findings']): string {
  const counts = [toCount(error, 'error'), toCount(warning, 'warning')];
  return [...counts, ...(flaky > 0 ? [`${flaky} flaky`] : [])].join(', ');
}

/** `1 error`, `2 errors`. */
export function toCount(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** `68.1 s`, `12:05 min`. */
export function toSeconds(durationMs: number): string {
  const seconds = durationMs / 1000;
  if (seconds < 100) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')} min`;
}
