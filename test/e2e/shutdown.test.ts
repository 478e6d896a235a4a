import { afterEach, describe, expect, test, vi } from 'vitest';
import { isBuilt, spawnGateway } from '../fixtures/gateway-process.ts';
import type { HttpAnswer } from '../fixtures/http-client.ts';
import { openRaw, post, postHead } from '../fixtures/raw-http.ts';
import { isAlive, scriptPath } from '../fixtures/scripted-upstream.ts';
import { startScripted, type ScriptedGateway } from './scripted-gateway.ts';

const eventually = { timeout: 10_000, interval: 10 };
const gateways: ScriptedGateway[] = [];

afterEach(async () => {
  await Promise.all(gateways.splice(0).map(async ({ process: gateway }) => await gateway.stop()));
});

async function start(flags: readonly string[] = [], server?: readonly string[]): Promise<ScriptedGateway> {
  const gateway = await startScripted({ flags }, server);
  gateways.push(gateway);
  return gateway;
}

async function pidOf(answer: Promise<HttpAnswer>): Promise<number> {
  return ((await answer).json() as { readonly pid: number }).pid;
}

async function inFlight(gateway: ScriptedGateway, count: number): Promise<void> {
  await vi.waitFor(async () => expect(await gateway.inFlight()).toBe(count), eventually);
}

async function shuttingDown({ process: gateway }: ScriptedGateway): Promise<void> {
  await vi.waitFor(() => expect(gateway.logs().map(({ msg }) => msg)).toContain('shutting down'), eventually);
}

