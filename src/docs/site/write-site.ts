import { mkdir, readFile, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SiteError, UsageError } from '../../errors.ts';
import { claimFolder, isPlainPath, manifestName, refuseLinks, writeManifest } from './site-folder.ts';
import type { SiteFile } from './site.ts';

/** What writing a site came to. */
export interface WrittenSite {
  readonly files: number;
  readonly bytes: number;
  /** Files that are new, or have other bytes than before. */
  readonly changed: number;
  /** Files of an earlier build that this one does not have. */
  readonly removed: number;
}

/** How a site is written. */
export interface WriteOptions {
  /** Called after each file that was made. */
  readonly onFile?: (path: string, count: number) => void;
  /** Aborted, it leaves the folder as it was, unless all files are made already. */
  readonly signal?: AbortSignal;
}

/**
 * Writes a site into a folder: one that is new, empty, or holds an earlier site. Files come one at a time, and those that
 * differ wait beside the site until all are made: a build that fails changes nothing. Files with the same bytes are not
 * touched, those that the earlier site had and this one lacks are removed, and those of others are left alone.
 *
 * @throws UsageError when the folder is something else, or holds a file of somebody else where one of the site belongs
 * @throws SiteError when it cannot be written, as on a full disk
 * @example
 * await writeSite('site', buildSite(contract, { title: 'Our tools' }));
 */
export async function writeSite(
  folder: string,
  files: Iterable<SiteFile>,
  options: WriteOptions = {},
): Promise<WrittenSite> {
  const { earlier, isNew } = await claimFolder(folder);
  const staging = join(folder, `${manifestName}.${process.pid}`);
  let isReady = false;
  try {
    const staged = await stage(files, { folder, staging, earlier, options });
    isReady = true;
    // Known before they are there: what a sudden end leaves is taken for ours by the next build.
    await writeManifest(folder, new Set([...earlier, ...staged.paths]));
    for (const path of staged.changed) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await rename(join(staging, path), join(folder, path));
    }
    const stale = [...earlier].filter((path) => !staged.paths.has(path));
    for (const path of stale) await removeFile(folder, path);
    await writeManifest(folder, staged.paths);
    const { bytes, changed } = staged;
    return { files: staged.paths.size, bytes, changed: changed.length, removed: stale.length };
  } catch (error) {
    throw toSiteError(error, folder);
  } finally {
    // Best effort: what is left is removed by the next build.
    await rm(staging, { recursive: true, force: true }).catch(() => undefined);
    if (isNew && !isReady) await rmdir(folder).catch(() => undefined);
  }
}

interface Stage {
  readonly folder: string;
  readonly staging: string;
  readonly earlier: ReadonlySet<string>;
  readonly options: WriteOptions;
}

interface Staged {
  readonly paths: ReadonlySet<string>;
  readonly changed: readonly string[];
  readonly bytes: number;
}

async function stage(files: Iterable<SiteFile>, to: Stage): Promise<Staged> {
  const { folder, staging, earlier, options } = to;
  const paths = new Set<string>();
  const changed: string[] = [];
  const checked = new Set<string>();
  let bytes = 0;
  for (const { path, content } of files) {
    options.signal?.throwIfAborted();
    if (!isPlainPath(path) || paths.has(path)) throw new Error(`a site cannot have the file '${path}' here`);
    paths.add(path);
    const wanted = typeof content === 'string' ? Buffer.from(content) : content;
    bytes += wanted.length;
    await refuseLinks(folder, path, checked);
    const found = await compare(join(folder, path), wanted);
    if (found === 'other' && !earlier.has(path)) {
      throw new UsageError(
        `'${join(folder, path)}' is in the way, and not of this site; move it, or name another folder with --out`,
      );
    }
    if (found !== 'same') {
      await mkdir(dirname(join(staging, path)), { recursive: true });
      await writeFile(join(staging, path), wanted);
      changed.push(path);
    }
    options.onFile?.(path, paths.size);
  }
  return { paths, changed, bytes };
}

async function compare(path: string, wanted: Uint8Array): Promise<'none' | 'same' | 'other'> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return 'none';
  if (!found.isFile() || found.size !== wanted.length) return 'other';
  return (await readFile(path)).equals(wanted) ? 'same' : 'other';
}

/** With the folders that it leaves empty. */
async function removeFile(folder: string, path: string): Promise<void> {
  await refuseLinks(folder, path, new Set());
  await rm(join(folder, path), { force: true });
  for (let parent = dirname(path); parent !== '.'; parent = dirname(parent)) {
    const isGone = await rmdir(join(folder, parent)).then(
      () => true,
      () => false,
    );
    if (!isGone) return;
  }
}

/** What the system says of it, in words; what is no fault of the system goes on as it is. */
function toSiteError(error: unknown, folder: string): unknown {
  if (!(error instanceof Error) || !('syscall' in error)) return error;
  const { code } = error as NodeJS.ErrnoException; // of node:fs
  const advice =
    code === 'ENOSPC' || code === 'EDQUOT'
      ? 'the disk is full; free some space'
      : `${code}; check its permissions, or name another folder with --out`;
  return new SiteError(`the site cannot be written to '${folder}' (${advice})`, { cause: error });
}
