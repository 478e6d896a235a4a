import { renameSync, writeFileSync } from 'node:fs';
import { readCheckedFile, readSpecFile } from '../../src/index.ts';
import type { Finding } from '../findings/finding.ts';
import type { KnownFinding } from './known-finding.ts';

/**
 * Reads a baseline.
 *
 * @throws {ConfigError} with every mistake in it
 */
export function readBaseline(path: string): readonly KnownFinding[] {
  const { value } = readCheckedFile(path, readSpecFile('verify.baseline.schema.json'));
  const { findings } = value as { readonly findings: readonly KnownFinding[] }; // the schema says so
  return findings;
}

/** What a run came to, for a baseline. */
export interface BaselineUpdate {
  readonly before: readonly KnownFinding[];
  /** All findings of the run, or runs. */
  readonly findings: readonly Finding[];
  readonly gone: readonly KnownFinding[];
}

/**
 * The next baseline: what was there and is not gone, and what was found. Flaky findings are not added: they fail no run.
 */
export function updateBaseline({ before, findings, gone }: BaselineUpdate): readonly KnownFinding[] {
  const byId = new Map(before.map((known) => [known.id, known]));
  for (const { id } of gone) byId.delete(id);
  for (const finding of findings) {
    // What is known already stays as it is: another seed shrinks to other arguments.
    if (!finding.isFlaky && !byId.has(finding.id)) byId.set(finding.id, toKnown(finding));
  }
  return [...byId.values()].toSorted(inOrder);
}

/** Writes a baseline whole or not at all; the same findings make the same bytes. */
export function writeBaseline(path: string, findings: readonly KnownFinding[]): void {
  const next = `${path}.${process.pid}.tmp`;
  writeFileSync(next, `${JSON.stringify({ version: 1, findings }, null, 2)}\n`);
  renameSync(next, path);
}

/** Calls that take more text than this would make a baseline hard to read. */
const MAX_CALL_TEXT = 2_000;

function toKnown({ id, check, tool, server, title, call, arguments: args, earlier }: Finding): KnownFinding {
  const shown = {
    ...(call !== undefined && { call }),
    ...(call !== undefined && args !== undefined && { arguments: args }),
    ...(call !== undefined && earlier !== undefined && { earlier }),
  };
  return {
    id,
    check,
    ...(tool !== undefined && { tool }),
    ...(server !== undefined && { server }),
    title,
    ...(JSON.stringify(shown).length <= MAX_CALL_TEXT && shown),
  };
}

/** By what stands in the text, not by a language's order, which differs from machine to machine. */
function inOrder(a: KnownFinding, b: KnownFinding): number {
  const [one, other] = [a, b].map(({ server = '', check, tool = '', id }) => [server, check, tool, id]);
  for (const [at, word] of (one ?? []).entries()) {
    const against = other?.[at] ?? '';
    if (word !== against) return word < against ? -1 : 1;
  }
  return 0;
}
