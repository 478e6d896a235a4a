import { CommanderError } from 'commander';
import { ConfigError } from '../../src/index.ts';
import { ServerUnavailableError } from '../engine/session-keeper.ts';
import { NothingSelectedError } from '../verify.ts';

/** What the user said cannot be done; the message says what to say instead. */
export class UsageError extends Error {}

/** What the user is told of an error: a line, and what explains it. Undefined when the error is a defect of ours. */
export function toErrorText(error: unknown): string | undefined {
  if (error instanceof ConfigError && error.problems.length > 1) {
    return [`mcpo-verify: ${error.message}`, ...error.problems.map((problem) => `  ${problem}`)].join('\n');
  }
  if (isWriteError(error)) return `mcpo-verify: a report cannot be written: ${error.message}`;
  if (!isExpected(error)) return undefined;
  const tail = error instanceof ServerUnavailableError ? error.stderrTail : [];
  return [`mcpo-verify: ${toOneLine(error.message)}`, ...tail.map((line) => `  | ${line}`)].join('\n');
}

// Commander: option '--seed <number>' argument 'x' is invalid. Write …
function toOneLine(message: string): string {
  const [line = ''] = message.replace(/^error: /, '').split('\n');
  if (line.startsWith('too many arguments')) {
    return 'put -- before the server: mcpo-verify [options] -- <mcp command or URL>';
  }
  const match = /^option '(--[\w-]+)[^']*' argument '(.*?)' is invalid\. (.*)$/.exec(line);
  return match === null ? line : `${match[1]}: '${match[2]}': ${match[3]}`;
}

/** The disk is full, or gone. */
function isWriteError(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error && error.syscall === 'write';
}

function isExpected(error: unknown): error is Error {
  return (
    error instanceof CommanderError ||
    error instanceof ConfigError ||
    error instanceof UsageError ||
    error instanceof NothingSelectedError ||
    error instanceof ServerUnavailableError
  );
}
