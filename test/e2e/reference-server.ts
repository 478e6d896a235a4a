import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

/** The command that runs a reference server from node_modules. */
export function commandOf(name: string, args: readonly string[] = []): readonly string[] {
  const path = require.resolve(`@modelcontextprotocol/${name}/package.json`);
  const { bin } = require(path) as { readonly bin: Readonly<Record<string, string>> };
  return [process.execPath, join(dirname(path), Object.values(bin)[0] ?? ''), ...args];
}
