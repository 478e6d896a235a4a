#!/usr/bin/env node
// Lists the reference servers and writes what they say and what we make of it to spec/golden/. Needs a fresh dist/.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { buildDocument } from '../../dist/src/contract/document/build-document.js';
import { canonicalize } from '../../dist/src/contract/canonicalize.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'golden-')));
const reference = (name, ...args) => [
  join(root, 'node_modules', '@modelcontextprotocol', `server-${name}`, 'dist', 'index.js'),
  ...args,
];
const servers = {
  everything: reference('everything'),
  filesystem: reference('filesystem', scratch),
  memory: reference('memory'),
  'sequential-thinking': reference('sequential-thinking'),
  time: [join(root, 'dist', 'src', 'cli', 'time-server.js')],
};

try {
  for (const [name, args] of Object.entries(servers)) {
    const listed = await list(name, args);
    const folder = join(root, 'spec', 'golden', name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'tools.json'), `${JSON.stringify(listed, undefined, 2)}\n`);
    const { document } = buildDocument({ sources: [{ server: '', ...listed }] });
    writeFileSync(join(folder, 'openapi.json'), canonicalize(document).json);
    console.log(`${name}: ${listed.tools.length} tools`);
  }
} finally {
  rmSync(scratch, { recursive: true });
}

/** What a server says of itself and its tools, every page. */
async function list(name, args) {
  const env = { PATH: process.env.PATH ?? '', MEMORY_FILE_PATH: join(scratch, 'memory.json') };
  const client = new Client({ name: 'golden', version: '1.0.0' });
  await client.connect(new StdioClientTransport({ command: process.execPath, args, env, stderr: 'ignore' }));
  try {
    const tools = [];
    let cursor;
    do {
      const page = await client.listTools(cursor === undefined ? {} : { cursor });
      tools.push(...page.tools);
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    const { name: serverName, version, title } = client.getServerVersion() ?? { name, version: '' };
    const instructions = client.getInstructions();
    return {
      serverInfo: { name: serverName, version, ...(title === undefined ? {} : { title }) },
      ...(instructions === undefined ? {} : { instructions }),
      tools,
    };
  } finally {
    await client.close();
  }
}
