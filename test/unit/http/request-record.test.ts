import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { RequestRecord } from '../../../src/http/request-record.ts';
import type { HttpOptions } from '../../../src/http/server.ts';
import { createDeferred } from '../../fixtures/deferred.ts';
import { callTool, send } from '../../fixtures/http-client.ts';
import { openHttp2 } from '../../fixtures/http2-client.ts';
import type { ScriptedTool } from '../../fixtures/in-memory-upstream.ts';
import { createTestGateway, echo, greet } from '../../fixtures/test-gateway.ts';
import { certificates } from '../../fixtures/tls.ts';
import { toCertificate } from './listening-tls-gateway.ts';

const forever: ScriptedTool = {
  ...echo,
  name: 'forever',
  run: async (_args, _call, signal) =>
    await new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(new Error('cancelled')));
    }),
};
const steps: ScriptedTool = {
  ...echo,
  name: 'steps',
  run: (_args, { onProgress }) => {
    onProgress?.({ progress: 1 });
    return { kind: 'error', code: -32000, message: 'no' };
  },
};

async function listen(options: Partial<HttpOptions> = {}, more: readonly ScriptedTool[] = []) {
  const began: RequestRecord[] = [];
  const ended: RequestRecord[] = [];
  const watcher = {
    began: (record: RequestRecord): undefined => void began.push(record),
    ended: (record: RequestRecord): void => void ended.push(record),
  };
  const { app, gateway } = await createTestGateway([echo, greet, forever, steps, ...more], {
    ...options,
    watchers: [watcher],
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(async () => await app.close());
  // It listens on TCP.
  const { port } = app.server.address() as AddressInfo;
  /** Once as many have ended as have begun. */
  const all = async (count: number): Promise<readonly unknown[]> =>
    await vi.waitFor(() => {
      expect([began.length, ended.length]).toEqual([count, count]);
      return ended.map(({ operation, status, code }) => [operation?.tool, status, code]);
    });
  return { port, began, ended, all, gateway };
}

describe('a record', () => {
  test('of each request ends once, with how it was answered', async () => {
    const { port, all, ended } = await listen({ apiKey: 'key' });
    const headers = { authorization: 'Bearer key', 'content-type': 'application/json' };
    await callTool(port, 'echo', { a: 1 }, { headers: { ...headers, 'x-request-id': 'one' } });
    await callTool(port, 'greet', {}, { headers });
    await callTool(port, 'echo', {});
    await callTool(port, 'unknown', {}, { headers });
    await send(port, '/openapi.json', { method: 'GET' });
    await send(port, '/echo', { method: 'GET', headers });
    expect(await all(6)).toEqual([
      ['echo', 200, undefined],
      ['greet', 422, 'invalid_arguments'],
      [undefined, 401, 'unauthorized'],
      [undefined, 404, 'not_found'],
      [undefined, 200, undefined],
      [undefined, 405, 'method_not_allowed'],
    ]);
    expect(ended[0]).toMatchObject({ id: 'one', serverName: 'memory', argumentsJson: '{"a":1}' });
    expect(ended[0]?.address).toBe('127.0.0.1');
    expect(ended[0]?.durationMs).toBeGreaterThan(0);
  });

  test('of a call whose caller goes away ends when the call does', async () => {
    const { port, all, began } = await listen();
    const leaving = new AbortController();
    const call = callTool(port, 'forever', {}, { signal: leaving.signal });
    await vi.waitFor(() => expect(began[0]?.argumentsJson).toBe('{}'));
    leaving.abort();
    await expect(call).rejects.toThrow('aborted');
    expect(await all(1)).toEqual([['forever', 499, undefined]]);
  });

  test('of a call that goes on without its caller ends when the call does', async () => {
    const { promise, resolve } = createDeferred<{ readonly content: readonly unknown[] }>();
    const held: ScriptedTool = { ...echo, name: 'held', run: async () => await promise };
    const { port, all, began, ended } = await listen({}, [held]);
    const leaving = new AbortController();
    const headers = { 'content-type': 'application/json', 'idempotency-key': 'key' };
    const call = callTool(port, 'held', {}, { headers, signal: leaving.signal });
    await vi.waitFor(() => expect(began[0]?.argumentsJson).toBe('{}'));
    leaving.abort();
    await expect(call).rejects.toThrow('aborted');
    await vi.waitFor(() => expect(began[0]?.response.closed).toBe(true));
    expect(ended).toEqual([]);
    resolve({ content: [] });
    expect(await all(1)).toEqual([['held', 499, undefined]]);
  });

  test('of a stream says how the call ended, not how the stream began', async () => {
    const { port, all, ended } = await listen();
    const headers = { 'content-type': 'application/json', accept: 'text/event-stream' };
    await callTool(port, 'steps', {}, { headers });
    expect(await all(1)).toEqual([['steps', 502, 'upstream_error']]);
    expect(ended[0]?.response.statusCode).toBe(200);
  });

  test('of a request that a defect of ours failed ends as well', async () => {
    const { port, all, gateway } = await listen();
    vi.spyOn(gateway, 'call').mockRejectedValue(new Error('a defect'));
    await callTool(port, 'echo', {});
    expect(await all(1)).toEqual([['echo', 500, 'internal_error']]);
  });

  test('is kept over HTTP/2 too', async () => {
    const { port, all, began } = await listen({ certificate: toCertificate(certificates.first) });
    const connection = await openHttp2(port);
    onTestFinished(() => connection.close());
    await connection.call('echo', { a: 1 });
    const stream = connection.open('/forever', { headers: { 'content-type': 'application/json' } });
    stream.on('error', () => undefined);
    stream.end('{}');
    await vi.waitFor(() => expect(began[1]?.argumentsJson).toBe('{}'));
    stream.close();
    expect(await all(2)).toEqual([
      ['echo', 200, undefined],
      ['forever', 499, undefined],
    ]);
  });

  test('names the request that was made, also where an earlier one’s answer is told again', async () => {
    const { port, all, ended } = await listen();
    const headers = { 'content-type': 'application/json', 'idempotency-key': 'key' };
    for (const id of ['first', 'second'])
      await callTool(port, 'echo', {}, { headers: { ...headers, 'x-request-id': id } });
    await all(2);
    expect(ended.map(({ id }) => id)).toEqual(['first', 'second']);
  });
});
