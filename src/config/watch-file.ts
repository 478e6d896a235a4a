import { createHash } from 'node:crypto';
import { readFileSync, statSync, type Stats } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

/** What was in files, by path: a digest of the content, or '' where it could not be read. */
export type FileDigests = ReadonlyMap<string, string>;

/** The digest that files are compared by. */
export function digestOf(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** The digest of a file's content now; '' where there is no such file. */
export function digestFile(path: string): string {
  try {
    const stats = statSync(path);
    if (!stats.isFile()) return '';
    return digestOf(stats.size > maxBytes ? stampOf(stats) : readFileSync(path));
  } catch {
    return '';
  }
}

export interface WatchOptions {
  /** Ends the watching. */
  readonly signal: AbortSignal;
  /** Between two looks at the files; a change is told when it has stood still for one. @default 500 */
  readonly intervalMs?: number;
  /** Told once of a file that was there, and has been gone for some looks; again only once it was there in between. */
  readonly onGone?: (path: string) => void;
}

/**
 * Calls `onChange` whenever the content of one of the files has changed, whichever way: written in place, replaced by
 * a rename, deleted and made again, or behind a symlink that leads elsewhere now (a Kubernetes ConfigMap). A touch is
 * no change, and a file that is gone is waited for. Polls, because notifications of file systems miss half of these.
 *
 * The next look comes after `onChange` is done. The digests that it returns take the place of those compared with so
 * far, and say which files are watched from then on.
 *
 * @param files paths, or what was read from them: then nothing is missed that changed since
 * @returns when the signal is aborted; rejects with what `onChange` throws
 * @example await watchFile(config.files, async () => await reload(), { signal })
 */
export async function watchFile(
  files: string | Iterable<string> | FileDigests,
  onChange: () => FileDigests | undefined | void | Promise<FileDigests | undefined | void>,
  { signal, intervalMs = 500, onGone }: WatchOptions,
): Promise<void> {
  let watched = createWatched(files);
  let unsettled = 0;
  while (!signal.aborted) {
    const isMoving = await look(watched);
    for (const { path, known, missed } of watched) if (missed === goneLooks && known !== '') onGone?.(path);
    const hasChanged = watched.some(({ known, seen }) => seen !== undefined && seen !== known);
    unsettled = isMoving ? unsettled + 1 : 0;
    // What never stands still is told all the same.
    if (hasChanged && (!isMoving || unsettled >= maxUnsettledLooks) && !signal.aborted) {
      unsettled = 0;
      const digests = await onChange();
      if (digests === undefined) for (const file of watched) file.known = file.seen ?? file.known;
      else watched = createWatched(digests);
    }
    await pause(intervalMs, signal);
  }
}

const maxUnsettledLooks = 10;
/** What is replaced is gone for a moment. */
const goneLooks = 4;

interface WatchedFile {
  readonly path: string;
  /** What `onChange` was last called for. */
  known: string;
  /** What the last look that found the file saw. */
  seen: string | undefined;
  /** Size, times and inode of that look: while they stay, it is not read again. */
  stamp: string | undefined;
  /** How many looks in a row have not found it. */
  missed: number;
}

/** Digests are taken at once, so that whatever changes after the call is told. */
function createWatched(files: string | Iterable<string> | FileDigests): WatchedFile[] {
  const known =
    files instanceof Map
      ? (files as FileDigests) // the only map among the three
      : new Map(
          [...(typeof files === 'string' ? [files] : (files as Iterable<string>))].map((path) => [
            path,
            digestFile(path),
          ]),
        );
  return [...known].map(([path, digest]) => ({
    path,
    known: digest,
    seen: undefined,
    stamp: undefined,
    missed: 0,
  }));
}

/** Looks at each file; true when one is not what the last look saw. */
async function look(watched: readonly WatchedFile[]): Promise<boolean> {
  let isMoving = false;
  for (const file of watched) {
    const seen = await lookAt(file);
    // Gone for a moment, as between the two halves of a replacement.
    file.missed = seen === undefined ? file.missed + 1 : 0;
    if (seen === undefined) continue;
    if (seen !== (file.seen ?? file.known)) isMoving = true;
    file.seen = seen;
  }
  return isMoving;
}

/** undefined when there is no such file at the moment. */
async function lookAt(file: WatchedFile): Promise<string | undefined> {
  try {
    const stats = await stat(file.path);
    if (!stats.isFile()) return undefined;
    const { size, mtimeMs, ctimeMs } = stats;
    const stamp = stampOf(stats);
    // Written twice within a tick of the file system's clock, a file has the same times.
    const isOld = Date.now() - Math.max(mtimeMs, ctimeMs) > coarsestTickMs;
    if (stamp === file.stamp && isOld && file.seen !== undefined) return file.seen;
    const content = size > maxBytes ? stamp : await readFile(file.path);
    file.stamp = stamp;
    return digestOf(content);
  } catch {
    return undefined;
  }
}

function stampOf({ size, mtimeMs, ctimeMs, ino, dev }: Stats): string {
  return [size, mtimeMs, ctimeMs, ino, dev].join(' ');
}

/** FAT counts in two seconds. */
const coarsestTickMs = 3_000;
/** What is larger is no configuration, and is told by its size and times. */
const maxBytes = 16 * 1024 * 1024;

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    // Watching alone keeps no process alive.
    await delay(ms, undefined, { signal, ref: false });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
