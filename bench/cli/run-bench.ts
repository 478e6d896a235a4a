import { closeSync, openSync, writeSync } from 'node:fs';
import { bench } from '../bench.ts';
import { openStepSummary } from '../../conformance/cli/step-summary.ts';
import { CannotRunError } from '../cannot-run.ts';
import { isSurvived } from '../faults/describe-faults.ts';
import { toCsv } from '../report/csv.ts';
import { toHtml } from '../report/html.ts';
import { toJson } from '../report/json.ts';
import { toMarkdown } from '../report/markdown.ts';
import { toText } from '../report/text.ts';
import { isSoakFine } from '../soak/describe-soak.ts';
import type { BenchResult } from '../result.ts';
import type { ReportFile } from './bench-command.ts';
import { createProgress } from './progress.ts';
import type { BenchRequest } from './read-options.ts';
import { requireWritable, saveRounds } from './save-rounds.ts';

/** What the exit code says of a run. */
export const exitCodes = { ok: 0, failed: 1, couldNotRun: 2, interrupted: 130 } as const;

/**
 * Measures, writes the reports, and resolves with the exit code.
 *
 * @throws CannotRunError when there is nothing that can be measured, or a report cannot be written
 */
export async function runBench({ options, reports, save }: BenchRequest): Promise<number> {
  const files = reports.map((report) => ({ report, write: openReport(report) }));
  if (save !== undefined) requireWritable(save);
  const signal = listenForSignals();
  const progress = createProgress(process.stderr);
  let result: BenchResult;
  try {
    result = await bench({ ...options, signal, onProgress: progress.show });
  } finally {
    progress.clear();
  }
  for (const { report, write } of files) write(render(report.format, result));
  if (!reports.some(({ path }) => path === '-')) process.stdout.write(toText(result));
  writeSummary(result);
  if (save !== undefined) saveRounds(save, result);
  return toExitCode(result);
}

/** Beside the other reports, where the run is a step of a GitHub workflow. */
function writeSummary(result: BenchResult): void {
  const { env } = process;
  const summary = env['GITHUB_ACTIONS'] === 'true' ? openStepSummary(env, 'mcpo-bench') : undefined;
  const markdown = toMarkdown(result);
  if (summary !== undefined && Buffer.byteLength(markdown) <= summary.maxBytes) summary.append(markdown);
}

function toExitCode({
  isInterrupted,
  assertions,
  sweep,
  pipelining,
  rounds,
  comparison,
  faults,
  soak,
}: BenchResult): number {
  if (isInterrupted) return exitCodes.interrupted;
  const repeated = rounds?.steps.flatMap((step) => step.rounds) ?? [];
  const isWrong =
    [...sweep.steps, ...repeated].some(({ wrong }) => wrong > 0) || (pipelining?.correlation.wrong ?? 0) > 0;
  const hasEndured = (faults === undefined || isSurvived(faults)) && (soak === undefined || isSoakFine(soak));
  return isWrong || !hasEndured || comparison?.verdict === 'worse' || assertions.some(({ isMet }) => !isMet)
    ? exitCodes.failed
    : exitCodes.ok;
}

function render(format: ReportFile['format'], result: BenchResult): string {
  switch (format) {
    case 'text':
      return toText(result);
    case 'json':
      return toJson(result);
    case 'csv':
      return toCsv(result);
    case 'markdown':
      return toMarkdown(result);
    case 'html':
      return toHtml(result);
  }
}

/** Opened before anything is measured: a minute of load for nothing is a pity. */
function openReport({ path }: ReportFile): (text: string) => void {
  if (path === '-') return (text) => void process.stdout.write(text);
  let file: number;
  try {
    file = openSync(path, 'w');
  } catch (error) {
    throw new CannotRunError(`--report: cannot write ${path}: ${(error as Error).message}`); // fs throws Errors
  }
  return (text) => {
    const bytes = Buffer.from(text);
    // One write may take a part only, of a pipe that has a name.
    for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
    closeSync(file);
  };
}

/** The first signal ends the run with what was measured; a second one ends the process. */
function listenForSignals(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => {
      controller.abort();
      process.once(name, () => process.exit(exitCodes.interrupted));
    });
  }
  return controller.signal;
}
