import { lstat, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SiteError, UsageError } from '../../errors.ts';
import { isJsonObject } from '../../json/value.ts';

/** In the site's folder: says that it is ours, and which files in it are. Beside it, while they are made, new ones. */
export const manifestName = '.mcpo-docs.json';

/** A folder that a site may be written to. */
export interface ClaimedFolder {
  /** Files of the site that is there. */
  readonly earlier: ReadonlySet<string>;
  /** It was made by this. */
  readonly isNew: boolean;
}

/**
 * Makes sure that a site may be written to a folder, and makes it.
 *
 * @throws UsageError when it is no folder, or holds something else
 * @throws SiteError when it cannot be made or read
 */
export async function claimFolder(folder: string): Promise<ClaimedFolder> {
  const found = await stat(folder).catch(() => undefined);
  if (found === undefined) {
    await mkdir(folder, { recursive: true }).catch((error: unknown) => refuse(folder, error));
    return { earlier: new Set(), isNew: true };
  }
  if (!found.isDirectory()) {
    throw new UsageError(`'${folder}' is a file; name a folder for the site with --out`);
  }
  const names = await readdir(folder).catch((error: unknown) => refuse(folder, error));
  const isOurs = names.includes(manifestName);
  if (!isOurs && names.some((name) => !name.startsWith(`${manifestName}.`))) {
    throw new UsageError(
      `'${folder}' holds something that is no site of mcpo-docs; name an empty folder, or a new one, with --out`,
    );
  }
  for (const name of names)
    if (isLeftOver(name)) await rm(join(folder, name), { recursive: true, force: true });
  return { earlier: isOurs ? await readManifest(folder) : new Set(), isNew: false };
}

/** Writes which files of the folder are the site's. */
export async function writeManifest(folder: string, paths: ReadonlySet<string>): Promise<void> {
  const text = `${JSON.stringify({ madeBy: 'mcpo-docs', files: [...paths].toSorted() }, null, 1)}\n`;
  const target = join(folder, manifestName);
  const found = await readFile(target, 'utf8').catch(() => undefined);
  if (found === text) return;
  const fresh = `${target}.${process.pid}.json`;
  await writeFile(fresh, text);
  await rename(fresh, target);
}

/** Relative, with slashes, and nothing in it that leads elsewhere. */
export function isPlainPath(path: string): boolean {
  const segments = path.split('/');
  return segments.every((each) => each !== '' && each !== '.' && each !== '..' && !/[\\:\0]/.test(each));
}

/**
 * Through a link, a file would be written or removed in another place.
 *
 * @param checked folders that are known to be none; added to
 * @throws UsageError
 */
export async function refuseLinks(folder: string, path: string, checked: Set<string>): Promise<void> {
  for (let parent = dirname(path); parent !== '.' && !checked.has(parent); parent = dirname(parent)) {
    const found = await lstat(join(folder, parent)).catch(() => undefined);
    if (found !== undefined && !found.isDirectory()) {
      throw new UsageError(
        `'${join(folder, parent)}' is in the way: a folder of the site belongs there; move it, or name another --out`,
      );
    }
    checked.add(parent);
  }
}

async function readManifest(folder: string): Promise<ReadonlySet<string>> {
  const path = join(folder, manifestName);
  const text = await readFile(path, 'utf8').catch((error: unknown) => refuse(path, error));
  const files = filesOf(text);
  if (files === undefined) {
    throw new UsageError(
      `'${path}' does not say which files are the site's; remove the folder, or name another with --out`,
    );
  }
  return new Set(files);
}

function filesOf(text: string): readonly string[] | undefined {
  let manifest: unknown;
  try {
    manifest = JSON.parse(text);
  } catch {
    return undefined;
  }
  const files: unknown =
    isJsonObject(manifest) && manifest['madeBy'] === 'mcpo-docs' ? manifest['files'] : undefined;
  if (!Array.isArray(files)) return undefined;
  return files.every((file): file is string => typeof file === 'string' && isPlainPath(file))
    ? files
    : undefined;
}

/** Of a build that ended before it could tidy up. */
function isLeftOver(name: string): boolean {
  const pid = new RegExp(`^${manifestName.replaceAll('.', String.raw`\.`)}\\.(\\d+)(?:\\.json)?$`).exec(
    name,
  )?.[1];
  if (pid === undefined) return false;
  try {
    process.kill(Number(pid), 0);
    return Number(pid) === process.pid;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'; // of process.kill
  }
}

function refuse(path: string, error: unknown): never {
  const { code } = error as NodeJS.ErrnoException; // of node:fs
  throw new SiteError(
    `the site cannot be written to '${path}' (${code}); check its permissions, or name another folder with --out`,
    { cause: error },
  );
}
