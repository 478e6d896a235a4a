import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ToolSource } from '../../src/contract/contract.ts';

/** What a real server listed, in a file that the replay server can play. */
export interface Listing extends ToolSource {
  readonly path: string;
}

interface Recording {
  readonly server?: ToolSource['serverInfo'];
  readonly serverInfo?: ToolSource['serverInfo'];
  readonly instructions?: string;
  readonly tools: ToolSource['tools'];
}

const root = join(import.meta.dirname, '../..');
const golden = join(root, 'spec/golden');
const corpus = join(root, '../shared/corpus');

/** What the golden documents are made of, and the corpus, which lies beside the repository and not in it. */
export function readListings(): readonly Listing[] {
  const kept = readdirSync(golden).map((server) => [server, join(golden, server, 'tools.json')] as const);
  const beside = existsSync(corpus)
    ? readdirSync(corpus).map((file) => [file.replace('.json', ''), join(corpus, file)] as const)
    : [];
  // A server that is in both was recorded twice.
  const paths = new Map([...beside, ...kept]);
  return [...paths].map(([name, path]) => {
    const recording = JSON.parse(readFileSync(path, 'utf8')) as Recording;
    const { server, serverInfo = server, instructions, tools } = recording;
    return {
      path,
      server: name,
      tools,
      ...(serverInfo !== undefined && { serverInfo }),
      ...(instructions !== undefined && { instructions }),
    };
  });
}

/** Name → text of the golden documents. */
export function readGoldenDocuments(): ReadonlyMap<string, string> {
  return new Map(
    readdirSync(golden).map((name) => [
      `golden-${name}`,
      readFileSync(join(golden, name, 'openapi.json'), 'utf8'),
    ]),
  );
}
