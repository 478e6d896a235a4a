import { join } from 'node:path';
import { packageRoot } from '../../package.ts';

/** A file that the build prepares; undefined where the sources run as they are, which may be newer than any build. */
export function preparedFile(name: string): string | undefined {
  return import.meta.url.endsWith('.ts') ? undefined : join(packageRoot, 'dist', 'documents', name);
}
