#!/usr/bin/env node
import { CommanderError } from 'commander';
import { CannotRunError } from './cannot-run.ts';
import { readOptions } from './cli/read-options.ts';
import { exitCodes, runBench } from './cli/run-bench.ts';
import { emit } from './emit/emit.ts';
import { toVisible } from './report/visible.ts';

// A reader that has seen enough, such as `head`, closes the pipe: that is its right, and no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});
process.exitCode = await main(process.argv.slice(2));
// What may still be open after a failure must not keep the process.
setTimeout(() => process.exit(), 2_000).unref();

async function main(words: readonly string[]): Promise<number> {
  try {
    const request = readOptions(words, process.env);
    if (request.emit === undefined) return await runBench(request);
    await emit(request.emit, request.options);
    return exitCodes.ok;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.ok; // --help and --version
    const defect = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`mcpo-bench: ${describe(error) ?? defect}\n`);
    return exitCodes.couldNotRun;
  }
}

/** What the user is told: a line, and what explains it. Undefined when the error is a defect of ours. */
function describe(error: unknown): string | undefined {
  if (error instanceof CannotRunError) {
    return [error.message, ...error.details.map((detail) => `  | ${detail}`)].map(toVisible).join('\n');
  }
  if (!(error instanceof CommanderError)) return undefined;
  // Commander: option '--users <count>' argument 'x' is invalid. Write …
  const [line = ''] = error.message.replace(/^error: /, '').split('\n');
  const match = /^option '(--[\w-]+)[^']*' argument '(.*)' is invalid\. (.*)$/.exec(line);
  if (match === null) return line;
  const [, option, value = '', reason = ''] = match;
  return reason.includes(`'${value}'`) ? `${option}: ${reason}` : `${option}: '${value}': ${reason}`;
}
