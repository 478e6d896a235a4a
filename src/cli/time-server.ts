#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { UsageError } from '../errors.ts';
import { serveTimeOnStdio } from '../time-server/stdio.ts';
import { packageVersion } from '../package.ts';

const command = new Command('mcpo-time-server')
  .description(
    'MCP server (stdio) with two tools: the current time in a timezone, and conversion between timezones',
  )
  .option('--local-timezone <IANA>', "zone to use when the user names none (default: the system's, else UTC)")
  .version(packageVersion)
  .allowExcessArguments(false)
  .addHelpText(
    'after',
    '\nExample, as a REST API:\n  $ mcpo-serve -- mcpo-time-server --local-timezone Europe/Paris\n',
  )
  .configureOutput({ outputError: () => undefined })
  .exitOverride();

const advice = '; write mcpo-time-server [--local-timezone <IANA>], such as --local-timezone Europe/Paris';

process.exitCode = await run();

async function run(): Promise<number> {
  try {
    command.parse();
    await serve(command.opts<{ localTimezone?: string }>().localTimezone);
    return 0;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0; // --help and --version
    if (!(error instanceof CommanderError) && !(error instanceof UsageError)) throw error;
    const [message] = error.message.replace(/^error: |\.$/g, '').split('\n');
    process.stderr.write(`mcpo-time-server: ${message}${error instanceof UsageError ? '' : advice}\n`);
    return 2;
  }
}

async function serve(localTimezone: string | undefined): Promise<void> {
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort());
  await serveTimeOnStdio({
    stdin: process.stdin,
    stdout: process.stdout,
    signal: stop.signal,
    localTimezone,
    onProtocolError: (error) =>
      process.stderr.write(`mcpo-time-server: ignored a message: ${error.message}\n`),
  });
  // An open stdin would keep the process alive after a signal.
  process.stdin.destroy();
}
