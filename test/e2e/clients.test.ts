import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { isBuilt } from '../fixtures/gateway-process.ts';
import { openRaw, post, postHead, type RawConnection } from '../fixtures/raw-http.ts';
import { startScripted, type ScriptedGateway } from './scripted-gateway.ts';

const eventually = { timeout: 15_000, interval: 20 };
const crowd = 40;
let gateway: ScriptedGateway;
let open: RawConnection[] = [];

async function connectMany(): Promise<readonly RawConnection[]> {
  const connections = await Promise.all(
    Array.from({ length: crowd }, async () => await openRaw(gateway.port)),
  );
  open.push(...connections);
  return connections;
}

/** Calls of well-behaved clients, to run beside. */
async function goodCalls(): Promise<void> {
  const args = Array.from({ length: 20 }, (_, n) => ({ ms: n, n }));
  const answers = await Promise.all(args.map(async (one) => await gateway.call('sleep', one)));
  expect(answers.map((answer) => answer.json())).toEqual(args);
}

/** The gateway as it was: nothing pending, no file left open, the same server. */
async function expectNoTrace(files: number | undefined, pid: number): Promise<void> {
  await vi.waitFor(async () => {
    expect(await gateway.inFlight()).toBe(0);
    expect(gateway.files()).toBe(files);
  }, eventually);
  expect((await gateway.call('echo', { still: 'here' })).json()).toEqual({ still: 'here' });
  expect((await gateway.facts()).pid).toBe(pid);
}

describe.skipIf(!isBuilt)('clients that misbehave', () => {
  let files: number | undefined;
  let pid: number;

  beforeAll(async () => {
    gateway = await startScripted({ flags: ['--request-timeout', '1s', '--max-body', '100KiB'] });
    ({ pid } = await gateway.facts());
    files = gateway.files();
  });

  afterEach(async () => {
    for (const connection of open) connection.destroy();
    open = [];
    await expectNoTrace(files, pid);
  });

  afterAll(async () => await gateway.process.stop());

  test('a crowd that stalls in headers and bodies gets 408, and holds up nobody (HTTP-14)', async () => {
    const connections = await connectMany();
    for (const [index, connection] of connections.entries()) {
      connection.write(index % 2 === 0 ? 'POST /echo HT' : `${postHead('/echo', ['content-length: 9'])}{"a"`);
    }
    await goodCalls();
    const answers = await Promise.all(connections.map(async (connection) => await connection.answer()));
    expect(answers.map(({ status }) => status)).toEqual(connections.map(() => 408));
    await Promise.all(connections.map(async (connection) => await connection.closed()));
  });

  test('a crowd that hangs up in mid-call: the server is told to cancel each (HTTP-17)', async () => {
    const before = (await gateway.facts()).cancelled.length;
    const connections = await connectMany();
    for (const connection of connections) connection.write(post('/never', '{}'));
    await vi.waitFor(async () => expect(await gateway.inFlight()).toBe(crowd), eventually);
    await goodCalls();
    for (const connection of connections) connection.destroy();
    await vi.waitFor(
      async () => expect((await gateway.facts()).cancelled).toHaveLength(before + crowd),
      eventually,
    );
    await vi.waitFor(() => {
      const lines = gateway.process.logs().filter(({ msg, tool }) => msg === 'call' && tool === 'never');
      expect(lines.map(({ status }) => status)).toEqual(connections.map(() => 499));
    }, eventually);
  });

  test('a crowd that hangs up in mid-body calls nothing (HTTP-17)', async () => {
    const before = (await gateway.facts()).calls;
    const connections = await connectMany();
    for (const connection of connections) connection.write(`${postHead('/echo', ['content-length: 9'])}{"a"`);
    await goodCalls();
    for (const connection of connections) connection.destroy();
    await vi.waitFor(
      () =>
        expect(
          gateway.process.logs().filter(({ tool, status }) => tool === 'echo' && status === 499),
        ).toHaveLength(crowd),
      eventually,
    );
    expect((await gateway.facts()).calls).toBe(before + 20 + 1);
  });

  test('a crowd that floods bodies is refused, declared or chunked (HTTP-06)', async () => {
    const connections = await connectMany();
    for (const [index, connection] of connections.entries()) {
      if (index % 2 === 0) connection.write(`${postHead('/echo', ['content-length: 5000000'])}{"a":"`);
      else
        connection.write(
          `${postHead('/echo', ['transfer-encoding: chunked'])}30000\r\n${'x'.repeat(0x30000)}\r\n`,
        );
    }
    await goodCalls();
    const answers = await Promise.all(connections.map(async (connection) => await connection.answer()));
    expect(answers.map(({ status }) => status)).toEqual(connections.map(() => 413));
  });

  test('a crowd that does not read its answers holds up nobody', async () => {
    const connections = await connectMany();
    for (const connection of connections) {
      connection.socket.pause();
      connection.write(post('/big', '{"bytes":2000000}'));
    }
    await vi.waitFor(async () => expect(await gateway.inFlight()).toBe(0), eventually);
    await goodCalls();
  });

  test('what comes in 50 MB goes out in 50 MB, beside small calls', async () => {
    const [big] = await Promise.all([gateway.call('big', { bytes: 50_000_000 }), goodCalls(), goodCalls()]);
    expect([big.status, big.bytes.length]).toEqual([200, 50_000_002]);
    expect(big.text.slice(0, 10)).toBe(`"${'x'.repeat(9)}`);
  });
});
