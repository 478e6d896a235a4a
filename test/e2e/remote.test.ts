import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createEverythingServer, type EverythingServer } from '../fixtures/everything-server.ts';
import { isBuilt, spawnGateway, startGateway, type GatewayProcess } from '../fixtures/gateway-process.ts';
import { send, type HttpAnswer } from '../fixtures/http-client.ts';
import { createRemoteServer, type RemoteServer } from '../fixtures/remote-server.ts';

const kinds = ['streamable-http', 'sse'] as const;
const healMs = 20_000;

async function post(
  { port }: GatewayProcess,
  path: string,
  args: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<HttpAnswer> {
  return await send(port, path, {
    body: JSON.stringify(args),
    headers: { 'content-type': 'application/json', ...headers },
  });
}

describe.skipIf(!isBuilt).each(kinds)('mcpo-serve before server-everything over %s', (kind) => {
  let server: EverythingServer;
  let gateway: GatewayProcess | undefined;
  beforeAll(async () => {
    server = await createEverythingServer(kind);
  });
  afterEach(async () => {
    await gateway?.stop();
    gateway = undefined;
  });
  afterAll(async () => {
    await server?.stop();
  });

  test.each([
    ['told by --type', ['--type', kind]],
    ['found by itself', []],
  ])('serves its tools, the transport %s (UP-01)', async (_, flags) => {
    gateway = await startGateway([server.url], { flags });
    const paths = (await send(gateway.port, '/openapi.json', { method: 'GET' })).json();
    expect(paths).toMatchObject({ paths: { '/echo': {}, '/get-sum': {} } });
    const answer = await post(gateway, '/echo', { message: 'hi' });
    expect([answer.status, answer.json()]).toEqual([200, 'Echo: hi']);
    expect((await post(gateway, '/echo', {})).status).toBe(422);
  });

  test('serves them again when the server has been restarted on its port (UP-03)', async () => {
    gateway = await startGateway([server.url]);
    const running = gateway;
    const echo = (): Promise<HttpAnswer> => post(running, '/echo', { message: 'hi' });
    expect((await echo()).status).toBe(200);
    await server.stop();
    const during = Array.from({ length: 5 }, echo);
    await server.start();
    for (const answer of await Promise.all(during)) {
      expect([200, 503]).toContain(answer.status);
      expect(answer.status === 200 || Number(answer.headers['retry-after']) > 0).toBe(true);
    }
    const endsAt = performance.now() + healMs;
    while ((await echo()).status !== 200) {
      if (performance.now() > endsAt) throw new Error(`not healed: ${running.stderr.slice(-2000)}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const after = await Promise.all(Array.from({ length: 20 }, echo));
    expect(after.map(({ status }) => status)).toEqual(after.map(() => 200));
  });
});

describe.skipIf(!isBuilt).each(kinds)('mcpo-serve before a server over %s', (kind) => {
  const folder = mkdtempSync(join(tmpdir(), 'mcpo-remote-'));
  let server: RemoteServer;
  let gateway: GatewayProcess | undefined;
  beforeAll(async () => {
    server = await createRemoteServer(kind);
  });
  afterEach(async () => {
    await gateway?.stop();
    gateway = undefined;
  });
  afterAll(async () => {
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('sends what --header says with every request (UP-01)', async () => {
    const flags = ['--type', kind, '--header', '{"X-Key": "k-1", "Authorization": "Bearer configured"}'];
    gateway = await startGateway([server.url], { flags });
    expect((await post(gateway, '/echo', { n: 1 })).json()).toEqual({ n: 1 });
    expect(server.messages('tools/call')).toHaveLength(1);
    for (const { headers } of server.seen) {
      expect(headers).toMatchObject({ 'x-key': 'k-1', authorization: 'Bearer configured' });
    }
    expect(gateway.stderr).not.toMatch(/k-1|Bearer configured/);
  });

  test('forwards a caller’s headers as headers of the call alone (FWD-06, FWD-07, UP-08)', async () => {
    const file = join(folder, 'servers.json');
    const configured = {
      type: kind,
      url: server.url,
      headers: { 'X-Tenant': 'ours' },
      client_header_forwarding: { enabled: true, whitelist: ['x-*'] },
    };
    writeFileSync(file, JSON.stringify({ mcpServers: { far: configured } }));
    gateway = await startGateway(undefined, { flags: ['--config', file] });
    const from = server.seen.length;
    const headers = { 'X-User': 'ada', 'X-Tenant': 'theirs', 'Y-Other': '1' };
    expect((await post(gateway, '/far/echo', { n: 2 }, headers)).status).toBe(200);
    const call = server.seen.slice(from).find(({ body }) => body.includes('tools/call'));
    expect(call?.headers).toMatchObject({ 'x-user': 'ada', 'x-tenant': 'ours' });
    expect(call?.headers).not.toHaveProperty('y-other');
    expect(call?.body).not.toContain('ada');
    expect(server.seen.filter((seen) => seen.headers['x-user'] !== undefined)).toHaveLength(1);
  });

  test('ends its session when it is told to end (UP-12)', async () => {
    gateway = await startGateway([server.url]);
    expect(server.sessions.size).toBe(1);
    gateway.signal('SIGTERM');
    expect(await gateway.exited(10_000)).toEqual({ code: 0, signal: null });
    expect(server.sessions.size).toBe(0);
  });

  test('says what is missing when the server wants credentials, and exits with 1 (UP-13)', async () => {
    server.intercept = (_seen, response) => {
      response.writeHead(401).end();
      return true;
    };
    const refused = spawnGateway([server.url], { flags: ['--port', '0'] });
    expect(await refused.exited(20_000)).toEqual({ code: 1, signal: null });
    server.intercept = undefined;
    expect(refused.stderr).toContain('it needs credentials; set');
  });
});
