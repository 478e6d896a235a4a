import { readdirSync, type Dirent } from 'node:fs';
import { extname, join } from 'node:path';
import { UsageError } from '../../errors.ts';
import { readDocumentFile } from '../read-document.ts';
import type { PreviousDocument } from '../site/site.ts';
import { compareVersions } from './version-order.ts';

/** More would be a page that nobody reads; the newest are kept. */
const maxDocuments = 200;

/**
 * Reads the earlier documents in a folder: `2026-10-01.json`, `v1.2.yaml`; those of one server in a folder of its name.
 * Other files, and those that begin with a dot, are passed over.
 *
 * @returns server by server, the oldest first; of each server the newest 200
 * @throws UsageError that names the file that cannot be read, and why
 */
export function readPrevious(folder: string): readonly PreviousDocument[] {
  const entries = list(folder);
  const servers = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  return [
    ...readVersions(folder, '', entries),
    ...servers
      .toSorted((a, b) => (a < b ? -1 : 1))
      .flatMap((server) => readVersions(join(folder, server), server, list(join(folder, server)))),
  ];
}

function readVersions(
  folder: string,
  server: string,
  entries: readonly Dirent[],
): readonly PreviousDocument[] {
  const files = new Map<string, string>();
  for (const entry of entries) {
    const file = entry.name;
    if (entry.isDirectory() || !/\.(?:json|ya?ml)$/i.test(file)) continue;
    const name = file.slice(0, -extname(file).length);
    const other = files.get(name);
    if (other !== undefined) {
      throw new UsageError(`${join(folder, other)} and ${file} are both '${name}'; keep one of them`);
    }
    files.set(name, file);
  }
  return [...files]
    .toSorted(([a], [b]) => compareVersions(a, b))
    .slice(-maxDocuments)
    .map(([name, file]) => {
      const document = readDocumentFile(join(folder, file));
      return { name, server, json: JSON.stringify(document) };
    });
}

function list(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter(({ name }) => !name.startsWith('.'))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException; // of node:fs
    const reason =
      code === 'ENOENT' ? 'does not exist' : code === 'ENOTDIR' ? 'is no folder' : `cannot be read (${code})`;
    throw new UsageError(`${folder} ${reason}; name a folder with earlier OpenAPI documents`, {
      cause: error,
    });
  }
}
