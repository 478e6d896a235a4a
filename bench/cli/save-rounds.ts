import { accessSync, constants, existsSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { CannotRunError } from '../cannot-run.ts';
import { toBase } from '../compare/base.ts';
import { toJson } from '../report/json.ts';
import type { BenchResult } from '../result.ts';

/**
 * Looks whether a file can be written, and leaves it as it is: it may be what this run is compared with.
 *
 * @throws CannotRunError
 */
export function requireWritable(path: string): void {
  try {
    accessSync(dirname(path), constants.W_OK);
    if (!existsSync(path)) return;
    accessSync(path, constants.W_OK);
    if (statSync(path).isDirectory()) throw new Error('it is a directory');
  } catch (error) {
    throw new CannotRunError(`--save: cannot write ${path}: ${(error as Error).message}`); // fs throws Errors
  }
}

/**
 * Keeps a run for later ones to be held against; one that was interrupted is none.
 *
 * @throws CannotRunError when it cannot be written
 */
export function saveRounds(path: string, result: BenchResult): void {
  const { rounds, isInterrupted } = result;
  if (isInterrupted || rounds === undefined) {
    process.stderr.write(`mcpo-bench: ${path} was not written: the run was interrupted\n`);
    return;
  }
  const text = toJson(toBase(result, rounds));
  try {
    // A file of the same name stays whole until there is a whole one to take its place.
    writeFileSync(`${path}.${process.pid}.tmp`, text);
    renameSync(`${path}.${process.pid}.tmp`, path);
  } catch (error) {
    throw new CannotRunError(`--save: cannot write ${path}: ${(error as Error).message}`); // fs throws Errors
  }
}
