#!/usr/bin/env node
import { closeSync, openSync, writeSync } from 'node:fs';
import { CommanderError } from 'commander';
import { checks } from './checks/registry.ts';
import { verifyCommand, type Flags, type ReportFormat } from './cli-options.ts';
import { chooseChecks } from './engine/choose-checks.ts';
import { ServerUnavailableError } from './engine/session-keeper.ts';
import type { RunSummary } from './events.ts';
import { createJsonReporter } from './reporters/json.ts';
import { createNdjsonReporter } from './reporters/ndjson.ts';
import { createProgressReporter } from './reporters/progress.ts';
import type { Reporter, Write } from './reporters/reporter.ts';
import { createTextReporter } from './reporters/text.ts';
import { createStdioTarget } from './target/stdio-target.ts';
import { verify } from './verify.ts';

class UsageError extends Error {}

const CLEAN = 0;
const FINDINGS = 1;
const COULD_NOT_RUN = 2;
const INTERRUPTED = 130;

// A reader that has seen enough, such as `head`, closes the pipe: that is its right, and no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});
process.exitCode = await main(process.argv.slice(2));

async function main(words: readonly string[]): Promise<number> {
  try {
    return await run(words);
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return CLEAN; // --help and --version
    if (!isExpected(error)) {
      process.stderr.write(`mcpo-verify: ${error instanceof Error ? error.stack : String(error)}\n`);
      return COULD_NOT_RUN;
    }
    process.stderr.write(`mcpo-verify: ${toOneLine(error.message)}\n`);
    const tail = error instanceof ServerUnavailableError ? error.stderrTail : [];
    for (const line of tail) process.stderr.write(`  | ${line}\n`);
    return COULD_NOT_RUN;
  }
}

async function run(words: readonly string[]): Promise<number> {
  const { flags, server } = parse(words);
  if (flags.listChecks === true) {
    for (const { id, severity, title } of checks) {
      process.stdout.write(`${id.padEnd(30)}${severity.padEnd(9)}${title}\n`);
    }
    return CLEAN;
  }
  const [command, ...args] = server;
  if (command === undefined) {
    throw new UsageError('name the server: mcpo-verify [options] -- <mcp command>; see mcpo-verify --help');
  }
  const chosen = chooseChecks(flags.checks ?? ['*'], flags.excludeChecks ?? []);
  if (chosen.observers.length + chosen.probes.length + chosen.calls.length === 0) {
    throw new UsageError(
      `no check is chosen: ${chosen.warnings.join('; ') || 'all are excluded'}; see --list-checks`,
    );
  }
  const { cwd, env } = flags;
  const target = createStdioTarget({ command, args, ...(cwd !== undefined && { cwd }), ...(env && { env }) });
  const { reporters, closeAll } = openReports(flags);
  const stop = listenForSignals();
  try {
    let summary: RunSummary | undefined;
    for await (const event of verify({ ...toVerifyOptions(flags, server), target, signal: stop })) {
      for (const reporter of reporters) reporter.onEvent(event);
      if (event.kind === 'run-finished') ({ summary } = event);
    }
    return toExitCode(summary, flags.failOn);
  } catch (error) {
    if (stop.aborted) return INTERRUPTED;
    throw error;
  } finally {
    closeAll();
  }
}

function parse(words: readonly string[]): { readonly flags: Flags; readonly server: readonly string[] } {
  const at = words.indexOf('--');
  const own = at === -1 ? words : words.slice(0, at);
  // Errors are printed once, by whoever catches them.
  const command = verifyCommand()
    .exitOverride()
    .configureOutput({ outputError: () => undefined });
  command.parse([...own], { from: 'user' });
  return { flags: command.opts<Flags>(), server: at === -1 ? [] : words.slice(at + 1) };
}

function toVerifyOptions(
  flags: Flags,
  command: readonly string[],
): Omit<Parameters<typeof verify>[0], 'target'> {
  const { requestTimeout, failOn: _failOn, report: _report, listChecks: _list, cwd, env, ...rest } = flags;
  const options = [
    ...(requestTimeout === 30 ? [] : ['--request-timeout', String(requestTimeout)]),
    ...(cwd === undefined ? [] : ['--cwd', cwd]),
    // Values may be secrets: who replays it knows them.
    ...Object.keys(env ?? {}).flatMap((name) => ['--env', `${name}=…`]),
  ];
  return { ...rest, requestTimeoutMs: requestTimeout * 1000, commandLine: { options, command } };
}

function openReports({ report = [] }: Flags): {
  readonly reporters: readonly Reporter[];
  readonly closeAll: () => void;
} {
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
  if (process.stderr.isTTY) reporters.unshift(createProgressReporter((text) => process.stderr.write(text)));
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

/** The first signal ends the run with what was found; a second one ends the process. */
function listenForSignals(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => controller.abort());
  return controller.signal;
}

function toExitCode(summary: RunSummary | undefined, failOn: Flags['failOn']): number {
  if (summary === undefined || summary.isInterrupted) return INTERRUPTED;
  const { error, warning } = summary.findings;
  if (error > 0 || (failOn === 'warning' && warning > 0)) return FINDINGS;
  return summary.withoutServer > 0 ? COULD_NOT_RUN : CLEAN;
}

// Commander: option '--seed <number>' argument 'x' is invalid. Write …
function toOneLine(message: string): string {
  const [line = ''] = message.replace(/^error: /, '').split('\n');
  const match = /^option '(--[\w-]+)[^']*' argument '(.*?)' is invalid\. (.*)$/.exec(line);
  return match === null ? line : `${match[1]}: '${match[2]}': ${match[3]}`;
}

function isExpected(error: unknown): error is Error {
  return (
    error instanceof CommanderError || error instanceof UsageError || error instanceof ServerUnavailableError
  );
}
