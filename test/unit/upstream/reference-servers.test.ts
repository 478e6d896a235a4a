import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createStdioUpstream } from '../../../src/upstream/stdio/stdio-upstream.ts';
import { createRecordingLogger } from '../../fixtures/recording-logger.ts';

const require = createRequire(import.meta.url);

function entryOf(name: string): string {
  const path = require.resolve(`@modelcontextprotocol/${name}/package.json`);
  const { bin } = require(path) as { bin: Record<string, string> };
  return join(dirname(path), Object.values(bin)[0] ?? '');
}

describe('the reference servers', () => {
  test.each([
    ['server-everything', [], 'echo', { message: 'hi' }],
    ['server-memory', [], 'read_graph', {}],
    ['server-filesystem', [tmpdir()], 'list_allowed_directories', {}],
    [
      'server-sequential-thinking',
      [],
      'sequentialthinking',
      { thought: 'one', thoughtNumber: 1, totalThoughts: 1, nextThoughtNeeded: false },
    ],
  ])('%s connects, lists and answers', async (name, args, tool, input) => {
    const upstream = createStdioUpstream({
      name,
      command: process.execPath,
      args: [entryOf(name), ...args],
      clientInfo: { name: 'test', version: '0' },
      logger: createRecordingLogger(),
    });
    await upstream.start();
    expect(upstream.catalog?.tools.map((listed) => listed.name)).toContain(tool);
    const outcome = await upstream.callTool({
      tool,
      argumentsJson: JSON.stringify(input),
      timeoutMs: 10_000,
    });
    if (outcome.kind !== 'result') throw new Error(JSON.stringify(outcome));
    expect(JSON.parse(outcome.resultJson.toString())).toHaveProperty('content');
    await upstream.close(3000);
  });
});
