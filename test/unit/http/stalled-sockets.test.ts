import { describe, expect, test, vi } from 'vitest';
import type { ScriptedTool } from '../../fixtures/in-memory-upstream.ts';
import { post, postHead } from '../../fixtures/raw-http.ts';
import { echo } from '../../fixtures/test-gateway.ts';
import { useListeningGateway } from './listening-gateway.ts';

const forever: ScriptedTool = {
  name: 'forever',
  inputSchema: { type: 'object' },
  run: async (_args, _call, signal) =>
    await new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(new Error('cancelled')));
    }),
};

const kit = useListeningGateway([echo, forever], { requestTimeoutMs: 1_000 });

describe('clients that stall or leave', () => {
  test.each([
    ['in its headers', 'POST /echo HTTP/1.1\r\nhost: te'],
    ['in its body', `${postHead('/echo', ['content-length: 10'])}{"a":`],
    ['in a chunk', `${postHead('/echo', ['transfer-encoding: chunked'])}5\r\n{"a`],
  ])('one that stalls %s gets 408 within the time-out (HTTP-14)', async (_where, bytes) => {
    const connection = await kit().connect();
    const start = performance.now();
    connection.write(bytes);
    const { status, body } = await connection.answer({ deadlineMs: 3_000 });
    expect([status, JSON.parse(body)]).toMatchObject([408, { code: 'request_timeout' }]);
    expect(performance.now() - start).toBeGreaterThan(800);
    expect(performance.now() - start).toBeLessThan(2_500);
    await connection.closed();
  });

  test('a call whose chunks are broken gets 400 and is logged as that (HTTP-14)', async () => {
    const connection = await kit().connect();
    connection.write(`${postHead('/echo', ['transfer-encoding: chunked', 'x-request-id: broken'])}zz\r\n`);
    expect((await connection.answer()).status).toBe(400);
    await connection.closed();
    await vi.waitFor(() =>
      expect(kit().lineOf('broken')).toMatchObject({ status: 400, code: 'bad_request' }),
    );
  });

  test('a call whose body stalls is logged as 408 (HTTP-14)', async () => {
    const connection = await kit().connect();
    connection.write(`${postHead('/echo', ['content-length: 10', 'x-request-id: stalled'])}{"a":`);
    await connection.closed();
    await vi.waitFor(() =>
      expect(kit().lineOf('stalled')).toMatchObject({ status: 408, code: 'request_timeout' }),
    );
  });

  test('one that trickles is not saved by each further byte (HTTP-14)', async () => {
    const connection = await kit().connect();
    const start = performance.now();
    connection.write(postHead('/echo', ['content-length: 1000']));
    const trickle = setInterval(() => connection.write(' '), 50);
    try {
      expect((await connection.answer({ deadlineMs: 3_000 })).status).toBe(408);
    } finally {
      clearInterval(trickle);
    }
    expect(performance.now() - start).toBeLessThan(2_500);
  });

  test('a call that is whole may take longer than the time-out (HTTP-14)', async () => {
    const connection = await kit().connect();
    connection.write(post('/forever', '{}'));
    await vi.waitFor(() => expect(kit().upstream.inFlight).toBe(1));
    await expect(connection.answer({ deadlineMs: 2_000 })).rejects.toThrow('not within');
    expect(kit().upstream.inFlight).toBe(1);
  });

  test('half a body and a hang-up call nothing and are logged as 499 (HTTP-17)', async () => {
    const calls = kit().upstream.calls.length;
    const connection = await kit().connect();
    connection.write(`${postHead('/echo', ['content-length: 10', 'x-request-id: half'])}{"a":`);
    await vi.waitFor(async () => expect(await kit().connections()).toBe(1));
    connection.destroy();
    await vi.waitFor(() => expect(kit().lineOf('half')).toMatchObject({ tool: 'echo', status: 499 }));
    expect(kit().upstream.calls).toHaveLength(calls);
  });

  test('a hang-up in mid-call cancels the call, logged as 499 (HTTP-17)', async () => {
    const connection = await kit().connect();
    connection.write(post('/forever', '{}', ['x-request-id: gone']));
    await vi.waitFor(() => expect(kit().upstream.inFlight).toBe(1));
    const call = kit().upstream.calls.at(-1);
    expect(call?.signal?.aborted).toBe(false);
    connection.destroy();
    await vi.waitFor(() => expect(kit().lineOf('gone')).toMatchObject({ tool: 'forever', status: 499 }));
    expect(call?.signal?.aborted).toBe(true);
    expect(kit().upstream.inFlight).toBe(0);
  });

  test('a hang-up in mid-stream cancels the call as well (HTTP-17, RES-09)', async () => {
    const connection = await kit().connect();
    connection.write(post('/forever', '{}', ['x-request-id: gone-stream', 'accept: text/event-stream']));
    await vi.waitFor(() => expect(kit().upstream.inFlight).toBe(1));
    connection.destroy();
    await vi.waitFor(() => expect(kit().lineOf('gone-stream')).toMatchObject({ status: 499 }));
    expect(kit().upstream.inFlight).toBe(0);
  });
});
