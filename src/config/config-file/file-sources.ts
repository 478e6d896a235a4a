import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { digestFile, digestOf, type FileDigests } from '../watch-file.ts';

/** A configuration, and a secret, are small; what is larger was named by mistake. */
const maxBytes = 4 * 1024 * 1024;

/** Reads the files of a configuration, each once, and remembers what was in them. */
export class FileSources {
  /** What paths are relative to. */
  readonly folder: string;
  readonly #texts = new Map<string, ReadOutcome>();
  readonly #digests = new Map<string, string>();

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Files that were asked for, those that could not be read included. */
  get digests(): FileDigests {
    return this.#digests;
  }

  /** The text without a byte order mark, or why it cannot be read. */
  read(path: string): ReadOutcome {
    const absolute = resolve(this.folder, path);
    const known = this.#texts.get(absolute);
    if (known !== undefined) return known;
    const { outcome, digest } = readWhole(absolute);
    this.#texts.set(absolute, outcome);
    this.#digests.set(absolute, digest);
    return outcome;
  }
}

type ReadOutcome = { readonly text: string } | { readonly reason: string };

function readWhole(path: string): { readonly outcome: ReadOutcome; readonly digest: string } {
  let bytes: Buffer;
  try {
    const stats = statSync(path);
    // Some of them never end.
    if (stats.isCharacterDevice() || stats.isBlockDevice())
      return { outcome: { reason: 'no file' }, digest: '' };
    const { size } = stats;
    if (size > maxBytes)
      return { outcome: { reason: `larger than ${maxBytes} bytes` }, digest: digestFile(path) };
    bytes = readFileSync(path);
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    return { outcome: { reason }, digest: '' };
  }
  const digest = digestOf(bytes);
  try {
    return { outcome: { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) }, digest };
  } catch {
    return { outcome: { reason: 'not UTF-8' }, digest };
  }
}
