import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { isBuilt, startGateway, type GatewayProcess } from '../fixtures/gateway-process.ts';
import { send } from '../fixtures/http-client.ts';
import { scriptPath } from '../fixtures/scripted-upstream.ts';

const eventually = { timeout: 20_000, interval: 25 };
const folder = mkdtempSync(join(tmpdir(), 'mcpo-coming-'));
const scripted = { command: process.execPath, args: [scriptPath('scripted.mjs')] };

let gateway: GatewayProcess | undefined;
afterEach(async () => {
  await gateway?.stop();
  gateway = undefined;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(`${path}~`, text);
  renameSync(`${path}~`, path);
  return path;
}

/** Of the variables whose names start with SEEN_. */
async function valuesIn(running: GatewayProcess, server: string): Promise<unknown> {
  const headers = { 'content-type': 'application/json' };
  const answer = await send(running.port, `/${server}/facts`, { body: '{}', headers });
  return (answer.json() as { readonly values: unknown }).values;
}

describe.skipIf(!isBuilt || process.platform === 'win32')('whoever comes from mcpo', () => {
  test('has variables in every server, warnings for oddities, and a new server with them (COMPAT-14, COMPAT-15)', async () => {
    const envPath = write('.env', 'SEEN_FROM_FILE=${SEEN_FROM_LINE}/1\nOURS=file\nBAD LINE\n');
    const one = { ...scripted, env: { SEEN_OWN: '${SEEN_FROM_FILE}' }, transport: 'stdio' };
    const config = write('one.json', JSON.stringify({ mcpServers: { one } }));
    const flags = ['--compat', 'mcpo', '--config', config, '--hot-reload', '--env-path', envPath];
    gateway = await startGateway(undefined, {
      flags: [...flags, '--env', 'SEEN_FROM_LINE=line'],
      env: { SEEN_OURS: 'process' },
    });
    const running = gateway;
    const common = { SEEN_FROM_LINE: 'line', SEEN_FROM_FILE: 'line/1', SEEN_OURS: 'process' };
    expect(await valuesIn(running, 'one')).toEqual({ ...common, SEEN_OWN: 'line/1' });
    await vi.waitFor(() => {
      expect(running.stderr).toMatch(/\.env:3: this is no KEY=value.* \(ignored\)/);
      expect(running.stderr).toMatch(/one\.json:1:\d+: server 'one': unknown key 'transport'/);
    }, eventually);
    write('one.json', JSON.stringify({ mcpServers: { one, two: scripted } }));
    await vi.waitFor(async () => expect(await valuesIn(running, 'two')).toEqual(common), eventually);
  });

  test('finds open pages of a server behind a slash too many, without the key (COMPAT-12)', async () => {
    const config = write('open.json', JSON.stringify({ mcpServers: { one: scripted } }));
    gateway = await startGateway(undefined, {
      flags: ['--compat', 'mcpo', '--api-key', 'k', '--config', config],
    });
    for (const page of ['/docs', '/one/docs', '/one/openapi.json']) {
      const answer = await send(gateway.port, `${page}/`, { method: 'GET' });
      expect([answer.status, answer.headers['location']]).toEqual([307, page]);
    }
  });

  test('has servers start again when a file of variables changes (CONF-22)', async () => {
    const envPath = write('hot.env', 'SEEN_TOKEN=1\n');
    const config = write(
      'hot.json',
      JSON.stringify({ mcpServers: { one: { ...scripted, env: { SEEN_KEY: '${SEEN_TOKEN}' } } } }),
    );
    gateway = await startGateway(undefined, {
      flags: ['--config', config, '--env-path', envPath, '--hot-reload'],
    });
    const running = gateway;
    expect(await valuesIn(running, 'one')).toEqual({ SEEN_KEY: '1' });
    write('hot.env', 'SEEN_TOKEN=2\n');
    await vi.waitFor(
      async () => expect(await valuesIn(running, 'one')).toEqual({ SEEN_KEY: '2' }),
      eventually,
    );
  });
});
