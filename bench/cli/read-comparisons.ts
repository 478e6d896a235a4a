import { readFileSync } from 'node:fs';
import { CannotRunError } from '../cannot-run.ts';
import { parseBase } from '../compare/base.ts';
import type { BenchOptions } from '../options.ts';
import { splitWords } from '../subject/split-words.ts';
import type { Flags } from './bench-command.ts';

/**
 * What the run is to be held against; nothing when nothing is asked for.
 *
 * @throws CannotRunError when a file is not one that was saved, or the command has no port
 */
export function readComparisons({
  save,
  compare,
  against,
  rounds,
  url,
}: Flags): Pick<BenchOptions, 'comparisons'> {
  if (save === undefined && compare === undefined && against === undefined) return {};
  if (against !== undefined) requireCommand(against, url);
  return {
    comparisons: {
      rounds,
      isSaved: save !== undefined,
      ...(compare !== undefined && { base: { path: compare, saved: parseBase(read(compare), compare) } }),
      ...(against !== undefined && { against }),
    },
  };
}

function requireCommand(against: string, url: string | undefined): void {
  if (url !== undefined) {
    throw new CannotRunError('--against: name the server with --, so that both gateways can start it');
  }
  if (!against.includes('{port}')) throw new CannotRunError('--against: write {port} where its port belongs');
  try {
    splitWords(against);
  } catch (error) {
    throw new CannotRunError(`--against: ${(error as Error).message}`); // splitWords throws RangeError
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new CannotRunError(`--compare: cannot read ${path}: ${(error as Error).message}`); // fs throws Errors
  }
}
