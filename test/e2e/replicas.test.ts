import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { isBuilt, startGateway, type GatewayProcess } from '../fixtures/gateway-process.ts';
import { callTool, send, type HttpAnswer } from '../fixtures/http-client.ts';
import { isAlive } from '../fixtures/scripted-upstream.ts';

const script = fileURLToPath(new URL('upstreams/replica.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'mcpo-replicas-'));
afterAll(() => rmSync(folder, { recursive: true }));

const eventually = { timeout: 30_000, interval: 50 };

interface Said {
  readonly pid: number;
  readonly mark: string;
}

interface Status {
  readonly state: string;
  readonly reason?: string;
  readonly inFlight: number;
  readonly circuit: string;
  readonly restarts: number;
  readonly replicas?: { readonly ready: number; readonly total: number };
}

const said = (answer: HttpAnswer): Said => answer.json() as Said;

describe.skipIf(!isBuilt || process.platform === 'win32')('a server that runs several times', () => {
  let gateway: GatewayProcess;
  afterEach(async () => await gateway.stop());

  const status = async (): Promise<Status | undefined> => {
    const probe = await send(gateway.port, '/readyz', { method: 'GET' });
    return Object.values((probe.json() as { readonly servers: Record<string, Status> }).servers)[0];
  };
  const becomes = async (expected: Partial<Status>): Promise<void> =>
    await vi.waitFor(async () => expect(await status()).toMatchObject(expected), eventually);
  const call = async (tool: string, args: object = {}): Promise<HttpAnswer> =>
    await callTool(gateway.port, tool, args);
  const pids = async (tool = 'pid'): Promise<ReadonlySet<number>> => {
    const answers = await Promise.all(Array.from({ length: 12 }, async () => await call(tool)));
    return new Set(answers.map((answer) => said(answer).pid));
  };
  const startThree = async (flags: readonly string[] = []): Promise<ReadonlySet<number>> => {
    gateway = await startGateway([process.execPath, script], { flags: ['--replicas', '3', ...flags] });
    await becomes({ state: 'ready', replicas: { ready: 3, total: 3 } });
    return await pids();
  };

  test('loses with one of three that is killed its own calls alone (REPL-01, REPL-02)', async () => {
    const [victim = 0, ...others] = await startThree();
    expect(others).toHaveLength(2);
    const release = join(folder, 'release-1');
    const held = Array.from(
      { length: 30 },
      async (_, mark) => await call('hold', { until: release, mark: `${mark}` }),
    );
    await becomes({ inFlight: 30 });
    process.kill(victim, 'SIGKILL');
    const known = 'the connection to the server was lost';
    await vi.waitFor(() => expect(gateway.logs().map(({ msg }) => msg)).toContain(known), eventually);
    // Under load, and from the moment on that the gateway knows: nobody else notices.
    const meanwhile: Promise<HttpAnswer>[] = [];
    for (let index = 0; index < 100; index += 1) {
      meanwhile.push(call('hold', { ms: index % 7, mark: `m${index}` }));
      if (index % 10 === 9) await Promise.all(meanwhile.slice(-10));
    }
    for (const [index, answer] of (await Promise.all(meanwhile)).entries()) {
      expect([answer.status, answer.text]).toMatchObject([200, expect.stringContaining(`"m${index}"`)]);
    }
    writeFileSync(release, '');
    const answers = await Promise.all(held);
    const lost = answers.filter(({ status: code }) => code !== 200);
    expect(lost).toHaveLength(10);
    for (const answer of lost) {
      expect([answer.status, answer.json()]).toMatchObject([502, { code: 'upstream_unavailable' }]);
    }
    const told = answers
      .map((answer, mark) => [mark, answer] as const)
      .filter(([, { status: code }]) => code === 200);
    for (const [mark, answer] of told) {
      expect(said(answer).mark).toBe(`${mark}`);
      expect(others).toContain(said(answer).pid);
    }
    await becomes({ replicas: { ready: 3, total: 3 }, restarts: 1, circuit: 'closed', inFlight: 0 });
    expect((await pids()).has(victim)).toBe(false);
  });

  test('answers every read-only call when one of three is killed (REPL-03)', async () => {
    const [victim = 0] = await startThree();
    const release = join(folder, 'release-2');
    const held = Array.from({ length: 30 }, async () => await call('hold_read_only', { until: release }));
    await becomes({ inFlight: 30 });
    process.kill(victim, 'SIGKILL');
    await becomes({ restarts: 1, inFlight: 30 });
    writeFileSync(release, '');
    for (const answer of await Promise.all(held)) {
      expect(answer.status).toBe(200);
      expect(said(answer).pid).not.toBe(victim);
    }
  });

  test('is rid of one that froze, and serves on meanwhile (REPL-09)', async () => {
    const [victim = 0] = await startThree(['--call-timeout', '1s']);
    process.kill(victim, 'SIGSTOP');
    // Long enough that all are under way at once, and the frozen one has its share.
    const answers = await Promise.all(
      Array.from({ length: 12 }, async () => await call('hold', { ms: 300 })),
    );
    const codes = answers.map((answer) => answer.status);
    expect(codes.filter((code) => code === 504).length).toBeGreaterThanOrEqual(3);
    expect(codes.filter((code) => code === 200).length).toBeGreaterThanOrEqual(6);
    await vi.waitFor(() => expect(isAlive(victim)).toBe(false), eventually);
    await becomes({ replicas: { ready: 3, total: 3 }, restarts: 1 });
    const after = await Promise.all(Array.from({ length: 12 }, async () => await call('pid')));
    for (const answer of after) expect(answer.status).toBe(200);
    const told = gateway.logs().find(({ reason }) => String(reason).includes('was frozen'));
    expect(told).toMatchObject({ msg: 'the connection to the server was lost', replica: expect.any(Number) });
  });

  test('deals calls that wait out to whichever has room, while one is long at its own (REPL-01)', async () => {
    await startThree(['--max-in-flight', '1']);
    const release = join(folder, 'release-3');
    const held = call('hold', { until: release });
    await becomes({ inFlight: 1 });
    const others = await Promise.all(Array.from({ length: 20 }, async () => await call('hold', { ms: 10 })));
    for (const answer of others) expect(answer.status).toBe(200);
    writeFileSync(release, '');
    expect((await held).status).toBe(200);
  });

  test('lets no call that was not sent wait for one that froze (REPL-01)', async () => {
    const [victim = 0] = await startThree(['--max-in-flight', '1', '--call-timeout', '5s']);
    process.kill(victim, 'SIGSTOP');
    const answers = await Promise.all(Array.from({ length: 12 }, async () => await call('pid')));
    process.kill(victim, 'SIGCONT');
    const codes = answers.map((answer) => answer.status);
    expect(codes.filter((code) => code === 200)).toHaveLength(11);
    expect(codes).toContain(504);
  });

  test('is replaced one by one on SIGHUP, without a call that fails (REPL-11)', async () => {
    const file = join(folder, 'servers.json');
    const server = { command: process.execPath, args: [script], replicas: 3, required: true };
    writeFileSync(file, JSON.stringify({ mcpServers: { it: server } }));
    gateway = await startGateway(undefined, { flags: ['--config', file] });
    await becomes({ replicas: { ready: 3, total: 3 } });
    const before = await pids('it/pid');
    let isOver = false;
    const codes = new Set<number>();
    const load = Promise.all(
      Array.from({ length: 8 }, async () => {
        while (!isOver) codes.add((await call('it/hold', { ms: 20 })).status);
      }),
    );
    gateway.signal('SIGHUP');
    await vi.waitFor(
      () => expect(gateway.logs().map(({ msg }) => msg)).toContain('every replica was replaced'),
      eventually,
    );
    isOver = true;
    await load;
    expect([...codes]).toStrictEqual([200]);
    const after = await pids('it/pid');
    expect([after.size, [...after].filter((pid) => before.has(pid))]).toStrictEqual([3, []]);
    await vi.waitFor(() => expect([...before].filter(isAlive)).toStrictEqual([]), eventually);
  });
});

describe.skipIf(!isBuilt || process.platform === 'win32')('a server that dies on every start', () => {
  test('has its circuit opened, is refused calls at once, and proves itself when it is back (REPL-07, REPL-08)', async () => {
    const down = join(folder, 'down');
    const gateway = await startGateway([process.execPath, script, down]);
    try {
      const circuit = async (): Promise<unknown> => {
        const probe = await send(gateway.port, '/readyz', { method: 'GET' });
        return Object.values((probe.json() as { readonly servers: Record<string, Status> }).servers)[0]
          ?.circuit;
      };
      const { pid } = (await callTool(gateway.port, 'pid')).json() as Said;
      writeFileSync(down, '');
      const held = callTool(gateway.port, 'hold_read_only', { ms: 60_000 });
      await vi.waitFor(async () => {
        const probe = await send(gateway.port, '/readyz', { method: 'GET' });
        expect(probe.text).toContain('"inFlight":1');
      }, eventually);
      process.kill(pid, 'SIGKILL');
      await vi.waitFor(async () => expect(await circuit()).toBe('open'), eventually);
      // It waited for a restart until then.
      expect((await held).status).toBe(502);
      const refused = await callTool(gateway.port, 'pid');
      expect([refused.status, refused.json()]).toMatchObject([503, { code: 'upstream_not_ready' }]);
      expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(1);
      rmSync(down);
      await vi.waitFor(async () => expect(await circuit()).toBe('closed'), eventually);
      expect((await callTool(gateway.port, 'pid')).status).toBe(200);
      const metrics = await send(gateway.port, '/metrics', { method: 'GET' });
      expect(metrics.text).toContain('mcpo_upstream_circuit');
    } finally {
      await gateway.stop();
    }
  });
});
