import { getEventListeners, setMaxListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createRemote, type Remote } from '../../../fixtures/remote-upstream.ts';
import type { RemoteServer } from '../../../fixtures/remote-server.ts';
import { until } from '../../../fixtures/scripted-upstream.ts';

const kinds = ['streamable-http', 'sse'] as const;
const answers = ['json', 'event-stream'] as const;

const texts = [
  '{"a":9007199254740993}',
  '{"b":1.0,"a":1e400}',
  '{"z":1,"a":2,"10":3,"2":4}',
  String.raw`{"s":"\ud800 \u0041 \/ \u2028"}`,
  '{"s":"äöü 𝄞 \u2028"}',
  '{"nested":{"deep":[[[{"x":-0.0}]]]}}',
  '{"null":null,"empty":{},"list":[]}',
  `{"big":"${'0123456789'.repeat(100_000)}"}`,
];

describe.each(kinds)('calls over %s', (kind) => {
  let remote: Remote;
  beforeEach(async () => {
    remote = await createRemote(kind, { maxMessageBytes: 4_000_000 });
    await remote.upstream.start();
  });
  afterEach(() => remote.close());

  test.each(answers)('keep every text exact, both ways, in a %s (UP-02)', async (how) => {
    remote.server.answersWith = how;
    for (const text of texts) {
      await expect(remote.text('echo', text)).resolves.toBe(`{"content":[],"structuredContent":${text}}`);
    }
  });

  test.each([[[1]], [[7, 1, 3]], [[64]]])('are read from pieces of %j bytes', async (pieces) => {
    remote.server.pieces = pieces;
    const text = '{"s":"äöü 𝄞","n":9007199254740993}';
    await expect(remote.text('echo', text)).resolves.toBe(`{"content":[],"structuredContent":${text}}`);
  });

  test('give line breaks of a result as spaces', async () => {
    remote.server.answersWith = 'json';
    if (kind === 'sse') return;
    await expect(
      remote.text('raw', JSON.stringify({ text: '{\n "content": [],\r\n "n": 1.0\n}' })),
    ).resolves.toBe('{  "content": [],   "n": 1.0 }');
  });

  test('run beside each other and are answered in any order', async () => {
    const order: number[] = [];
    const call = async (ms: number): Promise<void> => {
      await remote.call('sleep', { ms });
      order.push(ms);
    };
    await Promise.all([call(200), call(100), call(0)]);
    expect(order).toStrictEqual([0, 100, 200]);
  });

  test('report progress', async () => {
    const seen: unknown[] = [];
    await remote.call('progress', {}, { onProgress: (progress) => seen.push(progress) });
    expect(seen).toStrictEqual([
      { progress: 1, total: 2, message: 'step 1' },
      { progress: 2, total: 2, message: 'step 2' },
    ]);
  });

  test('let the server ask the client meanwhile', async () => {
    await expect(remote.text('ping_back', '{}')).resolves.toBe('{"content":[],"pong":{}}');
  });

  test('give JSON-RPC errors as they are', async () => {
    const error = { code: -32_602, message: 'no', data: { why: 1 } };
    await expect(remote.call('error', error)).resolves.toStrictEqual({ kind: 'error', ...error });
  });

  test.each(['timeout', 'cancelled'] as const)(
    'tell the server when given up: %s (UP-06)',
    async (outcome) => {
      const { server, upstream } = remote;
      const abort = new AbortController();
      let closedEarly = false;
      server.intercept = (seen, response) => {
        if (seen.body.includes('"never"'))
          response.once('close', () => (closedEarly = !response.writableEnded));
        return false;
      };
      const timeoutMs = outcome === 'timeout' ? 1000 : 20_000;
      const call = remote.call('never', {}, { timeoutMs, signal: abort.signal });
      await until(() => server.messages('tools/call').length === 1);
      if (outcome === 'cancelled') abort.abort();
      await expect(call).resolves.toStrictEqual({ kind: outcome });
      await until(() => server.messages('notifications/cancelled').length === 1);
      const [seen] = server.messages('tools/call');
      expect(server.messages('notifications/cancelled')[0]?.params?.['requestId']).toBe(seen?.id);
      if (kind === 'streamable-http') await until(() => closedEarly);
      expect(upstream.inFlight).toBe(0);
      await expect(remote.text('echo', '{}')).resolves.toContain('{}');
    },
  );

  test('fail alone when their result is over the limit (UP-07)', async () => {
    const others = [remote.call('sleep', { ms: 300 }), remote.call('sleep', { ms: 300 })];
    await expect(remote.call('huge', { bytes: 5_000_000 })).resolves.toStrictEqual({
      kind: 'too_large',
      limitBytes: 4_000_000,
    });
    remote.server.answersWith = 'json';
    await expect(remote.call('huge', { bytes: 5_000_000 })).resolves.toMatchObject({ kind: 'too_large' });
    for (const other of others) await expect(other).resolves.toMatchObject({ kind: 'result' });
    expect(remote.upstream.restarts).toBe(0);
  });

  test('carry the caller’s headers, which never win over our own (UP-08, FWD-06)', async () => {
    const { server } = remote;
    const forwardedHeaders = { 'x-user': 'ann', accept: 'text/plain', 'mcp-session-id': 'mine' };
    await remote.call('echo', {}, { forwardedHeaders });
    const seen = server.seen.find(({ body }) => body.includes('tools/call'));
    const own = {
      accept: 'application/json, text/event-stream',
      'mcp-session-id': [...server.sessions][0],
      'mcp-protocol-version': '2025-06-18',
    };
    expect(seen?.headers).toMatchObject({
      'x-user': 'ann',
      'content-type': 'application/json',
      ...(kind === 'streamable-http' && own),
    });
    expect(server.seen.filter(({ headers }) => headers['x-user'] !== undefined)).toHaveLength(1);
    // In the place for servers that have no HTTP headers they would be said twice.
    expect(seen?.body).not.toContain('x-user');
  });

  test('show the token of now, not that of the last lifecycle request (OAUTH-10)', async () => {
    let token = 'first';
    const provider = {
      redirectUrl: undefined,
      clientMetadata: { redirect_uris: [] },
      clientInformation: () => ({ client_id: 'test' }),
      tokens: () => Promise.resolve({ access_token: token, token_type: 'Bearer' }),
      saveTokens: () => {},
      redirectToAuthorization: () => {},
      saveCodeVerifier: () => {},
      codeVerifier: () => '',
    };
    const authorization = { provider, authorize: () => Promise.reject(new Error('nobody is to be asked')) };
    const authorized = await createRemote(kind, { authorization: () => Promise.resolve(authorization) });
    await authorized.upstream.start();
    token = 'second';
    await authorized.text('echo', '{}', { forwardedHeaders: { Authorization: 'Bearer of-the-caller' } });
    const seen = authorized.server.seen.find(({ body }) => body.includes('tools/call'));
    expect(seen?.headers.authorization).toBe('Bearer second');
    await authorized.close();
  });

  test('leave nothing behind: no entry, no listener, no socket', async () => {
    const abort = new AbortController();
    setMaxListeners(0, abort.signal);
    const round = async (): Promise<void> => {
      await Promise.all(
        Array.from({ length: 50 }, async () => {
          await expect(remote.call('echo', {}, { signal: abort.signal })).resolves.toMatchObject({
            kind: 'result',
          });
        }),
      );
    };
    await round();
    const before = resources();
    for (let index = 0; index < 20; index += 1) await round();
    expect(remote.upstream.inFlight).toBe(0);
    expect(getEventListeners(abort.signal, 'abort')).toHaveLength(0);
    expect(resources()).toBeLessThanOrEqual(before + 60);
    await until(() => resources() <= before, 15_000);
  });
});

test('calls wait for the window, then for the queue, then not at all', async () => {
  const remote = await createRemote('streamable-http', { maxInFlight: 2, maxQueue: 1 });
  await remote.upstream.start();
  const calls = Array.from({ length: 4 }, () => remote.call('sleep', { ms: 100 }));
  const outcomes = await Promise.all(calls);
  expect(outcomes.map(({ kind }) => kind)).toStrictEqual(['result', 'result', 'result', 'overloaded']);
  await remote.close();
});

test.each(kinds satisfies readonly RemoteServer['kind'][])('sockets do not pile up over %s', async (kind) => {
  const remote = await createRemote(kind);
  await remote.upstream.start();
  for (let index = 0; index < 300; index += 1) await remote.call('echo', {});
  const sockets = process.getActiveResourcesInfo().filter((name) => name.startsWith('TCPSocket'));
  expect(sockets.length).toBeLessThan(20);
  await remote.close();
});

function resources(): number {
  return process.getActiveResourcesInfo().length;
}
