import { once } from 'node:events';
import { describe, expect, test, vi } from 'vitest';
import type { ScriptedTool } from '../../fixtures/in-memory-upstream.ts';
import { createTestGateway, echo, greet } from '../../fixtures/test-gateway.ts';

const headers = { 'content-type': 'application/json' };

/** A tool that answers once the signal is aborted. */
function gated(open: AbortSignal): ScriptedTool {
  const opened = once(open, 'abort');
  const run: ScriptedTool['run'] = async () => {
    await opened;
    return { content: [] };
  };
  return { name: 'gated', inputSchema: { type: 'object' }, run };
}

describe('draining', () => {
  test('is done at once when nothing is in flight', async () => {
    const { gateway } = await createTestGateway([echo]);
    expect(gateway.isLeaving).toBe(false);
    await expect(gateway.drain(0)).resolves.toBe(true);
    expect(gateway.isLeaving).toBe(true);
  });

  test('waits for every call in flight, and refuses further ones (HTTP-18)', async () => {
    const gate = new AbortController();
    const { app, gateway, upstream } = await createTestGateway([gated(gate.signal), echo]);
    const calls = [0, 1, 2].map(async () => await app.inject({ method: 'POST', url: '/gated' }));
    await vi.waitFor(() => expect(upstream.inFlight).toBe(3));
    const drained = gateway.drain(5_000);
    const refused = await app.inject({ method: 'POST', url: '/echo' });
    expect([refused.statusCode, refused.json()]).toMatchObject([503, { code: 'shutting_down' }]);
    expect(refused.headers).toMatchObject({ 'retry-after': '1', connection: 'close' });
    expect(upstream.calls).toHaveLength(3);
    gate.abort();
    await expect(drained).resolves.toBe(true);
    expect((await Promise.all(calls)).map(({ statusCode }) => statusCode)).toEqual([200, 200, 200]);
  });

  test('gives up at the deadline', async () => {
    const gate = new AbortController();
    const { app, gateway, upstream } = await createTestGateway([gated(gate.signal)]);
    const call = app.inject({ method: 'POST', url: '/gated' });
    await vi.waitFor(() => expect(upstream.inFlight).toBe(1));
    await expect(gateway.drain(20)).resolves.toBe(false);
    gate.abort();
    expect((await call).statusCode).toBe(200);
  });

  test('documents and probes are answered to the end (HTTP-16, HTTP-18)', async () => {
    const { app, gateway } = await createTestGateway([greet]);
    await gateway.drain(0);
    expect((await app.inject({ method: 'GET', url: '/openapi.json' })).statusCode).toBe(200);
    expect((await app.inject({ method: 'GET', url: '/healthz' })).statusCode).toBe(200);
    expect((await app.inject({ method: 'GET', url: '/readyz' })).statusCode).toBe(503);
  });
});

describe('a call under way', () => {
  test('that our own end cuts off is told so, and that it may have acted (HTTP-18)', async () => {
    const gate = new AbortController();
    const { app, gateway, upstream } = await createTestGateway([gated(gate.signal)]);
    const call = app.inject({ method: 'POST', url: '/gated', headers, payload: '{}' });
    await vi.waitFor(() => expect(upstream.inFlight).toBe(1));
    await gateway.close(10);
    const answer = await call;
    expect([answer.statusCode, answer.json()]).toMatchObject([
      502,
      { code: 'upstream_unavailable', detail: expect.stringContaining('may have acted') as unknown },
    ]);
  });

  test('whose server dies while we drain is told that the server went away (ERR-06)', async () => {
    const gate = new AbortController();
    const { app, gateway, upstream } = await createTestGateway([gated(gate.signal)]);
    const call = app.inject({ method: 'POST', url: '/gated', headers, payload: '{}' });
    await vi.waitFor(() => expect(upstream.inFlight).toBe(1));
    const drained = gateway.drain(5_000);
    upstream.setState({ kind: 'restarting', retryInMs: 1_000, reason: 'it exited' });
    const answer = await call;
    expect([answer.statusCode, answer.json()]).toMatchObject([502, { code: 'upstream_unavailable' }]);
    expect(await drained).toBe(true);
  });

  test('that takes longer than its time gets 504, and is cancelled (ERR-08)', async () => {
    const aborted = vi.fn<() => void>();
    const run: ScriptedTool['run'] = async (_args, _call, signal) =>
      await new Promise((_resolve, reject) =>
        signal.addEventListener('abort', () => {
          aborted();
          reject(new Error('cancelled'));
        }),
      );
    const { app } = await createTestGateway([{ ...echo, run }], { callTimeoutMs: 30 });
    const answer = await app.inject({ method: 'POST', url: '/echo' });
    expect([answer.statusCode, answer.json()]).toMatchObject([504, { code: 'upstream_timeout' }]);
    expect(aborted).toHaveBeenCalledTimes(1);
  });

  test('is not repeated unless its annotations say that it may be (ERR-06)', async () => {
    const { app, upstream } = await createTestGateway([
      echo,
      { ...echo, name: 'reads', annotations: { readOnlyHint: true } },
      { ...echo, name: 'puts', annotations: { idempotentHint: true } },
      { ...echo, name: 'acts', annotations: { readOnlyHint: false, idempotentHint: false } },
    ]);
    for (const tool of ['echo', 'reads', 'puts', 'acts'])
      await app.inject({ method: 'POST', url: `/${tool}` });
    expect(upstream.calls.map(({ tool, isRepeatable }) => [tool, isRepeatable])).toEqual([
      ['echo', false],
      ['reads', true],
      ['puts', true],
      ['acts', false],
    ]);
  });
});
