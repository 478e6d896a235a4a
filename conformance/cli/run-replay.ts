import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Finding } from '../findings/finding.ts';
import { toFindingText } from '../reporters/text/finding-text.ts';
import { createPaint } from '../reporters/text/paint.ts';
import { readSaved } from '../saved/read-saved.ts';
import { replayFinding } from '../saved/replay-finding.ts';
import type { SavedFinding, SavedTarget } from '../saved/saved-finding.ts';
import type { Target } from '../target/target.ts';
import { UsageError } from './cli-error.ts';
import { exitCodes } from './exit-code.ts';
import { openTarget } from './open-target.ts';
import type { ReplayFlags, ReplayWords } from './replay-words.ts';
import { readRestFlags } from './rest-flags.ts';
import { listenForSignals } from './signals.ts';

const WIDTH = 80;

/**
 * `mcpo-verify replay <file|id>`: does again what showed a finding, and resolves with the exit code.
 *
 * @throws {UsageError} when there is no such finding, or its server cannot be named
 * @throws {ServerUnavailableError} when the server does not start
 */
export async function runReplay({ finding: word, flags, server }: ReplayWords): Promise<number> {
  const read = readSaved(word, flags.saveDir);
  if (read.kind === 'none') throw new UsageError(read.reason);
  const saved = withTimeout(read.saved, flags);
  const stop = listenForSignals();
  const target = await (server.length > 0 ? openTarget(flags, server) : reopen(saved.target, flags));
  try {
    const more = await readRestFlags(saved.target.flags);
    const outcome = await replayFinding(saved, { target, ...more, signal: stop });
    if (stop.aborted) return exitCodes.interrupted;
    switch (outcome.kind) {
      case 'still-there':
        say(`${toText(outcome.finding)}\n\nStill there.`);
        return exitCodes.findings;
      case 'not-seen':
        say(`${toText(saved.finding)}\n\n${toGoneText(outcome.tries, saved.finding)}`);
        return exitCodes.clean;
      case 'untried':
        say(`${toText(saved.finding)}\n\nCould not be tried: ${outcome.reason}.`);
        return exitCodes.couldNotRun;
    }
  } catch (error) {
    if (stop.aborted) return exitCodes.interrupted;
    throw error;
  }
}

function withTimeout(saved: SavedFinding, { requestTimeout }: ReplayFlags): SavedFinding {
  if (requestTimeout === undefined) return saved;
  return { ...saved, options: { ...saved.options, requestTimeoutMs: requestTimeout } };
}

/** The server as it was started when the finding was saved: from the same folder, with variables of the same names. */
function reopen(
  { command, folder, flags: saved, env: names }: SavedTarget,
  flags: ReplayFlags,
): Promise<Target> | Target {
  if (!existsSync(folder)) {
    throw new UsageError(`${folder}, where the server was started from, is gone; name it: -- <mcp command>`);
  }
  const given = { ...(flags.cwd !== undefined && { cwd: resolve(flags.cwd) }) };
  process.chdir(folder);
  const env: Record<string, string> = { ...flags.env };
  for (const name of names) {
    const value = env[name] ?? process.env[name];
    if (value !== undefined) env[name] = value;
  }
  const missing = names.filter((name) => env[name] === undefined);
  if (missing.length > 0) {
    const options = missing.map((name) => `--env ${name}=…`).join(' ');
    throw new UsageError(`values of variables are not saved; give them again: ${options}`);
  }
  const header = joinHeaders(saved.header, flags.header);
  const variables = names.length === 0 && flags.env === undefined ? {} : { env };
  return openTarget({ ...saved, ...given, ...variables, ...(header && { header }) }, command);
}

/** Those that were saved, but for the ones that are given again. */
function joinHeaders(
  saved: readonly string[] | undefined,
  given: readonly string[] = [],
): readonly string[] | undefined {
  const again = new Set(given.map(nameOf));
  const kept = (saved ?? []).filter((text) => !again.has(nameOf(text)));
  const missing = kept.filter((text) => text.endsWith('…'));
  if (missing.length > 0) {
    const options = missing.map((text) => `--header '${text}'`).join(' ');
    throw new UsageError(`values of headers are not saved; give them again: ${options}`);
  }
  return saved === undefined && given.length === 0 ? undefined : [...kept, ...given];
}

function nameOf(header: string): string {
  return (header.split(':')[0] ?? '').trim().toLowerCase();
}

function toText(finding: Finding): string {
  return toFindingText(finding, 1, WIDTH, createPaint(false));
}

function toGoneText(tries: number, { isFlaky }: Finding): string {
  const times = tries === 1 ? '' : ` in ${tries} tries`;
  return isFlaky ? `Not seen${times}; it was not seen again at first either.` : `Not seen any more${times}.`;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
