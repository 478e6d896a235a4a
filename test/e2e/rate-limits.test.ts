import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { isBuilt, runServe, startGateway, type GatewayProcess } from '../fixtures/gateway-process.ts';
import { callTool, send, type HttpAnswer } from '../fixtures/http-client.ts';
import { openLines } from '../fixtures/worker-lines.ts';
import { scriptPath } from '../fixtures/scripted-upstream.ts';

const eventually = { timeout: 20_000, interval: 25 };
const scripted = [process.execPath, scriptPath('scripted.mjs')];

async function start(
  server: readonly string[] | undefined,
  flags: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<GatewayProcess> {
  const gateway = await startGateway(server, { flags, env });
  onTestFinished(async () => await gateway.stop());
  return gateway;
}

async function get(gateway: GatewayProcess, path: string): Promise<HttpAnswer> {
  return await send(gateway.port, path, { method: 'GET' });
}

interface Paths {
  readonly paths: Readonly<Record<string, { readonly post: { readonly responses: object } }>>;
}

async function limitedPaths(gateway: GatewayProcess): Promise<readonly string[]> {
  const { paths } = (await get(gateway, '/openapi.json')).json() as Paths;
  return Object.keys(paths).filter((path) => '429' in (paths[path]?.post.responses ?? {}));
}

describe.skipIf(!isBuilt || process.platform === 'win32')('limits of the command', () => {
  test('hold for each key by itself, and are in the document (LIMIT-01, LIMIT-05, LIMIT-07)', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mcpo-limits-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'keys.json');
    const keys = ['ann', 'bob'].map(
      (name) =>
        /^.*(mcpo_\S+).*$/m.exec(runServe(['key', 'new', '--name', name, '--file', file]).stdout)?.[1],
    );
    const gateway = await start(scripted, ['--rate-limit', '2/h', '--api-keys-file', file]);
    const as = async (key: string | undefined): Promise<number> =>
      (await callTool(gateway.port, 'echo', {}, { headers: { authorization: `Bearer ${key}` } })).status;
    const [ann, bob] = keys;
    expect([await as(ann), await as(ann), await as(ann), await as(bob), await as('no')]).toEqual([
      200, 200, 429, 200, 403,
    ]);
    expect(await limitedPaths(gateway)).toContain('/echo');
  });

  test.skipIf(process.platform !== 'linux')('count for all workers together (LIMIT-06)', async () => {
    const gateway = await start(scripted, ['--workers', '2', '--rate-limit', '10/h']);
    // Each line has called once, and those that came to the same worker before it.
    const lines = await openLines(gateway.port);
    const statuses: number[] = [];
    for (let n = 0; n < 10; n += 1) statuses.push((await lines[n % 2 === 0 ? 0 : 1].call('echo')).status);
    const limited = statuses.indexOf(429);
    expect(limited).toBeGreaterThan(0);
    expect(limited).toBeLessThanOrEqual(8);
    expect(statuses.slice(limited).every((status) => status === 429)).toBe(true);
  });

  test('can be changed in the configuration, which restarts no server (LIMIT-07)', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mcpo-limits-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'servers.json');
    const write = (top: object, server: object = {}): void => {
      const [command, ...args] = scripted;
      writeFileSync(`${file}~`, JSON.stringify({ ...top, mcpServers: { s: { command, args, ...server } } }));
      renameSync(`${file}~`, file);
    };
    write({});
    const gateway = await start(undefined, ['--config', file, '--hot-reload']);
    const call = async (tool: string): Promise<HttpAnswer> => await callTool(gateway.port, `s/${tool}`);
    const pid = async (): Promise<unknown> => ((await call('facts')).json() as { readonly pid: unknown }).pid;
    const before = await pid();
    expect((await call('echo')).headers['ratelimit']).toBeUndefined();
    expect(await limitedPaths(gateway)).toEqual([]);
    const said = async (tool: string, policy: string | undefined): Promise<void> =>
      await vi.waitFor(
        async () => expect((await call(tool)).headers['ratelimit-policy']).toBe(policy),
        eventually,
      );
    write({}, { toolRateLimits: { echo: '3/h' } });
    await said('echo', '"tool";q=3;w=3600');
    await vi.waitFor(async () => expect(await limitedPaths(gateway)).toEqual(['/s/echo']), eventually);
    await vi.waitFor(async () => expect((await call('echo')).status).toBe(429), eventually);
    const saysOthers = (): number =>
      gateway.logs().filter(({ msg }) => msg === 'other rate limits hold from now on').length;
    expect(saysOthers()).toBe(1);
    // Another limit beside it: the counts of this one go on.
    write({ rateLimit: '1000/min' }, { toolRateLimits: { echo: '3/h' }, rate_limit: { limit: '500/min' } });
    await said('facts', '"server";q=500;w=60, "all";q=1000;w=60');
    expect((await call('echo')).status).toBe(429);
    await vi.waitFor(async () => expect((await limitedPaths(gateway)).length).toBeGreaterThan(5), eventually);
    write({});
    await said('facts', undefined);
    expect((await call('echo')).status).toBe(200);
    expect(await pid()).toBe(before);
  }, 60_000);

  test.each([
    [['--rate-limit', '0/min'], '--rate-limit: '],
    [['--rate-limit', 'often'], 'write calls and a time in s, min, h or d, as in "100/min"'],
    [['--rate-limit', '1/s', '--rate-limit-by', 'mood'], '--rate-limit-by: '],
    [['--rate-limit-by', 'address'], 'counts for no limit; add --rate-limit'],
  ])('%j ends the start with what to write (LIMIT-01)', (words, says) => {
    const { code, stderr } = runServe(words);
    expect([code, stderr]).toEqual([2, expect.stringContaining(says)]);
  });
});
