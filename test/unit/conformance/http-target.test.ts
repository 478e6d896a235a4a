import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createHttpTarget, verify, type Target } from '../../../conformance/index.ts';
import { createRemoteServer, type RemoteServer } from '../../fixtures/remote-server.ts';
import { until } from '../../fixtures/scripted-upstream.ts';
import { collect, openReady, openSession, refusalOf } from './remote-session.ts';

let server: RemoteServer;

beforeEach(async () => {
  server = await createRemoteServer('streamable-http');
});

afterEach(async () => {
  await server.stop();
});

function target(options: Partial<Parameters<typeof createHttpTarget>[0]> = {}): Target {
  return createHttpTarget({ url: server.url, ...options });
}

describe('a session', () => {
  test('names itself and its revision in all that follows initialize, and is deleted when it is closed', async () => {
    const { session } = await openReady(target({ headers: { 'x-key': 'k' } }));
    await session.request('ping');
    await session.close();
    const [first, ...others] = server.seen;
    expect(first?.headers).not.toHaveProperty('mcp-session-id');
    expect(others.length).toBeGreaterThanOrEqual(3);
    for (const { headers } of others) {
      expect(headers).toMatchObject({
        'x-key': 'k',
        'mcp-protocol-version': '2025-06-18',
        'mcp-session-id': expect.any(String) as string,
      });
    }
    expect(server.seen.at(-1)?.method).toBe('DELETE');
    expect(server.sessions.size).toBe(0);
  });

  test('goes on only when a notification was accepted', async () => {
    let isAccepted = false;
    let cameEarly = false;
    server.intercept = ({ body }, response) => {
      if (body.includes('"ping"') && !isAccepted) cameEarly = true;
      if (!body.includes('"notifications/initialized"')) return false;
      setTimeout(() => {
        isAccepted = true;
        response.writeHead(202).end();
      }, 50);
      return true;
    };
    const { session } = await openReady(target());
    expect((await session.request('ping')).kind).toBe('result');
    expect(cameEarly).toBe(false);
    await session.close();
  });

  test.each([[[]], [[1]], [[3, 7]]])('reads events in pieces of %j as they were sent', async (pieces) => {
    server.pieces = pieces;
    const { session, texts, call } = await openReady(target());
    expect(await call('echo', { text: 'ü😀' })).toMatchObject({ kind: 'result' });
    expect(texts().at(-1)).toContain('"structuredContent":{"text":"ü😀"}');
    expect((await call('progress')).kind).toBe('result');
    expect(texts().slice(-3, -1)).toEqual([
      expect.stringContaining('"step 1"'),
      expect.stringContaining('"step 2"'),
    ]);
    await session.close();
  });

  test('reads what the server says of its own accord, as something beside the answers', async () => {
    const { session, events } = await openReady(target());
    await until(() => server.openStreams === 1);
    server.announce({ jsonrpc: '2.0', method: 'notifications/tools/list_changed' });
    const heard = (): boolean => events.some((event) => event.kind === 'received' && event.isAside);
    await until(heard);
    server.closeStreams('end');
    const streams = (): number => server.seen.filter(({ method }) => method === 'GET').length;
    await until(() => streams() === 2);
    expect(streams()).toBe(2);
    await session.close();
  });

  test('needs no such stream', async () => {
    server.intercept = ({ method }, response) => {
      if (method === 'GET') response.writeHead(405).end();
      return method === 'GET';
    };
    const { session } = await openReady(target());
    expect((await session.request('ping')).kind).toBe('result');
    await session.close();
  });

  test('with a closed connection stays closed', async () => {
    const { session, call } = await openReady(target());
    const pending = call('never');
    await session.close();
    expect((await pending).kind).toBe('ended');
    const posts = server.seen.length;
    session.notify('notifications/cancelled');
    expect((await session.request('ping')).kind).toBe('ended');
    expect(server.seen).toHaveLength(posts);
  });
});

describe('a server that cannot be spoken to is told with what to do', () => {
  test.each([
    [401, 'text/plain', 'no', 'HTTP 401 Unauthorized: no from', "--header 'Authorization: Bearer ${TOKEN}'"],
    [403, 'application/json', '{}', 'HTTP 403 Forbidden: {}', 'it refuses these credentials'],
    [404, 'text/html', '<p>no', 'HTTP 404 Not Found from', 'is this the address of its MCP endpoint'],
    [500, 'text/plain', 'oops', 'HTTP 500 Internal Server Error: oops', 'http://127.0.0.1'],
    [200, 'text/html', '<html>', 'HTTP 200 OK with text/html, where a message belongs', '/mcp'],
    [202, 'text/plain', '', 'HTTP 202 Accepted with nothing', '/mcp'],
    [200, 'application/json', '{}', 'no answer: the body of the answer holds no response', ''],
    [400, 'text/plain', 'bad', 'HTTP 400 Bad Request: bad', ''],
  ])('HTTP %i with %s %j', async (status, type, text, said, advice) => {
    server.intercept = (_seen, response) => {
      response.writeHead(status, { 'content-type': type }).end(text);
      return true;
    };
    const reason = await refusalOf(target());
    expect(reason).toContain(said);
    expect(reason).toContain(advice);
  });

  test('that has moved', async () => {
    server.intercept = (_seen, response) => {
      response.writeHead(301, { location: 'https://there.example/mcp' }).end();
      return true;
    };
    expect(await refusalOf(target())).toContain('it has moved: try https://there.example/mcp');
  });

  test('that does not listen', async () => {
    await server.stop();
    expect(await refusalOf(target())).toBe(`the connection was refused (ECONNREFUSED): ${server.url}`);
  });

  test('by a header that HTTP cannot carry', async () => {
    expect(await refusalOf(target({ headers: { 'x-key': 'a\nb' } }))).toContain('x-key');
  });

  test('without the values in its address', async () => {
    await server.stop();
    expect(await refusalOf(target({ url: `${server.url}?key=secret` }))).toContain('/mcp?key=…');
  });
});

