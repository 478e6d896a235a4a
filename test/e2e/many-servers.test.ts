import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { isBuilt, startGateway, type GatewayProcess } from '../fixtures/gateway-process.ts';
import { send, type HttpAnswer } from '../fixtures/http-client.ts';
import { scriptPath } from '../fixtures/scripted-upstream.ts';

const folder = mkdtempSync(join(tmpdir(), 'mcpo-many-'));
const scripted = { command: process.execPath, args: [scriptPath('scripted.mjs')] };
const odd = 'a b.ü';
const oddMount = '/a%20b.%C3%BC';
const origin = 'https://chat.example';
const eventually = { timeout: 20_000, interval: 25 };

interface Shown {
  readonly servers: readonly [{ readonly url: string }];
  readonly paths: Readonly<Record<string, object>>;
}

describe.skipIf(!isBuilt)('several servers, over sockets', () => {
  let gateway: GatewayProcess;
  const get = async (path: string, headers: Record<string, string> = {}): Promise<HttpAnswer> =>
    await send(gateway.port, path, { method: 'GET', headers });
  const post = async (
    path: string,
    args: unknown,
    headers: Record<string, string> = {},
  ): Promise<HttpAnswer> =>
    await send(gateway.port, path, {
      body: JSON.stringify(args),
      headers: { 'content-type': 'application/json', ...headers },
    });

  beforeAll(async () => {
    const file = join(folder, 'servers.json');
    const dead = { command: join(folder, 'no-such-program') };
    writeFileSync(file, JSON.stringify({ mcpServers: { plain: scripted, [odd]: scripted, dead } }));
    const flags = ['--root-path', '/root', '--path-prefix', '/api', '--cors-allow-origins', origin];
    gateway = await startGateway(undefined, { flags: ['--config', file, ...flags] });
  });
  afterAll(async () => {
    await gateway?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('each has documents and pages below its name, whatever that is (HTTP-22)', async () => {
    for (const mount of ['/plain', oddMount]) {
      const document = (await get(`${mount}/openapi.json`)).json() as Shown;
      expect(document.servers[0].url).toBe(`/root/api${mount}`);
      expect(Object.keys(document.paths)).toContain('/echo');
      expect((await get(`${mount}/openapi.yaml`)).headers['content-type']).toBe('application/yaml');
      for (const page of ['docs', 'redoc']) {
        expect((await get(`${mount}/${page}`)).headers['content-type']).toContain('text/html');
      }
      expect((await post(`${mount}/echo`, { n: 1 })).json()).toEqual({ n: 1 });
    }
    const merged = (await get('/openapi.json')).json() as Shown;
    expect(Object.keys(merged.paths)).toEqual(expect.arrayContaining(['/plain/echo', `${oddMount}/echo`]));
  });

  test('one that cannot be started is not ready, and the gateway is, but for it (HTTP-23, HTTP-24)', async () => {
    for (const path of ['/dead', '/dead/docs', '/dead/openapi.json']) {
      const answer = await get(path);
      expect([path, answer.status, answer.json()]).toMatchObject([path, 503, { code: 'upstream_not_ready' }]);
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    }
    expect((await post('/dead/echo', {})).status).toBe(503);
    const ready = await get('/readyz');
    expect([ready.status, ready.json()]).toMatchObject([
      200,
      {
        status: 'degraded',
        servers: { plain: { state: 'ready' }, dead: { state: 'restarting', required: false } },
      },
    ]);
  });

  test('one that dies keeps its document and pages until it is back (HTTP-23)', async () => {
    const before = await get('/plain/openapi.json');
    const { pid } = (await post('/plain/facts', {})).json() as { readonly pid: number };
    process.kill(pid, 'SIGKILL');
    await vi.waitFor(async () => {
      const { servers } = (await get('/readyz')).json() as {
        readonly servers: Record<string, { readonly restarts: number; readonly state: string }>;
      };
      const after = await get('/plain/openapi.json');
      expect([after.status, after.text]).toEqual([200, before.text]);
      expect((await get('/plain/docs')).status).toBe(200);
      expect(servers['plain']).toMatchObject({ restarts: 1, state: 'ready' });
    }, eventually);
    expect((await post('/plain/echo', { n: 2 })).json()).toEqual({ n: 2 });
  });

  test.each(['', '/root', '/api', '/root/api'])(
    'tools, documents and pages are found under "%s" (HTTP-27, HTTP-28)',
    async (prefix) => {
      expect((await post(`${prefix}/plain/echo`, { n: 3 })).json()).toEqual({ n: 3 });
      expect((await get(`${prefix}/plain/openapi.json`)).status).toBe(200);
      const { links } = (await get(`${prefix}${oddMount}`)).json() as {
        readonly links: { readonly docs: string };
      };
      expect(links.docs).toMatch(new RegExp(`/root/api${oddMount}/docs$`));
    },
  );

  test('pages of the allowed origin may read answers and streams, others not even call (HTTP-32, HTTP-34)', async () => {
    const page = { origin, 'sec-fetch-site': 'cross-site' };
    for (const accept of ['application/json', 'text/event-stream']) {
      const answer = await post('/plain/echo', { n: 4 }, { ...page, accept });
      expect([answer.status, answer.headers['access-control-allow-origin']]).toEqual([200, origin]);
      expect(answer.headers.vary).toBe('origin, accept');
    }
    const other = await post('/plain/echo', {}, { ...page, origin: 'https://evil.example' });
    expect([other.status, other.headers['access-control-allow-origin']]).toEqual([403, undefined]);
    const headers = { ...page, 'access-control-request-method': 'POST' };
    const asked = await send(gateway.port, `${oddMount}/echo`, { method: 'OPTIONS', headers });
    expect([asked.status, asked.headers['access-control-allow-origin']]).toEqual([204, origin]);
  });

  test('what a proxy says is ignored, since nobody said to trust it (HTTP-29)', async () => {
    const answer = await get('/openapi.json', { 'x-forwarded-prefix': '/elsewhere' });
    expect((answer.json() as Shown).servers[0].url).toBe('/root/api');
  });
});
