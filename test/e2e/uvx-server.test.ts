import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isBuilt, startGateway, type GatewayProcess } from '../fixtures/gateway-process.ts';
import { callTool } from '../fixtures/http-client.ts';
import { isAlive } from '../fixtures/scripted-upstream.ts';

/** How to run the server here, or why it cannot be run. */
const server = findServer();
// The reporter shows the title of what is skipped.
const note = 'reason' in server ? ` (skipped: ${server.reason})` : '';

describe.skipIf('reason' in server || !isBuilt)(`mcp-server-time by uvx${note}`, () => {
  let gateway: GatewayProcess;

  beforeAll(async () => {
    gateway = await startGateway('command' in server ? server.command : undefined, { deadlineMs: 60_000 });
  });

  afterAll(async () => await gateway.stop());

  test('tells and converts times', async () => {
    const now = await callTool(gateway.port, 'get_current_time', { timezone: 'Asia/Tokyo' });
    expect([now.status, now.json()]).toMatchObject([200, { timezone: 'Asia/Tokyo', is_dst: false }]);
    const converted = await callTool(gateway.port, 'convert_time', {
      source_timezone: 'Europe/Paris',
      time: '12:30',
      target_timezone: 'Asia/Tokyo',
    });
    expect(converted.json()).toMatchObject({ target: { timezone: 'Asia/Tokyo' } });
  });

  test('its own failure is 424, a missing argument 422 (ERR-03, HTTP-07)', async () => {
    const failed = await callTool(gateway.port, 'get_current_time', { timezone: 'Mars/Olympus' });
    expect([failed.status, failed.json()]).toMatchObject([424, { code: 'tool_error' }]);
    expect((await callTool(gateway.port, 'get_current_time')).status).toBe(422);
  });

  test('nothing is left of uvx and the server behind it', async () => {
    const { pid } = gateway;
    const children = descendantsOf(pid);
    expect(children.length).toBeGreaterThan(0);
    gateway.signal('SIGTERM');
    expect(await gateway.exited()).toEqual({ code: 0, signal: null });
    expect(children.filter(isAlive)).toEqual([]);
  });
});

/** Looks in what is installed first: a machine without a network must not wait for one. */
function findServer(): { readonly command: readonly string[] } | { readonly reason: string } {
  if (spawnSync('uvx', ['--version'], { timeout: 5_000 }).status !== 0) return { reason: 'there is no uvx' };
  for (const [flags, timeout] of [
    [['--offline'], 10_000],
    [[], 25_000],
  ] as const) {
    const { status } = spawnSync('uvx', [...flags, 'mcp-server-time', '--help'], { timeout });
    if (status === 0) return { command: ['uvx', ...flags, 'mcp-server-time', '--local-timezone', 'UTC'] };
  }
  return { reason: 'uvx could not fetch it within 25 s' };
}

/** Process ids below one, by ps; empty where there is none. */
function descendantsOf(root: number): readonly number[] {
  const { stdout } = spawnSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' });
  const pairs = (stdout ?? '').split('\n').map((line) => line.trim().split(/\s+/).map(Number));
  const found = new Set([root]);
  for (let size = 0; size !== found.size;) {
    size = found.size;
    for (const [pid = 0, parent = 0] of pairs) if (found.has(parent)) found.add(pid);
  }
  found.delete(root);
  return [...found];
}
