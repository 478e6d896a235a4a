import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { endInSlices } from '../../../src/http/send-in-slices.ts';
import { watchSlowReaders } from '../../../src/http/slow-readers.ts';
import { parseEvents } from '../../fixtures/http-client.ts';
import type { ScriptedTool } from '../../fixtures/in-memory-upstream.ts';
import { openRaw, post, type RawConnection } from '../../fixtures/raw-http.ts';
import { echo } from '../../fixtures/test-gateway.ts';
import { useListeningGateway } from './listening-gateway.ts';

/** More than the sockets of both sides hold. */
const largeBytes = 30_000_000;
const large: ScriptedTool = {
  name: 'large',
  inputSchema: { type: 'object' },
  run: () => ({ content: [{ type: 'text', text: 'x'.repeat(largeBytes) }] }),
};
const lines: ScriptedTool = {
  name: 'lines',
  inputSchema: { type: 'object' },
  run: () => ({ content: [{ type: 'text', text: `[${'"é",\r\n1,\n'.repeat(20_000)}2]` }] }),
};
/** Reports progress until its caller has gone. */
const chatter: ScriptedTool = {
  name: 'chatter',
  inputSchema: { type: 'object' },
  run: async (_args, { onProgress }, signal) =>
    await new Promise((_resolve, reject) => {
      const message = 'x'.repeat(2_000);
      let progress = 0;
      const timer = setInterval(() => onProgress?.({ progress: (progress += 1), message }), 1);
      signal.addEventListener('abort', () => {
        clearInterval(timer);
        reject(new Error('cancelled'));
      });
    }),
};

const kit = useListeningGateway([echo, large, lines, chatter], { requestTimeoutMs: 150, heartbeatMs: 20 });

async function metric(name: string): Promise<number> {
  const { body } = await kit().exchange('GET /metrics HTTP/1.1\r\nhost: test\r\n\r\n');
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(body)?.[1]);
}

function cutOffs(): readonly Record<string, unknown>[] {
  return kit()
    .logs.map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(({ code }) => code === 'slow_reader');
}

/** A caller that sends this and reads nothing, until it is cut off. */
async function stall(bytes: string): Promise<RawConnection> {
  const connection = await kit().connect();
  connection.socket.pause();
  connection.write(bytes);
  return connection;
}

describe('a caller that does not read', () => {
  test('its large answer is cut off, logged and counted (BULK-03)', async () => {
    const before = await metric('mcpo_slow_readers_total');
    const connection = await stall(post('/large', '{}', ['x-request-id: stalled']));
    await vi.waitFor(async () => expect(await metric('mcpo_unsent_bytes')).toBeGreaterThan(1_000_000), 5_000);
    await vi.waitFor(() => expect(cutOffs().at(-1)).toMatchObject({ requestId: 'stalled' }), 10_000);
    expect(cutOffs().at(-1)?.['unsentBytes']).toBeGreaterThan(1_000_000);
    expect(await metric('mcpo_slow_readers_total')).toBe(before + 1);
    expect(await metric('mcpo_unsent_bytes')).toBe(0);
    connection.socket.resume();
    await connection.closed();
    expect(kit().lineOf('stalled')).toMatchObject({ status: 200 });
  });

  test('many small answers that it asked for at once are cut off too (BULK-03)', async () => {
    const count = cutOffs().length;
    const calls = post('/echo', JSON.stringify({ text: 'x'.repeat(50_000) })).repeat(300);
    await stall(calls);
    await vi.waitFor(() => expect(cutOffs().length).toBe(count + 1), 10_000);
  });

  test('its event stream is cut off, heartbeats and progress or not, and the call cancelled (BULK-03, BULK-04)', async () => {
    const count = cutOffs().length;
    await stall(post('/chatter', '{}', ['accept: text/event-stream', 'x-request-id: chatter']));
    await vi.waitFor(() => expect(cutOffs().length).toBe(count + 1), 20_000);
    await vi.waitFor(() => expect(kit().lineOf('chatter')).toMatchObject({ status: 499 }), 10_000);
    expect(cutOffs().at(-1)?.['unsentBytes']).toBeLessThan(10 * 65_536);
    expect(kit().upstream.inFlight).toBe(0);
  }, 30_000);
});

