import type { RunReport } from './collect-runs.ts';

/** What several runs come to together. */
export interface Sum {
  readonly runs: number;
  /** Runs whose server could not be started, or that came to no end. */
  readonly unfinished: number;
  readonly checks: {
    readonly passed: number;
    readonly failed: number;
    readonly flaky: number;
    readonly known: number;
    readonly notExercised: number;
    readonly notRun: number;
  };
  readonly tools: { readonly listed: number; readonly called: number };
  readonly findings: { readonly error: number; readonly warning: number; readonly flaky: number };
  readonly baseline: { readonly known: number; readonly gone: number };
  readonly requests: number;
  readonly durationMs: number;
}

export function sumRuns(runs: readonly RunReport[]): Sum {
  const add = (read: (summary: NonNullable<RunReport['summary']>) => number): number =>
    runs.reduce((total, { summary }) => total + (summary === undefined ? 0 : read(summary)), 0);
  return {
    runs: runs.length,
    unfinished: runs.filter(({ summary }) => summary === undefined).length,
    checks: {
      passed: add(({ checks }) => checks.passed),
      failed: add(({ checks }) => checks.failed),
      flaky: add(({ checks }) => checks.flaky),
      known: add(({ checks }) => checks.known),
      notExercised: add(({ checks }) => checks.notExercised),
      notRun: add(({ checks }) => checks.notRun),
    },
    tools: { listed: add(({ tools }) => tools.listed), called: add(({ tools }) => tools.called) },
    findings: {
      error: add(({ findings }) => findings.error),
      warning: add(({ findings }) => findings.warning),
      flaky: add(({ findings }) => findings.flaky),
    },
    baseline: {
      known: add(({ baseline }) => baseline?.known ?? 0),
      gone: add(({ baseline }) => baseline?.gone ?? 0),
    },
    requests: add(({ requests }) => requests),
    durationMs: add(({ durationMs }) => durationMs),
  };
}
