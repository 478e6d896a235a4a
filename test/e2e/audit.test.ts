import { hash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { isBuilt, runServe, startGateway, type GatewayProcess } from '../fixtures/gateway-process.ts';
import { send } from '../fixtures/http-client.ts';
import { scriptPath } from '../fixtures/scripted-upstream.ts';

const scripted = [process.execPath, scriptPath('scripted.mjs')];

let folder = '';
let file = '';
let gateway: GatewayProcess | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mcpo-audit-'));
  file = join(folder, 'audit.log');
});
afterEach(async () => {
  await gateway?.stop();
  gateway = undefined;
  rmSync(folder, { recursive: true, force: true });
});

async function start(...flags: readonly string[]): Promise<GatewayProcess> {
  gateway = await startGateway(scripted, { flags: ['--audit-log', file, ...flags] });
  return gateway;
}

async function call({ port }: GatewayProcess, path: string, body: string, headers: object = {}) {
  return await send(port, path, { headers: { 'content-type': 'application/json', ...headers }, body });
}

type Line = Readonly<Record<string, unknown>>;

function linesOf(path: string): readonly Line[] {
  const text = readFileSync(path, 'utf8');
  expect(text === '' || text.endsWith('\n')).toBe(true);
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
}

/** Once there are as many. */
async function lines(count: number): Promise<readonly Line[]> {
  return await vi.waitFor(
    () => {
      const found = linesOf(file);
      expect(found.length).toBeGreaterThanOrEqual(count);
      return found;
    },
    { timeout: 10_000 },
  );
}

describe.skipIf(!isBuilt)('with --audit-log, mcpo-serve', () => {
  test('writes a line a call: who, what, when, how it ended, and a digest of the arguments (AUDIT-01, AUDIT-03)', async () => {
    const running = await start('--api-key', 'key-secret');
    const before = Date.now();
    const body = '{"text": "argument-secret"}';
    const headers = { authorization: 'Bearer key-secret', 'x-request-id': 'audited' };
    expect((await call(running, '/echo', body, headers)).status).toBe(200);
    const [line] = await lines(1);
    expect(line).toMatchObject({
      event: 'call',
      requestId: 'audited',
      address: '127.0.0.1',
      caller: { kind: 'shared-key', name: 'shared-key' },
      server: 'scripted',
      tool: 'echo',
      status: 200,
      argumentsDigest: `sha256:${hash('sha256', body, 'hex')}`,
    });
    expect(Date.parse(String(line?.['time']))).toBeGreaterThanOrEqual(before - 1);
    expect(line?.['ms']).toBeGreaterThan(0);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).not.toMatch(/secret/);
  });

  test('writes a line for what was refused, and none for pages and probes (AUDIT-02)', async () => {
    const running = await start('--api-key', 'key-secret');
    const right = { authorization: 'Bearer key-secret' };
    const wrong = { authorization: 'Bearer wrong-secret' };
    await call(running, '/echo', '{}');
    await call(running, '/echo?q=query-secret', '{}', wrong);
    await call(running, '/echo', '"no object"', right);
    await call(running, '/echo', '{', right);
    await call(running, '/echo', '{}', { ...right, 'content-type': 'text/plain' });
    await call(running, '/no_such_tool', '{}', right);
    await call(running, '/error', '{"code": -32000, "message": "m"}', right);
    for (const path of ['/healthz', '/openapi.json', '/docs', '/no-such-page'])
      await send(running.port, path, { method: 'GET', headers: right });
    await send(running.port, '/no-such-page', { method: 'GET' });
    const found = await lines(8);
    expect(found.map(({ event, status, code, tool, path }) => [event, status, code, tool ?? path])).toEqual([
      ['refused', 401, 'unauthorized', '/echo'],
      ['refused', 403, 'forbidden', '/echo'],
      ['call', 422, 'invalid_arguments', 'echo'],
      ['call', 400, 'malformed_json', 'echo'],
      ['call', 415, 'unsupported_media_type', 'echo'],
      ['refused', 404, 'not_found', '/no_such_tool'],
      ['call', 502, 'upstream_error', 'error'],
      ['refused', 401, 'unauthorized', '/no-such-page'],
    ]);
    expect(found.every(({ requestId }) => typeof requestId === 'string')).toBe(true);
    expect(readFileSync(file, 'utf8')).not.toMatch(/secret/);
  });

  test('writes a line for a caller who went away (AUDIT-01)', async () => {
    const running = await start();
    const leaving = new AbortController();
    const left = send(running.port, '/never', {
      headers: { 'content-type': 'application/json' },
      body: '{}',
      signal: leaving.signal,
    });
    await vi.waitFor(async () => {
      const metrics = (await send(running.port, '/metrics', { method: 'GET' })).text;
      expect(metrics).toMatch(/^mcpo_upstream_in_flight\S* 1$/m);
    });
    leaving.abort();
    await expect(left).rejects.toThrow('aborted');
    expect(await lines(1)).toMatchObject([{ event: 'call', tool: 'never', status: 499 }]);
  });

  test('writes arguments without secrets, or none, as it is told (AUDIT-03, AUDIT-04)', async () => {
    const running = await start('--audit-arguments', 'redacted', '--audit-mask', 'ssn, *_number');
    const body = { user: 'ada', password: 'a', deep: [{ ssn: 'b', phone_number: 3, 'X-Api-Key': 'd' }] };
    await call(running, '/echo', JSON.stringify(body));
    await call(running, '/echo', JSON.stringify({ filler: 'x'.repeat(70_000) }));
    const [masked, large] = await lines(2);
    const gone = '[redacted]';
    expect(masked?.['arguments']).toEqual({
      user: 'ada',
      password: gone,
      deep: [{ ssn: gone, phone_number: gone, 'X-Api-Key': gone }],
    });
    expect(large).not.toHaveProperty('arguments');
    expect(large?.['argumentsDigest']).toMatch(/^sha256:[\da-f]{64}$/);
    await running.stop();
    const silent = await start('--audit-arguments', 'none');
    await call(silent, '/echo', JSON.stringify(body));
    const last = (await lines(3))[2];
    expect(Object.keys(last ?? {})).toEqual([
      'time',
      'event',
      'requestId',
      'address',
      'server',
      'tool',
      'status',
      'ms',
    ]);
  });

  test('has a line for each of many calls at a time, whole, over rotations (AUDIT-06, AUDIT-08)', async () => {
    const running = await start('--audit-max-size', '20KiB', '--audit-max-files', '100');
    const agent = new Agent({ keepAlive: true, maxSockets: 16 });
    const ids = Array.from({ length: 400 }, (_, index) => `call-${index}`);
    const headers = { 'content-type': 'application/json' };
    const answers = await Promise.all(
      ids.map(
        async (id) =>
          await send(running.port, '/echo', {
            agent,
            headers: { ...headers, 'x-request-id': id },
            body: '{}',
          }),
      ),
    );
    agent.destroy();
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    running.signal('SIGTERM');
    expect(await running.exited()).toEqual({ code: 0, signal: null });
    const files = readdirSync(folder);
    expect(files.length).toBeGreaterThan(3);
    const found = files.flatMap((name) => linesOf(join(folder, name)));
    expect(found.map(({ requestId }) => String(requestId)).toSorted()).toEqual(ids.toSorted());
    for (const name of files.filter((each) => each !== 'audit.log'))
      expect(statSync(join(folder, name)).size).toBeLessThanOrEqual(20 * 1024);
  });

  test.skipIf(!existsSync('/dev/full'))(
    'goes on while the disk is full; what is lost is counted and logged (AUDIT-07)',
    async () => {
      file = '/dev/full';
      const running = await start();
      for (let index = 0; index < 5; index += 1) {
        expect((await call(running, '/echo', '{}')).status).toBe(200);
      }
      await vi.waitFor(
        async () => {
          const metrics = (await send(running.port, '/metrics', { method: 'GET' })).text;
          expect(metrics).toMatch(/^mcpo_audit_lost_total 5$/m);
        },
        { timeout: 10_000 },
      );
      running.signal('SIGTERM');
      expect(await running.exited()).toEqual({ code: 0, signal: null });
      const said = running.logs().filter(({ msg }) => msg.includes('audit log'));
      expect(said.map(({ msg }) => msg)).toEqual([
        'lines of the audit log are being lost; calls go on',
        'lines are missing in the audit log',
      ]);
      expect(said[0]?.['reason']).toMatch(/ENOSPC/);
      expect(said[1]).toMatchObject({ lost: 5 });
    },
  );

  test('and --compat mcpo, writes the same lines (AUDIT-01)', async () => {
    gateway = await startGateway(scripted, {
      flags: ['--audit-log', file, '--compat', 'mcpo', '--host', '127.0.0.1'],
    });
    await call(gateway, '/echo', '{}');
    expect(await lines(1)).toMatchObject([{ event: 'call', tool: 'echo', status: 200 }]);
  });
});