describe('an HTTP error in answer to a call', () => {
  test.each([
    [413, 'text/html', '<p>', { code: -32600, message: 'HTTP 413 Payload Too Large' }],
    [500, 'text/plain', 'oops', { code: -32603, message: 'HTTP 500 Internal Server Error: oops' }],
    [400, 'application/json', '{"jsonrpc":"2.0","error":{"code":-32602,"message":"no"}}', { code: -32602 }],
  ])('is an error reply: %i %s %j', async (status, type, text, error) => {
    const { session, call, events } = await openReady(target());
    expect(await call('http', { status, type, text })).toMatchObject({
      kind: 'error',
      error,
      line: { text: expect.stringContaining(`HTTP ${status}`) as string },
    });
    expect(events.at(-1)).toMatchObject({ received: { kind: 'refusal', refusal: { status } } });
    expect((await session.request('ping')).kind).toBe('result');
    await session.close();
  });

  test('that holds the response is that response', async () => {
    const { session, call, events } = await openReady(target());
    const text = '{"jsonrpc":"2.0","id":2,"error":{"code":-32602,"message":"no"}}';
    expect(await call('http', { status: 400, type: 'application/json', text })).toMatchObject({
      kind: 'error',
      line: { text },
    });
    expect(events.at(-1)).toMatchObject({ received: { kind: 'response' } });
    await session.close();
  });

  test('of a server that is too busy has the call sent again', async () => {
    const { session, call } = await openReady(target());
    let isBusy = true;
    server.intercept = ({ body }, response) => {
      if (!body.includes('tools/call') || !isBusy) return false;
      isBusy = false;
      response.writeHead(429, { 'retry-after': '0' }).end();
      return true;
    };
    expect((await call('echo')).kind).toBe('result');
    await session.close();
  });

  test('that says the session is gone ends it', async () => {
    const { call, ending } = await openReady(target());
    server.sessions.clear();
    expect((await call('echo')).kind).toBe('ended');
    expect(ending()).toEqual({
      kind: 'lost',
      message: expect.stringContaining('the server has ended the session (HTTP 404 Not Found') as string,
    });
  });
});

describe('an answer that does not come', () => {
  test.each([
    ['empty', 'the event stream ended without a response'],
    ['drop_midway', 'the event stream ended without a response'],
    ['json_midway', 'the body of the answer holds no response'],
  ])('is not waited for: %s', async (tool, reason) => {
    const { session, call, events } = await openReady(target());
    expect(await call(tool)).toMatchObject({ kind: 'unanswered', reason });
    expect(events).toContainEqual(expect.objectContaining({ kind: 'unanswered', reason }));
    expect(session.isUsable).toBe(true);
    await session.close();
  });

  test('since the connection was cut off is the end of the session', async () => {
    const { call, ending } = await openReady(target());
    expect((await call('drop')).kind).toBe('ended');
    expect(ending()).toMatchObject({ kind: 'lost', message: expect.stringContaining('cut off') as string });
  });

  test('comes on a stream that goes on where the first one ended', async () => {
    const { session, call } = await openReady(target());
    server.intercept = ({ method, headers, body }, response) => {
      const open = (): void => void response.writeHead(200, { 'content-type': 'text/event-stream' });
      if (method === 'POST' && body.includes('tools/call')) {
        open();
        response.end('id: e1\nretry: 1\ndata:\n\n');
        return true;
      }
      if (method !== 'GET' || headers['last-event-id'] !== 'e1') return false;
      open();
      response.end('id: e2\ndata: {"jsonrpc":"2.0","id":2,"result":{"content":[]}}\n\n');
      return true;
    };
    expect((await call('echo')).kind).toBe('result');
    await session.close();
  });
});

test('a message over the limit is cut, with its length', async () => {
  const { session, call, events } = await openReady(target({ maxTextBytes: 10_000 }));
  expect(await call('huge', { bytes: 20_000 })).toMatchObject({ kind: 'unanswered' });
  expect(events).toContainEqual(
    expect.objectContaining({
      received: {
        kind: 'unreadable',
        reason: expect.stringMatching(/^the event has 20\d+ bytes$/) as string,
      },
    }),
  );
  await session.close();
});

test('texts that are no messages are sent as they are, and their refusals are no messages', async () => {
  const { session, events } = openSession(target());
  server.intercept = ({ body }, response) => {
    if (body !== 'hello') return false;
    response.writeHead(400, { 'content-type': 'text/plain' }).end('what?');
    return true;
  };
  session.sendText('hello');
  await until(() => events.length === 1);
  expect(events).toMatchObject([{ received: { kind: 'refusal', refusal: { of: 'hello', status: 400 } } }]);
  await session.close();
});

test('a server that ends during a call is a finding', async () => {
  server.toolNames = ['drop'];
  const events = await collect(
    verify({
      target: target(),
      calls: 'all',
      phases: ['coverage'],
      checks: ['wire/server-stays'],
      shrinks: false,
    }),
  );
  expect(events).toContainEqual(
    expect.objectContaining({
      kind: 'finding',
      finding: expect.objectContaining({
        title: 'The session is lost during tools/call',
        tool: 'drop',
      }) as object,
    }),
  );
});
