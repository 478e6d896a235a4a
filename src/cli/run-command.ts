import { CommanderError, InvalidArgumentError, type Command } from 'commander';
import {
  ConfigError,
  ContractRefusedError,
  ListenError,
  SiteError,
  UpstreamStartError,
  UsageError,
} from '../errors.ts';
import { toTerminalText } from '../terminal-text.ts';
import { requireValues } from './require-values.ts';

/** A command line cut at its first `--`. */
export interface SplitArguments {
  readonly own: readonly string[];
  /** What follows `--`; undefined without one. */
  readonly server: readonly string[] | undefined;
}

/** Cuts a command line at its first `--`: what follows belongs to the MCP server, whatever it looks like. */
export function splitArguments(words: readonly string[]): SplitArguments {
  const at = words.indexOf('--');
  return at === -1
    ? { own: words, server: undefined }
    : { own: words.slice(0, at), server: words.slice(at + 1) };
}

/** A reader that has seen enough, such as `head`, closes the pipe: that is its right, and no failure of ours. */
export function tolerateClosedOutput(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

/** Parses a command's own arguments; throws UsageError, with one line that says what to write instead. */
export function parseCommand(command: Command, own: readonly string[]): void {
  // Commander prints help itself; errors are printed once, by whoever catches them.
  command.exitOverride().configureOutput({ outputError: () => undefined });
  requireValues(command, own);
  try {
    command.parse(own, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode !== 0) {
      const message = shorten(toOneLine(error.message.replace(/^error: /, '')));
      throw new UsageError(`${message.replace(/\.$/, '')}; see ${command.name()} --help`, { cause: error });
    }
    throw error;
  }
}

// Commander: option '-p, --port <port>' argument 'abc' is invalid. 'abc' is no port; …
// Ours:      --port: 'abc' is no port; …
function shorten(message: string): string {
  const match =
    /^option '(?:-\w, )?(--[\w-]+)[^']*' (?:argument|value) '.*?' (?:from env '(\w+)' )?is invalid\. (.*)$/.exec(
      message,
    );
  // What follows the equals sign of a misspelt option may be a secret.
  if (match === null) return message.replace(/^(unknown option '--[^'=]+)=.*'/, "$1'");
  const [, option = '', variable, reason = ''] = match;
  return `${variable ?? option}: ${reason}`;
}

/** Wraps an argument parser, so that commander can name the option that its UsageError is about. */
export function toArgParser<T>(parse: (text: string, previous: T) => T): (text: string, previous: T) => T {
  return (text, previous) => {
    try {
      return parse(text, previous);
    } catch (error) {
      if (error instanceof UsageError) throw new InvalidArgumentError(error.message);
      throw error;
    }
  };
}

/**
 * Prints an error in one line on stderr (and the server's last words when it did not start).
 *
 * @param write takes it instead, with its line breaks
 * @returns the exit code: 2 usage or configuration, 1 any other failure, 0 when help was asked for
 */
export function reportError(
  name: string,
  error: unknown,
  write: (text: string) => unknown = (text) => process.stderr.write(text),
): number {
  if (error instanceof CommanderError && error.exitCode === 0) return 0;
  if (error instanceof ConfigError && error.problems.length > 1) {
    write(`${name}: ${toTerminalText(error.message, { keepsLines: true })}\n`);
    for (const problem of error.problems) write(`  ${toTerminalText(problem, { keepsLines: true })}\n`);
    return 2;
  }
  if (error instanceof UsageError) {
    write(`${name}: ${toTerminalText(error.message, { keepsLines: true })}\n`);
    return 2;
  }
  if (error instanceof UpstreamStartError) {
    write(`${name}: ${toTerminalText(toOneLine(error.message))}\n`);
    for (const line of error.stderrTail) write(`  | ${toTerminalText(line)}\n`);
    return 1;
  }
  if (error instanceof ContractRefusedError) {
    write(`${name}: ${toTerminalText(error.message, { keepsLines: true })}\n`);
    for (const line of error.changes) write(`  | ${toTerminalText(line)}\n`);
    return 1;
  }
  const isPlain = error instanceof ListenError || error instanceof SiteError;
  const text = isPlain ? error.message : error instanceof Error ? error.stack : String(error);
  write(`${name}: ${toTerminalText(text ?? '', { keepsLines: true })}\n`);
  return 1;
}

// What a server answers, and what is said about it, may be several lines long.
function toOneLine(message: string): string {
  return message.replaceAll(/\s*\n\s*/g, ' ');
}