describe('a caller that reads slowly', () => {
  test('gets its large answer, however long it takes (BULK-03)', async () => {
    const count = cutOffs().length;
    const connection = await kit().connect();
    const { socket } = connection;
    // Less than half of it is read within the limit: each pause is shorter, all of them are longer.
    let received = 0;
    let pauses = 0;
    socket.on('data', (chunk: Buffer) => {
      received += chunk.length;
      if (received < (pauses + 1) * 4_000_000 || pauses === 7) return;
      pauses += 1;
      socket.pause();
      setTimeout(() => socket.resume(), 200);
    });
    connection.write(post('/large', '{}'));
    const { status, body } = await connection.answer({ deadlineMs: 20_000 });
    expect([status, body.length]).toEqual([200, largeBytes + 2]);
    expect(pauses).toBe(7);
    expect(cutOffs().length).toBe(count);
  }, 30_000);
});

describe('a large answer', () => {
  test('on a connection that goes on is whole, and so is the next (BULK-03)', async () => {
    const connection = await kit().connect();
    connection.write(post('/large', '{}') + post('/echo', '{"text":"next"}'));
    expect((await connection.answer()).body).toBe(`"${'x'.repeat(largeBytes)}"`);
    expect(JSON.parse((await connection.answer()).body)).toEqual({ text: 'next' });
  });

  test('as an event has a data field for each line, whatever its slices cut (BULK-04, RES-09)', async () => {
    const plain = await kit().exchange(post('/lines', '{}'));
    const connection = await kit().connect();
    connection.write(post('/lines', '{}', ['accept: text/event-stream', 'connection: close']));
    let text = '';
    connection.socket.setEncoding('latin1').on('data', (chunk: string) => (text += chunk));
    await connection.closed();
    const body = unchunk(text.slice(text.indexOf('\r\n\r\n') + 4));
    const [event, ...others] = parseEvents(Buffer.from(body, 'latin1').toString('utf8'));
    expect(others).toEqual([]);
    expect(event?.event).toBe('result');
    expect(event?.data).toStrictEqual(JSON.parse(plain.body));
  });
});

describe('all callers together', () => {
  let server: Server | undefined;
  const open: RawConnection[] = [];
  afterEach(() => {
    for (const connection of open) connection.destroy();
    server?.closeAllConnections();
    server?.close();
  });

  test('hold no more than the bound: those that pause are cut off sooner, the longest first (BULK-03)', async () => {
    const logged: { requestId?: string; ms?: number }[] = [];
    const logger = pino({}, { write: (line: string) => logged.push(JSON.parse(line) as object) });
    server = createServer((request, response) =>
      endInSlices(response, Buffer.alloc(largeBytes, 'x'), request.url ?? ''),
    );
    const readers = watchSlowReaders(server, { limitMs: 6_000, maxUnsentBytes: 2 * largeBytes, logger });
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    for (const name of ['/first', '/second', '/third', '/fourth']) {
      const connection = await openRaw(port);
      open.push(connection);
      connection.socket.pause();
      connection.write(`GET ${name} HTTP/1.1\r\nhost: test\r\n\r\n`);
    }
    await vi.waitFor(() => expect(readers.cutOff).toBeGreaterThan(0), 20_000);
    expect(readers.unsentBytes).toBeLessThanOrEqual(2 * largeBytes);
    expect(readers.cutOff).toBeLessThan(4);
    expect(logged[0]?.ms).toBeLessThan(6_000);
    expect(logged[0]?.requestId).toMatch(/^\//);
  }, 30_000);
});

function unchunk(text: string): string {
  let body = '';
  for (let at = 0; ;) {
    const end = text.indexOf('\r\n', at);
    const size = Number.parseInt(text.slice(at, end), 16);
    if (!(size > 0)) return body;
    body += text.slice(end + 2, end + 2 + size);
    at = end + 4 + size;
  }
}
