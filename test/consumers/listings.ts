import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ToolSource } from '../../src/contract/contract.ts';

/** What a real server listed, in a file that the replay server can play. */
export interface Listing extends ToolSource {
  readonly path: string;
}

interface Recording {
  readonly server?: ToolSource['serverInfo'];
  readonly instructions?: string;
  readonly tools: ToolSource['tools'];
}

const root = join(import.meta.dirname, '../..');
const corpus = join(root, '../shared/corpus');

/** The corpus, which lies beside the repository and not in it: without it there are none. */
export function readListings(): readonly Listing[] {
  if (!existsSync(corpus)) return [];
  return readdirSync(corpus).map((file) => {
    const path = join(corpus, file);
    const { server, instructions, tools } = JSON.parse(readFileSync(path, 'utf8')) as Recording;
    return {
      path,
      server: file.replace('.json', ''),
      tools,
      ...(server !== undefined && { serverInfo: server }),
      ...(instructions !== undefined && { instructions }),
    };
  });
}

/** Name → text of the golden documents. */
export function readGoldenDocuments(): ReadonlyMap<string, string> {
  const golden = join(root, 'spec/golden');
  if (!existsSync(golden)) return new Map();
  const paths = readdirSync(golden).map((name) => [name, join(golden, name, 'openapi.json')] as const);
  return new Map(
    paths
      .filter(([, path]) => existsSync(path))
      .map(([name, path]) => [`golden-${name}`, readFileSync(path, 'utf8')]),
  );
}