describe.skipIf(!isBuilt || process.platform === 'win32')('shutdown', () => {
  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    '%s lets calls in flight finish, refuses further ones with 503, and exits 0 (HTTP-18)',
    async (signal) => {
      const gateway = await start();
      const { pid } = await gateway.facts();
      const busy = await openRaw(gateway.port);
      const idle = await openRaw(gateway.port);
      idle.write(post('/echo', '{}'));
      expect((await idle.answer()).status).toBe(200);
      busy.write(post('/sleep', '{"ms":1500}'));
      await inFlight(gateway, 1);
      gateway.process.signal(signal);
      await shuttingDown(gateway);

      idle.write(post('/echo', '{}'));
      const refused = await idle.answer();
      expect([refused.status, JSON.parse(refused.body)]).toMatchObject([503, { code: 'shutting_down' }]);
      expect(refused.headers.get('connection')).toBe('close');
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      await idle.closed();
      await expect(gateway.call('echo')).rejects.toThrow('ECONNREFUSED');

      const finished = await busy.answer();
      expect([finished.status, finished.body]).toEqual([200, '{"ms":1500}']);
      const finishedAt = performance.now();
      expect(await gateway.process.exited()).toEqual({ code: 0, signal: null });
      expect(performance.now() - finishedAt).toBeLessThan(3_000);
      expect(isAlive(pid)).toBe(false);
    },
  );

  test('during --drain-delay /readyz is down and calls are answered, on new connections too (HTTP-35)', async () => {
    const gateway = await start(['--drain-delay', '3s']);
    const idle = await openRaw(gateway.port);
    idle.write(post('/echo', '{}'));
    expect((await idle.answer()).headers.get('connection')).toBe('keep-alive');
    gateway.process.signal('SIGTERM');
    await shuttingDown(gateway);
    const ready = await fetch(`http://127.0.0.1:${gateway.port}/readyz`);
    expect([ready.status, await ready.json()]).toMatchObject([503, { status: 'shutting_down' }]);
    expect((await fetch(`http://127.0.0.1:${gateway.port}/healthz`)).status).toBe(200);
    // Whoever keeps a connection open would come back on it, whatever a balancer knows by then.
    idle.write(post('/echo', '{"on":"old"}'));
    const old = await idle.answer();
    expect([old.status, old.body, old.headers.get('connection')]).toEqual([200, '{"on":"old"}', 'close']);
    await idle.closed();
    const fresh = await gateway.call('echo', { on: 'new' });
    expect([fresh.status, fresh.text]).toEqual([200, '{"on":"new"}']);
    // Still under way when the delay is over.
    const slow = gateway.call('sleep', { ms: 4_000 });
    await vi.waitFor(
      async () => await expect(gateway.call('echo')).rejects.toThrow('ECONNREFUSED'),
      eventually,
    );
    expect((await slow).status).toBe(200);
    expect(await gateway.process.exited()).toEqual({ code: 0, signal: null });
  });

  test('a second signal cuts --drain-delay short', async () => {
    const gateway = await start(['--drain-delay', '60s']);
    const { pid } = await gateway.facts();
    gateway.process.signal('SIGTERM');
    await shuttingDown(gateway);
    expect((await gateway.call('echo')).status).toBe(200);
    gateway.process.signal('SIGTERM');
    expect((await gateway.process.exited()).code).toBe(1);
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false), eventually);
  });

  test('a request that follows on a busy connection is answered in its turn (HTTP-18)', async () => {
    const gateway = await start();
    const connection = await openRaw(gateway.port);
    connection.write(post('/sleep', '{"ms":700}'));
    await inFlight(gateway, 1);
    gateway.process.signal('SIGTERM');
    await shuttingDown(gateway);
    connection.write(post('/echo', '{}'));
    expect((await connection.answer()).status).toBe(200);
    expect((await connection.answer()).status).toBe(503);
    expect(await gateway.process.exited()).toEqual({ code: 0, signal: null });
  });

  test('a stream in flight comes to its end (HTTP-18, RES-09)', async () => {
    const gateway = await start();
    const headers = { accept: 'text/event-stream' };
    const stream = gateway.call('sleep', { ms: 500 }, { headers });
    await inFlight(gateway, 1);
    gateway.process.signal('SIGTERM');
    expect((await stream).text).toBe('event: result\ndata: {"ms":500}\n\n');
    expect(await gateway.process.exited()).toEqual({ code: 0, signal: null });
  });

  test('a large answer reaches a slow reader to the end (HTTP-18)', async () => {
    const gateway = await start();
    const bytes = 20_000_000;
    const connection = await openRaw(gateway.port);
    connection.socket.pause();
    connection.write(post('/big', JSON.stringify({ bytes })));
    await inFlight(gateway, 1);
    gateway.process.signal('SIGTERM');
    await shuttingDown(gateway);
    // Longer than what half-sent requests get.
    setTimeout(() => connection.socket.resume(), 1_500);
    const answer = await connection.answer({ deadlineMs: 20_000 });
    expect([answer.status, answer.body.length]).toEqual([200, bytes + 2]);
    expect(await gateway.process.exited()).toEqual({ code: 0, signal: null });
  });

  test('idle connections and half-sent requests do not hold it up (HTTP-18)', async () => {
    const gateway = await start();
    const idle = await openRaw(gateway.port);
    idle.write(post('/echo', '{}'));
    await idle.answer();
    const half = await openRaw(gateway.port);
    half.write(postHead('/echo', ['content-length: 10']));
    const silent = await openRaw(gateway.port);
    const startedAt = performance.now();
    gateway.process.signal('SIGTERM');
    expect(await gateway.process.exited()).toEqual({ code: 0, signal: null });
    expect(performance.now() - startedAt).toBeLessThan(4_000);
    await Promise.all([idle, half, silent].map(async (connection) => await connection.closed()));
  });

  test('calls that outlast --shutdown-timeout are cut off, and it exits 1 (HTTP-18)', async () => {
    const gateway = await start(['--shutdown-timeout', '500ms']);
    const { pid } = await gateway.facts();
    const pending = gateway.call('never');
    const settled = pending.then(
      ({ status }) => status,
      () => 'cut off',
    );
    await inFlight(gateway, 1);
    const startedAt = performance.now();
    gateway.process.signal('SIGTERM');
    expect(await gateway.process.exited()).toEqual({ code: 1, signal: null });
    expect(performance.now() - startedAt).toBeLessThan(4_000);
    expect(await settled).toBe(502);
    await vi.waitFor(() =>
      expect(gateway.process.logs().map(({ msg }) => msg)).toContain('calls were cut off'),
    );
    expect(isAlive(pid)).toBe(false);
  });

  test('nothing is left of a wrapper such as npx, the server behind it and what that started', async () => {
    const gateway = await start([], [process.execPath, scriptPath('wrapper.mjs')]);
    const { pid: server } = await gateway.facts();
    const child = await pidOf(gateway.call('grandchild'));
    const stubborn = await pidOf(gateway.call('grandchild', { stubborn: true }));
    expect([server, child, stubborn].map(isAlive)).toEqual([true, true, true]);
    gateway.process.signal('SIGTERM');
    expect(await gateway.process.exited()).toEqual({ code: 0, signal: null });
    expect([server, child, stubborn].map(isAlive)).toEqual([false, false, false]);
  });

  test('a second signal exits at once, and leaves nothing either', async () => {
    const gateway = await start(['--shutdown-timeout', '60s'], [process.execPath, scriptPath('wrapper.mjs')]);
    const { pid: server } = await gateway.facts();
    const stubborn = await pidOf(gateway.call('grandchild', { stubborn: true }));
    const settled = gateway.call('never').catch(() => undefined);
    await inFlight(gateway, 1);
    gateway.process.signal('SIGTERM');
    await shuttingDown(gateway);
    const startedAt = performance.now();
    gateway.process.signal('SIGINT');
    expect((await gateway.process.exited()).code).toBe(1);
    expect(performance.now() - startedAt).toBeLessThan(1_500);
    await settled;
    await vi.waitFor(() => expect([server, stubborn].map(isAlive)).toEqual([false, false]), eventually);
  });

  test('a signal while the server restarts ends it as well', async () => {
    const gateway = await start();
    void gateway.call('exit', { code: 1 });
    await vi.waitFor(async () => expect(await gateway.inFlight()).toBeUndefined(), eventually);
    gateway.process.signal('SIGTERM');
    expect(await gateway.process.exited()).toEqual({ code: 0, signal: null });
  });

  test('a signal before it is ready ends it, and what it started', async () => {
    const gateway = spawnGateway([process.execPath, scriptPath('scripted.mjs')], {
      flags: ['--port', '0', '--env', 'SCRIPT=pid,hang,stubborn'],
    });
    try {
      await vi.waitFor(
        () => expect(gateway.logs().some(({ msg }) => /^\d+$/.test(msg))).toBe(true),
        eventually,
      );
      const pid = Number(gateway.logs().find(({ msg }) => /^\d+$/.test(msg))?.msg);
      expect(isAlive(pid)).toBe(true);
      gateway.signal('SIGTERM');
      expect((await gateway.exited(8_000)).signal).toBe(null);
      expect(gateway.stdout).toBe('');
      await vi.waitFor(() => expect(isAlive(pid)).toBe(false), eventually);
    } finally {
      gateway.signal('SIGKILL');
    }
  });
});
