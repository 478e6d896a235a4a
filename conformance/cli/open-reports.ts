import { closeSync, openSync, writeSync } from 'node:fs';
import type { Flags, ReportFormat } from '../cli-options.ts';
import { createJsonReporter } from '../reporters/json.ts';
import { createNdjsonReporter } from '../reporters/ndjson.ts';
import { createProgressReporter } from '../reporters/progress.ts';
import type { Reporter, Write } from '../reporters/reporter.ts';
import { createTextReporter } from '../reporters/text.ts';
import { UsageError } from './cli-error.ts';

/** The reporters of a run, and the files that they write to. */
export interface OpenReports {
  readonly reporters: readonly Reporter[];
  readonly closeAll: () => void;
}

/**
 * Opens the files that reports go to, before anything is tried.
 *
 * @throws {UsageError} when one cannot be written
 */
export function openReports({ report = [] }: Flags): OpenReports {
  const files: number[] = [];
  const reporters = report.map(({ format, path }) => {
    if (path === '-') return createReporter(format, (text) => process.stdout.write(text));
    const file = openFile(path);
    files.push(file);
    return createReporter(format, (text) => writeSync(file, text));
  });
  if (!report.some(({ path }) => path === '-')) {
    reporters.push(createTextReporter((text) => process.stdout.write(text)));
  }
  if (process.stderr.isTTY) reporters.unshift(createProgressReporter((text) => process.stderr.write(text), terminal));
  return { reporters, closeAll: () => files.forEach((file) => closeSync(file)) };
}

function createReporter(format: ReportFormat, write: Write): Reporter {
  switch (format) {
    case 'text':
      return createTextReporter(write);
    case 'json':
      return createJsonReporter(write);
    case 'ndjson':
      return createNdjsonReporter(write);
  }
}

function openFile(path: string): number {
  try {
    return openSync(path, 'w');
  } catch (error) {
    throw new UsageError(`--report: cannot write ${path}: ${error instanceof Error ? error.message : ''}`);
  }
}