describe.skipIf(!isBuilt)('an audit log that cannot be had', () => {
  test('ends the start with 2 before a server is started (AUDIT-05)', () => {
    const path = join(folder, 'no', 'such', 'audit.log');
    const marker = join(folder, 'started');
    const server = [
      '--',
      process.execPath,
      '-e',
      `require('fs').writeFileSync(${JSON.stringify(marker)}, '')`,
    ];
    const { code, stdout, stderr } = runServe(['--port', '0', '--audit-log', path, ...server]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(
      /^mcpo-serve: --audit-log \S+: ENOENT: .*; name a file in a folder that is there/m,
    );
    expect(existsSync(marker)).toBe(false);
    expect(runServe(['--port', '0', '--audit-log', folder]).stderr).toContain('it is no file');
  });

  test.each([
    [['--audit-mask', 'a'], '--audit-mask is about an audit log; add --audit-log <file>'],
    [['--audit-log', 'f', '--audit-mask', 'a'], 'masks what is not written; add --audit-arguments redacted'],
    [['--audit-log', 'f', '--audit-max-files', '0'], "'0' is no number of files"],
  ])('%j is refused (AUDIT-05)', (words, says) => {
    const { code, stderr } = runServe(words);
    expect([code, stderr]).toEqual([2, expect.stringContaining(says)]);
  });
});

test.skipIf(!isBuilt)(
  'an audit log is neither opened nor loaded unless one is asked for (AUDIT-01)',
  async () => {
    writeFileSync(file, '');
    gateway = await startGateway(scripted);
    await call(gateway, '/echo', '{}');
    const metrics = (await send(gateway.port, '/metrics', { method: 'GET' })).text;
    expect(metrics).not.toContain('mcpo_audit');
    expect(readFileSync(file, 'utf8')).toBe('');
  },
);
