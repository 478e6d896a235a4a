import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterEach, describe, expect, test } from 'vitest';

const bin = fileURLToPath(new URL('../../dist/src/cli/time-server.js', import.meta.url));
const initialize = `${JSON.stringify({
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '0' } },
})}\n`;
const children: ChildProcessWithoutNullStreams[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

async function startServer(): Promise<ChildProcessWithoutNullStreams> {
  const child = spawn(process.execPath, [bin]);
  children.push(child);
  child.stdin.write(initialize);
  await once(child.stdout, 'data');
  return child;
}

describe.skipIf(!existsSync(bin))('mcpo-time-server, built (skipped without dist/: npm run build)', () => {
  test('serves an MCP client', async () => {
    const client = new Client({ name: 'test', version: '0' });
    const args = [bin, '--local-timezone', 'Asia/Kathmandu'];
    await client.connect(new StdioClientTransport({ command: process.execPath, args, stderr: 'pipe' }));
    try {
      const { tools } = await client.listTools();
      expect(tools.map(({ name }) => name)).toEqual(['get_current_time', 'convert_time']);
      const result = await client.callTool({
        name: 'get_current_time',
        arguments: { timezone: 'localtime' },
      });
      expect(result.structuredContent).toMatchObject({ timezone: 'Asia/Kathmandu', is_dst: false });
    } finally {
      await client.close();
    }
  });

  test.each(['SIGTERM', 'SIGINT'] as const)('%s ends it with 0, stdin still open', async (signal) => {
    const child = await startServer();
    child.kill(signal);
    expect(await once(child, 'exit', { signal: AbortSignal.timeout(5_000) })).toEqual([0, null]);
  });

  test('it ends with 0 when stdin closes', async () => {
    const child = await startServer();
    child.stdin.end();
    expect(await once(child, 'exit', { signal: AbortSignal.timeout(5_000) })).toEqual([0, null]);
  });

  test('it ends with 0 when nobody reads its answers', async () => {
    const child = await startServer();
    child.stdout.destroy();
    child.stdin.on('error', () => undefined).write(initialize);
    expect(await once(child, 'exit', { signal: AbortSignal.timeout(5_000) })).toEqual([0, null]);
  });

  test('requests piped in with the end right behind them are answered, with nothing but protocol', () => {
    const run = spawnSync(process.execPath, [bin], { input: initialize, encoding: 'utf8', timeout: 10_000 });
    expect(run.status).toBe(0);
    expect(run.stderr).toBe('');
    const lines = run.stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ id: 0, result: { serverInfo: { name: 'mcp-time' } } });
  });

  test.each([
    [['--local-zone', 'UTC'], "unknown option '--local-zone'"],
    [['Europe/Paris'], 'too many arguments'],
    [['--local-timezone'], 'argument missing'],
    [['--local-timezone', 'europe/paris'], 'write an IANA name such as Europe/Paris'],
    [['--local-timezone', ''], 'write an IANA name'],
  ])('%j: exit 2, and one line that says what to write', (args, message) => {
    const run = spawnSync(process.execPath, [bin, ...args], { encoding: 'utf8', timeout: 10_000 });
    expect(run.status).toBe(2);
    expect(run.stdout).toBe('');
    expect(run.stderr).toContain(message);
    expect(run.stderr).toMatch(/^mcpo-time-server: .*write .*\n$/);
  });

  test('--help has an example, --version is a version', () => {
    const [help, version] = ['--help', '--version'].map((flag) =>
      spawnSync(process.execPath, [bin, flag], { encoding: 'utf8', timeout: 10_000 }),
    );
    expect(help).toMatchObject({ status: 0, stderr: '' });
    expect(help?.stdout).toContain('mcpo-serve -- mcpo-time-server --local-timezone Europe/Paris');
    expect(version?.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
