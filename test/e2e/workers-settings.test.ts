import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { isBuilt, startGateway, type GatewayProcess } from '../fixtures/gateway-process.ts';
import { openHttp2 } from '../fixtures/http2-client.ts';
import { send } from '../fixtures/http-client.ts';
import { scriptPath } from '../fixtures/scripted-upstream.ts';
import { tlsPath } from '../fixtures/tls.ts';
import { openLines } from '../fixtures/worker-lines.ts';

const eventually = { timeout: 30_000, interval: 50 };
const scripted = [process.execPath, scriptPath('scripted.mjs')] as const;
const all: GatewayProcess[] = [];
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'workers-'));
});

afterEach(async () => {
  await Promise.all(all.splice(0).map(async (gateway) => await gateway.stop()));
  rmSync(folder, { recursive: true, force: true });
});

async function start(flags: readonly string[]): Promise<GatewayProcess> {
  const server = flags.includes('--config') ? undefined : scripted;
  const gateway = await startGateway(server, { flags: ['--workers', '2', ...flags] });
  all.push(gateway);
  return gateway;
}

/** Writes a configuration with the scripted server under each of these names. */
function configure(servers: Readonly<Record<string, object>>): string {
  const [command, ...args] = scripted;
  const entries = Object.entries(servers).map(([name, more]) => [name, { command, args, ...more }]);
  const path = join(folder, 'mcp.json');
  writeFileSync(path, JSON.stringify({ mcpServers: Object.fromEntries(entries) as object }));
  return path;
}

async function readiness({ port }: GatewayProcess): Promise<Record<string, unknown>> {
  return (await send(port, '/readyz', { method: 'GET' })).json() as Record<string, unknown>;
}

describe.skipIf(!isBuilt || process.platform !== 'linux')('two workers', () => {
  test('both load the configuration again when the process that was started gets SIGHUP (WORK-07)', async () => {
    const gateway = await start(['--config', configure({ one: {} })]);
    const [one, two] = await openLines(gateway.port, 'one/');
    const { contract } = await readiness(gateway);
    configure({ one: {}, two: {} });
    gateway.signal('SIGHUP');
    for (const line of [one, two]) {
      await vi.waitFor(async () => {
        const added = await line.call('echo', { a: 1 });
        expect([added.status, added.text]).toEqual([200, '{"a":1}']);
        const { servers } = (await readiness(gateway)) as { readonly servers: object };
        expect(Object.keys(servers)).toEqual(['one', 'two']);
      }, eventually);
    }
    await openLines(gateway.port, 'two/');
    await vi.waitFor(async () => {
      const now = await readiness(gateway);
      expect(now).toMatchObject({ status: 'ready', workers: { replaced: 0, keptOut: 0 } });
      expect(now['contract']).not.toBe(contract);
    }, eventually);
  });

  test('both keep the configuration that they have when a new one cannot be served by several (WORK-08)', async () => {
    const gateway = await start(['--config', configure({ one: {} })]);
    configure({ one: { session: { key: 'header:x-user' } } });
    gateway.signal('SIGHUP');
    await vi.waitFor(() => {
      const refusals = gateway.logs().filter(({ msg }) => msg.includes("one has 'session'"));
      expect(new Set(refusals.map(({ worker }) => worker))).toEqual(new Set([1, 2]));
    }, eventually);
    await openLines(gateway.port, 'one/');
  });

  test('one that dies while the configuration is broken comes back when it is mended, and the log says what is to mend (WORK-04)', async () => {
    const path = configure({ one: {} });
    const gateway = await start(['--config', path]);
    const [one] = await openLines(gateway.port, 'one/');
    writeFileSync(path, '{"mcpServers": [');
    process.kill(one.worker, 'SIGKILL');
    await vi.waitFor(() => {
      const line = gateway.logs().find(({ msg }) => msg.includes('until the configuration is mended'));
      expect(line).toMatchObject({ level: 50, code: 2, worker: expect.any(Number) as number });
      expect(line?.['reason']).toContain(path);
    }, eventually);
    for (const line of gateway.stderr.trimEnd().split('\n')) expect(line).toMatch(/^\{.*\}$/);
    expect(await readiness(gateway)).toMatchObject({ status: 'degraded', workers: { ready: 1 } });
    configure({ one: {} });
    await vi.waitFor(
      async () => expect(await readiness(gateway)).toMatchObject({ status: 'ready', workers: { ready: 2 } }),
      eventually,
    );
  }, 60_000);

  test('serve HTTPS (WORK-01)', async () => {
    const tls = ['--ssl-certfile', tlsPath('first.cert.pem'), '--ssl-keyfile', tlsPath('first.key.pem')];
    const gateway = await start(tls);
    expect(gateway.url).toMatch(/^https:/);
    const servers = new Set<unknown>();
    await vi.waitFor(async () => {
      const connection = await openHttp2(gateway.port);
      const headers = { 'content-type': 'application/json' };
      const answer = await connection.send('/facts', { headers, body: '{}' });
      connection.close();
      servers.add((answer.json() as { readonly pid: number }).pid);
      expect(servers.size).toBe(2);
    }, eventually);
  });

  test('are as many as the environment says, at a port that was named (WORK-01)', async () => {
    const free = await startGateway(scripted);
    await free.stop();
    const flags = ['--port', String(free.port)];
    const gateway = await startGateway(scripted, { flags, env: { MCPO_WORKERS: '2' } });
    all.push(gateway);
    expect(gateway.port).toBe(free.port);
    await openLines(gateway.port);
  });

  test('write an audit log each, which have all calls (WORK-09)', async () => {
    const path = join(folder, 'audit.log');
    const gateway = await start(['--audit-log', path]);
    const lines = await openLines(gateway.port);
    for (const line of lines) for (const a of [1, 2]) await line.call('echo', { a });
    await gateway.stop();
    const written = [1, 2].map((worker) =>
      readFileSync(`${path}.worker-${worker}`, 'utf8')
        .trim()
        .split('\n')
        .filter((line) => line.includes('"echo"')),
    );
    expect(written.map(({ length }) => length)).toEqual([2, 2]);
  });

  test('that one of them is frozen leaves the others ready, and what is told of all is told in time (WORK-02, WORK-03)', async () => {
    const gateway = await start([]);
    const [one] = await openLines(gateway.port);
    process.kill(one.worker, 'SIGSTOP');
    try {
      // Its share of new connections is one, which waits; whoever comes after that is served.
      await vi.waitFor(async () => {
        const answer = await send(gateway.port, '/readyz', { method: 'GET', deadlineMs: 5_000 });
        expect([answer.status, answer.json()]).toMatchObject([
          200,
          { status: 'degraded', workers: { total: 2, ready: 1 } },
        ]);
      }, eventually);
      const { text } = await send(gateway.port, '/metrics', { method: 'GET', deadlineMs: 15_000 });
      expect(text).toMatch(/^mcpo_workers 1$/m);
    } finally {
      process.kill(one.worker, 'SIGCONT');
    }
    await vi.waitFor(async () => expect((await readiness(gateway))['status']).toBe('ready'), eventually);
  });
});
