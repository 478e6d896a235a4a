import { closeSync, openSync, writeSync } from 'node:fs';
import type { Flags, ReportFormat } from '../cli-options.ts';
import { createHtmlReporter } from '../reporters/html.ts';
import { createJsonReporter } from '../reporters/json.ts';
import { createJunitReporter } from '../reporters/junit.ts';
import { createMarkdownReporter } from '../reporters/markdown.ts';
import { createNdjsonReporter } from '../reporters/ndjson.ts';
import { createProgressReporter } from '../reporters/progress.ts';
import type { Reporter, Write } from '../reporters/reporter.ts';
import { createTextReporter } from '../reporters/text.ts';
import { UsageError } from './cli-error.ts';
import { openGithub } from './open-github.ts';

/** The reporters of the runs, and the files that they write to. */
export interface OpenReports {
  readonly reporters: readonly Reporter[];
  /** Lets the reporters write what they only know at the end of all runs, and closes the files. */
  readonly closeAll: () => void;
}

/**
 * Opens the files that reports go to, before anything is tried.
 *
 * @throws {UsageError} when one cannot be written
 */
export function openReports(
  { report = [], github }: Flags,
  env: NodeJS.ProcessEnv = process.env,
): OpenReports {
  const files: number[] = [];
  const reporters = report.map(({ format, path }) => {
    if (path === '-') return createReporter(format, writeOut, hasColors(env));
    const file = openFile(path);
    files.push(file);
    return createReporter(format, (text) => writeAll(file, text), false);
  });
  const isStdoutTaken = report.some(({ path }) => path === '-');
  if (!isStdoutTaken) reporters.push(createReporter('text', writeOut, hasColors(env)));
  const isText = !report.some(({ path, format }) => path === '-' && format !== 'text');
  if (github && env['GITHUB_ACTIONS'] === 'true')
    reporters.unshift(openGithub(env, isText ? writeOut : writeErr));
  if (process.stderr.isTTY) reporters.unshift(createProgressReporter(writeErr, terminal));
  return {
    reporters,
    closeAll: () => {
      // The first to begin is the last to end: it may have put something around what the others write.
      for (const reporter of reporters.toReversed()) reporter.onEnd?.();
      for (const file of files) closeSync(file);
    },
  };
}

function createReporter(format: ReportFormat, write: Write, isColoured: boolean): Reporter {
  switch (format) {
    case 'text':
      return createTextReporter(write, { isColoured });
    case 'json':
      return createJsonReporter(write);
    case 'ndjson':
      return createNdjsonReporter(write);
    case 'junit':
      return createJunitReporter(write);
    case 'markdown':
      return createMarkdownReporter(write);
    case 'html':
      return createHtmlReporter(write);
  }
}

function writeOut(text: string): void {
  process.stdout.write(text);
}

function writeErr(text: string): void {
  process.stderr.write(text);
}

/** One write may take a part only, of a pipe that has a name. */
function writeAll(file: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
}

/** https://no-color.org: set to anything but nothing, it means no. */
function hasColors({ NO_COLOR = '', TERM }: NodeJS.ProcessEnv): boolean {
  return process.stdout.isTTY && NO_COLOR === '' && TERM !== 'dumb';
}

const terminal = {
  now: () => performance.now(),
  columns: () => process.stderr.columns,
  everySecond: (tick: () => void) => {
    const timer = setInterval(tick, 1000).unref();
    return () => clearInterval(timer);
  },
};

function openFile(path: string): number {
  try {
    return openSync(path, 'w');
  } catch (error) {
    throw new UsageError(`--report: cannot write ${path}: ${error instanceof Error ? error.message : ''}`);
  }
}
