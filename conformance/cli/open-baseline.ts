import { existsSync } from 'node:fs';
import { readBaseline, updateBaseline, writeBaseline } from '../baseline/baseline-file.ts';
import type { KnownFinding } from '../baseline/known-finding.ts';
import type { Flags } from '../cli-options.ts';
import type { Finding } from '../findings/finding.ts';
import type { Reporter } from '../reporters/reporter.ts';
import { UsageError } from './cli-error.ts';

/** The baseline of the command line. */
export interface OpenBaseline {
  /** Undefined when there is none. */
  readonly known: readonly KnownFinding[] | undefined;
  /** Writes it anew at the end of all runs, where that is wanted. */
  readonly reporter: Reporter;
}

/**
 * Reads the baseline that the command line names.
 *
 * @throws {ConfigError} when it cannot be read
 * @throws {UsageError} when there is none to update
 */
export function openBaseline({ baseline: path, updateBaseline: isWanted }: Flags): OpenBaseline {
  if (path === undefined) {
    if (isWanted === true) throw new UsageError('--update-baseline needs to know which: --baseline <file>');
    return { known: undefined, reporter: { onEvent: () => undefined } };
  }
  if (isWanted !== true) {
    if (!existsSync(path)) {
      throw new UsageError(`there is no baseline '${path}'; --update-baseline writes it`);
    }
    return { known: readBaseline(path), reporter: { onEvent: () => undefined } };
  }
  const before = existsSync(path) ? readBaseline(path) : [];
  return { known: before, reporter: createUpdater(path, before) };
}

function createUpdater(path: string, before: readonly KnownFinding[]): Reporter {
  const findings: Finding[] = [];
  const gone: KnownFinding[] = [];
  let finished = 0;
  let isUnderWay = false;
  return {
    onEvent: (event) => {
      if (event.kind === 'run-started') isUnderWay = true;
      if (event.kind === 'finding') findings.push(event.finding);
      if (event.kind === 'known-gone') gone.push(event.known);
      // A server that does not start leaves what is known of it as it was.
      if (event.kind === 'run-failed') isUnderWay = false;
      if (event.kind !== 'run-finished' || event.summary.isInterrupted) return;
      isUnderWay = false;
      finished += 1;
    },
    onEnd: () => {
      if (isUnderWay || finished === 0) {
        process.stderr.write(`mcpo-verify: ${path} is as it was, since the run came to no end\n`);
        return;
      }
      const next = updateBaseline({ before, findings, gone });
      write(path, next);
      const added = next.filter(({ id }) => before.every((known) => known.id !== id)).length;
      const holds = next.length === 1 ? '1 finding' : `${next.length === 0 ? 'no' : next.length} findings`;
      process.stderr.write(`mcpo-verify: ${path} holds ${holds}: ${added} new, ${gone.length} gone\n`);
    },
  };
}

function write(path: string, findings: readonly KnownFinding[]): void {
  try {
    writeBaseline(path, findings);
  } catch (error) {
    throw new UsageError(`--baseline: cannot write ${path}: ${error instanceof Error ? error.message : ''}`);
  }
}
