import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * A file of ours that is a program of its own, built: `src/cli/serve.js`. The same wherever the caller was bundled to.
 *
 * @throws Error when it was not built
 */
export function builtFile(path: string): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  const file = join(folder, 'dist', path);
  if (!existsSync(file)) throw new Error(`${file} is not there: run npm run build`);
  return file;
}
