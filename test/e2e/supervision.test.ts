import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { isBuilt, startGateway, type GatewayProcess } from '../fixtures/gateway-process.ts';
import { callTool, send, type HttpAnswer } from '../fixtures/http-client.ts';
import { isAlive } from '../fixtures/scripted-upstream.ts';

const phoenix = fileURLToPath(new URL('upstreams/phoenix.mjs', import.meta.url));
const eventually = { timeout: 15_000, interval: 20 };

describe.skipIf(!isBuilt || process.platform === 'win32')('a server that dies and comes back', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mcpo-supervision-'));
  const file = join(folder, 'state.json');
  let gateway: GatewayProcess;

  const become = (state: object): void => {
    // Swapped in whole: the server may be reading.
    writeFileSync(`${file}.new`, JSON.stringify(state));
    renameSync(`${file}.new`, file);
  };
  const call = async (tool: string, args: unknown = {}): Promise<HttpAnswer> =>
    await callTool(gateway.port, tool, args);
  const get = async (path: string): Promise<HttpAnswer> => await send(gateway.port, path, { method: 'GET' });
  const serverPid = async (): Promise<number> => Number((await call('pid')).text);
  const inFlight = async (count: number): Promise<void> =>
    await vi.waitFor(
      async () =>
        expect((await get('/readyz')).json()).toMatchObject({ servers: { phoenix: { inFlight: count } } }),
      eventually,
    );
  const ready = async (): Promise<void> =>
    await vi.waitFor(async () => expect((await get('/readyz')).status).toBe(200), eventually);
  const hasTool = async (tool: string): Promise<void> =>
    await vi.waitFor(
      async () => expect(Object.keys(pathsOf(await get('/openapi.json')))).toContain(`/${tool}`),
      eventually,
    );

  beforeAll(async () => {
    become({ tools: ['first'] });
    gateway = await startGateway([process.execPath, phoenix, file]);
  });

  afterAll(async () => {
    await gateway.stop();
    rmSync(folder, { recursive: true });
  });

  test('a kill in mid-call fails that call at once, then 503 until it is back (ERR-06, ERR-07, HTTP-16, HTTP-07)', async () => {
    const pid = await serverPid();
    const etag = (await get('/openapi.json')).headers.etag;
    const pending = [call('never'), call('never')];
    await inFlight(2);
    become({ tools: ['first'], isDown: true });
    process.kill(pid, 'SIGKILL');
    const killedAt = performance.now();
    for (const answer of await Promise.all(pending)) {
      expect([answer.status, answer.json()]).toMatchObject([502, { code: 'upstream_unavailable' }]);
    }
    expect(performance.now() - killedAt).toBeLessThan(2_000);

    const probe = await get('/readyz');
    expect([probe.status, probe.json()]).toMatchObject([
      503,
      { status: 'not_ready', servers: { phoenix: { state: 'restarting', inFlight: 0 } } },
    ]);
    const meanwhile = await call('greet', { name: 'Ada' });
    expect([meanwhile.status, meanwhile.json()]).toMatchObject([503, { code: 'upstream_not_ready' }]);
    expect(Number(meanwhile.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    const wrong = await call('greet', { name: 'A' });
    expect([wrong.status, wrong.json()]).toMatchObject([422, { code: 'invalid_arguments' }]);
    expect((await call('no_such_tool')).status).toBe(404);
    const document = await get('/openapi.json');
    expect([document.status, document.headers.etag]).toEqual([200, etag]);
    expect((await get('/healthz')).status).toBe(200);

    become({ tools: ['first'] });
    await ready();
    expect((await call('greet', { name: 'Ada' })).json()).toEqual({ name: 'Ada' });
    expect(await serverPid()).not.toBe(pid);
    expect(isAlive(pid)).toBe(false);
    expect((await get('/openapi.json')).headers.etag).toBe(etag);
  });

  test('a restart with other tools swaps the contract', async () => {
    const pid = await serverPid();
    expect((await call('second')).status).toBe(404);
    become({ tools: ['second'] });
    process.kill(pid, 'SIGKILL');
    await hasTool('second');
    expect((await call('second', { a: 1 })).json()).toEqual({ a: 1 });
    const gone = await call('first');
    expect([gone.status, gone.json()]).toMatchObject([404, { code: 'not_found' }]);
  });

  test('a notification of other tools swaps the contract, and leaves a call in flight alone', async () => {
    const pid = await serverPid();
    const hangUp = new AbortController();
    const pending = callTool(gateway.port, 'never', {}, { signal: hangUp.signal });
    await inFlight(1);
    become({ tools: ['second', 'third'] });
    expect((await call('change')).status).toBe(200);
    await hasTool('third');
    expect((await call('third', { a: 1 })).json()).toEqual({ a: 1 });
    expect(await serverPid()).toBe(pid);
    await inFlight(1);
    hangUp.abort();
    await expect(pending).rejects.toThrow('aborted');
    await inFlight(0);
  });

  test('a read-only call that was sent is sent once more after the restart (ERR-06)', async () => {
    const pid = await serverPid();
    const pending = call('never_read_only', { once: 'more' });
    await inFlight(1);
    become({ tools: ['second', 'third'], isReborn: true });
    process.kill(pid, 'SIGKILL');
    expect((await pending).json()).toEqual({ once: 'more' });
  });

  test('the log tells the loss, and nothing is left of the calls (ERR-06)', async () => {
    await ready();
    await inFlight(0);
    await vi.waitFor(() => {
      const lost = gateway.logs().filter(({ msg }) => msg === 'the connection to the server was lost');
      expect(lost).toHaveLength(3);
      expect(lost[0]).toMatchObject({ server: 'phoenix', reason: expect.stringContaining('SIGKILL') });
    }, eventually);
  });
});

function pathsOf(answer: HttpAnswer): object {
  return (answer.json() as { readonly paths: object }).paths;
}
