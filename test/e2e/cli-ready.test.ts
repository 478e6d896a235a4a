import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { isBuilt, spawnGateway, startGateway, type GatewayProcess } from '../fixtures/gateway-process.ts';
import { callTool, send } from '../fixtures/http-client.ts';
import { scriptPath } from '../fixtures/scripted-upstream.ts';
import { commandOf } from './reference-server.ts';

const scripted = [process.execPath, scriptPath('scripted.mjs')];
const started: Array<{ stop(): Promise<void> }> = [];

afterEach(async () => {
  await Promise.all(started.splice(0).map(async (gateway) => await gateway.stop()));
});

async function start(...args: Parameters<typeof startGateway>): Promise<GatewayProcess> {
  const gateway = await startGateway(...args);
  started.push(gateway);
  return gateway;
}

describe.skipIf(!isBuilt)('when it is ready', () => {
  test('--json prints exactly one line: url, tools, servers, pid', async () => {
    const gateway = await start(scripted);
    expect(gateway.stdout).toBe(`${JSON.stringify(gateway.ready)}\n`);
    expect(Object.keys(gateway.ready)).toEqual(['url', 'tools', 'servers', 'pid']);
    expect(gateway.ready).toMatchObject({
      url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) as unknown,
      servers: ['scripted'],
      pid: gateway.pid,
    });
    const document = (await send(gateway.port, '/openapi.json', { method: 'GET' })).json();
    expect(Object.keys((document as { paths: object }).paths)).toHaveLength(gateway.ready.tools);
    await gateway.stop();
    expect(gateway.stdout).toBe(`${JSON.stringify(gateway.ready)}\n`);
  });

  test('without it, it prints what a person needs; with no server named, it serves the time', async () => {
    const gateway = spawnGateway(undefined, { flags: ['--port', '0', '--log-level', 'warn'] });
    started.push(gateway);
    await vi.waitFor(() => expect(gateway.stdout).toContain('tools'), { timeout: 20_000, interval: 20 });
    const lines = gateway.stdout.trimEnd().split('\n');
    const url = /http:\/\/127\.0\.0\.1:(\d+)/.exec(gateway.stdout);
    expect(lines).toEqual([`Serving time at ${url?.[0]}`, `  docs   ${url?.[0]}/docs`, '  tools  2 tools']);
    expect(gateway.stderr).toBe('');
    const answer = await callTool(Number(url?.[1]), 'get_current_time', { timezone: 'Europe/Paris' });
    expect(answer.json()).toMatchObject({ timezone: 'Europe/Paris' });
  });

  test('an address that anybody reaches is warned about, unless there is a key', async () => {
    const open = await start(scripted, { flags: ['--host', '0.0.0.0'] });
    expect(open.url).toMatch(/^http:\/\/localhost:/);
    await vi.waitFor(() =>
      expect(open.logs().some(({ level, msg }) => level === 40 && msg.includes('--api-key'))).toBe(true),
    );
    const silent = await start(scripted, { flags: ['--host', '0.0.0.0', '--log-level', 'silent'] });
    await vi.waitFor(() => expect(silent.stderr.split('\n').length).toBeGreaterThan(6));
    expect(silent.stderr).toContain('ANYBODY WHO REACHES 0.0.0.0');
    const locked = await start(scripted, { flags: ['--host', '0.0.0.0', '--api-key', 'k'] });
    expect(locked.stderr).not.toContain('--api-key');
  });
});

describe.skipIf(!isBuilt)('settings', () => {
  test('come from MCPO_… as well, and a flag is stronger', async () => {
    const gateway = await start(scripted, {
      flags: ['--call-timeout', '300ms'],
      env: {
        MCPO_CALL_TIMEOUT: '50s',
        MCPO_API_KEY: 'from the environment',
        MCPO_STRICT_AUTH: 'true',
        MCPO_NAME: 'Scripted things',
        MCPO_DESCRIPTION: 'Things that were scripted.',
        MCPO_VERSION: '9.8.7',
        MCPO_MAX_BODY: '1KiB',
        MCPO_TOOL_ERROR_STATUS: '500',
      },
    });
    const headers = { authorization: 'Bearer from the environment' };
    expect((await send(gateway.port, '/openapi.json', { method: 'GET' })).status).toBe(401);
    const document = await send(gateway.port, '/openapi.json', { method: 'GET', headers });
    expect(document.json()).toMatchObject({
      info: {
        title: 'Scripted things',
        description: expect.stringContaining('Things that were scripted.') as unknown,
        version: '9.8.7',
      },
    });
    expect((await callTool(gateway.port, 'never', {}, { headers })).status).toBe(504);
    expect((await callTool(gateway.port, 'echo', { a: 'x'.repeat(1_024) }, { headers })).status).toBe(413);
  });

  test('a switch that is set to false is off', async () => {
    const gateway = await start(scripted, { env: { MCPO_STRICT_AUTH: 'false', MCPO_JSON: '0' } });
    expect((await send(gateway.port, '/openapi.json', { method: 'GET' })).status).toBe(200);
  });

  test('--env and --env-path reach the server, nothing else of the environment does', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mcpo-env-'));
    const file = join(folder, '.env');
    writeFileSync(file, '# comment\nFROM_FILE="a b=c"\nBOTH=file\nexport EXPORTED=yes\n');
    const gateway = await start(commandOf('server-everything'), {
      flags: ['--env', 'FROM_FLAG=x=y', '--env', 'BOTH=flag', '--env-path', file],
      env: {
        GITHUB_TOKEN: 'ghp_secret',
        AWS_SECRET_ACCESS_KEY: 'secret',
        MCPO_API_KEY: 'secret',
        DATABASE_URL: 'postgres://secret',
        NODE_OPTIONS: '--no-deprecation',
        LC_ALL: 'C.UTF-8',
      },
    });
    rmSync(folder, { recursive: true });
    const headers = { authorization: 'Bearer secret' };
    const answer = await callTool(gateway.port, 'get-env', {}, { headers });
    const seen = answer.json() as Record<string, string>;
    expect(seen).toMatchObject({
      FROM_FILE: 'a b=c',
      FROM_FLAG: 'x=y',
      BOTH: 'flag',
      EXPORTED: 'yes',
      LC_ALL: 'C.UTF-8',
    });
    expect(seen['PATH']).toBe(process.env['PATH']);
    expect(answer.text).not.toMatch(/secret|GITHUB|AWS|MCPO|DATABASE|NODE_OPTIONS/);
  });

  test('--env adds several from MCPO_ENV, a line each', async () => {
    const gateway = await start(commandOf('server-everything'), { env: { MCPO_ENV: 'ONE=1\nTWO=2 2\n' } });
    expect((await callTool(gateway.port, 'get-env')).json()).toMatchObject({ ONE: '1', TWO: '2 2' });
  });
});
