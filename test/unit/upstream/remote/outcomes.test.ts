import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRemote, type Remote } from '../../../fixtures/remote-upstream.ts';

const page = '<html>\n<body>Bad Gateway</body></html>';
const rpc = (code: number, message: string): string =>
  JSON.stringify({ jsonrpc: '2.0', error: { code, message }, id: null });
const refused = (status: number, text: string): object => ({
  kind: 'error',
  code: -32_000,
  message: text,
  data: { status },
});

/** [the server's answer, the outcome]; the session lives on. */
const kept: readonly (readonly [object, object])[] = [
  [{ status: 400, text: 'no such thing' }, refused(400, 'HTTP 400: no such thing')],
  [
    { status: 400, text: rpc(-32_602, 'wrong') },
    { kind: 'error', code: -32_602, message: 'wrong' },
  ],
  [{ status: 403, text: page }, refused(403, 'HTTP 403')],
  [{ status: 405 }, refused(405, 'HTTP 405')],
  [{ status: 413, text: 'too much' }, refused(413, 'HTTP 413: too much')],
  [
    { status: 429, headers: { 'retry-after': '7' } },
    { kind: 'overloaded', retryAfterMs: 7000 },
  ],
  [{ status: 429 }, { kind: 'overloaded', retryAfterMs: 1000 }],
  [
    { status: 429, headers: { 'retry-after': 'soon' } },
    { kind: 'overloaded', retryAfterMs: 1000 },
  ],
  [{ status: 500, text: 'oops' }, refused(500, 'HTTP 500: oops')],
  [
    { status: 500, text: rpc(-32_603, 'oops') },
    { kind: 'error', code: -32_603, message: 'oops' },
  ],
  [
    { status: 502, text: page },
    { kind: 'lost', reason: 'HTTP 502' },
  ],
  [
    { status: 503, text: 'busy' },
    { kind: 'lost', reason: 'HTTP 503: busy' },
  ],
  [{ status: 504 }, { kind: 'lost', reason: 'HTTP 504' }],
  [
    { status: 202 },
    { kind: 'lost', reason: 'the server answered with HTTP 202 and text/plain, not with a result' },
  ],
  [
    { status: 200, type: 'text/html', text: page },
    { kind: 'lost', reason: 'the server answered with HTTP 200 and text/html, not with a result' },
  ],
  [
    { status: 200, type: 'application/json', text: '{"jsonrpc":"2.0","id":1,"res' },
    { kind: 'lost', reason: 'the server’s answer holds no result of the call' },
  ],
  [
    { status: 200, type: 'application/json', text: rpc(-32_700, 'Parse error') },
    { kind: 'error', code: -32_700, message: 'Parse error' },
  ],
];

/** Answers that say that the session is gone: the call was not run. */
const gone: readonly (readonly [object])[] = [
  [{ status: 401, text: 'expired' }],
  [{ status: 404, text: rpc(-32_001, 'Session not found') }],
  [{ status: 404, text: page }],
  [{ status: 410 }],
  [{ status: 307, headers: { location: 'http://127.0.0.1:1/elsewhere' } }],
  [{ status: 302, headers: { location: '/login' } }],
  [{ status: 400, text: rpc(-32_000, 'Bad Request: No valid session ID provided') }],
  [{ status: 400, text: rpc(-32_000, 'Bad Request: Server not initialized') }],
  [{ status: 400, text: rpc(-32_000, 'Bad Request: Mcp-Session-Id header is required') }],
  [{ status: 400, text: 'Invalid session ID' }],
  [{ status: 400, text: 'No transport found for sessionId' }],
  [{ status: 200, type: 'application/json', text: rpc(32_600, 'Session terminated') }],
  [{ status: 200, type: 'application/json', text: rpc(-32_600, 'Session not found') }],
];

describe('a tools/call over streamable HTTP', () => {
  let remote: Remote;
  beforeAll(async () => {
    remote = await createRemote('streamable-http', { healMs: 1 });
    await remote.upstream.start();
  });
  afterAll(() => remote.close());

  test.each(kept)(
    'answered with %j has its outcome, and the session lives (UP-09)',
    async (answer, outcome) => {
      await expect(remote.call('http', answer)).resolves.toStrictEqual(outcome);
      await expect(remote.call('echo')).resolves.toMatchObject({ kind: 'result' });
      expect(remote.upstream.restarts).toBe(0);
    },
  );

  test.each([
    ['drop', 'the connection was reset (ECONNRESET)'],
    ['drop_midway', 'the event stream ended without an answer'],
    ['json_midway', 'the connection ended within the answer'],
    ['empty', 'the event stream ended without an answer'],
  ])('whose answer is cut off is lost at once: %s (UP-10)', async (tool, reason) => {
    const startedAt = performance.now();
    await expect(remote.call(tool)).resolves.toStrictEqual({ kind: 'lost', reason });
    expect(performance.now() - startedAt).toBeLessThan(1000);
    await expect(remote.call('echo')).resolves.toMatchObject({ kind: 'result' });
    expect(remote.upstream.restarts).toBe(0);
  });

  test('that is lost is sent once more only when it is repeatable (UP-10)', async () => {
    const count = (): number => remote.server.messages('tools/call').length;
    const before = count();
    await remote.call('drop');
    expect(count() - before).toBe(1);
    await expect(remote.call('drop', {}, { isRepeatable: true })).resolves.toMatchObject({ kind: 'lost' });
    expect(count() - before).toBe(3);
  });

  test('with the credentials of its caller may be refused without harm to others', async () => {
    const forwardedHeaders = { authorization: 'Bearer of-the-caller' };
    await expect(
      remote.call('http', { status: 401, text: 'who?' }, { forwardedHeaders }),
    ).resolves.toStrictEqual(refused(401, 'HTTP 401: who?'));
    expect(remote.upstream.restarts).toBe(0);
  });
});

test.each(gone)(
  'a session that is answered with %j is opened anew, and the call sent again (UP-03)',
  async (answer) => {
    const remote = await createRemote('streamable-http');
    const { server, upstream } = remote;
    await upstream.start();
    let refusals = 0;
    server.intercept = (seen, response) => {
      if (!seen.body.includes('tools/call') || refusals > 0) return false;
      refusals += 1;
      const {
        status,
        type = 'text/plain',
        text = '',
        headers = {},
      } = answer as {
        status: number;
        type?: string;
        text?: string;
        headers?: Record<string, string>;
      };
      response.writeHead(status, { 'content-type': type, ...headers }).end(text);
      return true;
    };
    await expect(remote.text('echo', '{"a":1.0}')).resolves.toBe(
      '{"content":[],"structuredContent":{"a":1.0}}',
    );
    expect(refusals).toBe(1);
    expect(upstream.restarts).toBe(1);
    expect(server.messages('initialize')).toHaveLength(2);
    await remote.close();
  },
);

test('a server that refuses each new session does not get the call without end (UP-03)', async () => {
  const remote = await createRemote('streamable-http');
  await remote.upstream.start();
  await expect(remote.call('http', { status: 404 })).resolves.toMatchObject({ kind: 'not_ready' });
  expect(remote.server.messages('tools/call')).toHaveLength(3);
  await remote.close();
});
