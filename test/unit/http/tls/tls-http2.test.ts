import type { IncomingMessage } from 'node:http';
import { constants } from 'node:http2';
import { connect } from 'node:tls';
import { describe, expect, test, vi } from 'vitest';
import { headerFields } from '../../../../src/http/tls/http2.ts';
import { fieldBlock, frame, frameFlags, preface } from '../../../fixtures/http2-frames.ts';
import { readAnswer } from '../../../fixtures/http2-client.ts';
import { parseEvents } from '../../../fixtures/http-client.ts';
import type { ScriptedTool } from '../../../fixtures/in-memory-upstream.ts';
import { echo, greet } from '../../../fixtures/test-gateway.ts';
import { certificates } from '../../../fixtures/tls.ts';
import { useTlsGateway } from '../listening-tls-gateway.ts';

const forever: ScriptedTool = {
  name: 'forever',
  inputSchema: { type: 'object' },
  run: async (_args, _call, signal) =>
    await new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(new Error('cancelled')));
    }),
};
const picture: ScriptedTool = {
  name: 'picture',
  inputSchema: { type: 'object' },
  run: () => ({ content: [{ type: 'image', data: 'AAECAw==', mimeType: 'image/png' }] }),
};
const large: ScriptedTool = {
  name: 'large',
  inputSchema: { type: 'object' },
  run: () => ({ content: [{ type: 'text', text: 'x'.repeat(20_000_000) }] }),
};
const steps: ScriptedTool = {
  name: 'steps',
  inputSchema: { type: 'object' },
  run: (_args, { onProgress }) => {
    onProgress?.({ progress: 1, total: 2 });
    onProgress?.({ progress: 2, total: 2 });
    return { content: [{ type: 'text', text: '"done"' }] };
  },
};

const json = { 'content-type': 'application/json' };
const kit = useTlsGateway([echo, greet, forever, large, picture, steps], {
  requestTimeoutMs: 1_000,
  maxBodyBytes: 10_000,
});

function flood(count: number, value: string): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`x-flood-${index}`, value]));
}

async function connections(): Promise<number> {
  return await new Promise((resolve, reject) => {
    kit().app.server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)));
  });
}

describe('answers over HTTP/2', () => {
  test('a tool is called, and the request id comes back (TLS-03, HTTP-13)', async () => {
    const connection = await kit().connect();
    const { status, headers, text } = await connection.call('echo', { a: 1 }, { 'x-request-id': 'mine' });
    expect([status, text, headers['x-request-id']]).toEqual([200, '{"a":1}', 'mine']);
    expect(headers['content-type']).toBe('application/json');
    expect(headers['connection']).toBeUndefined();
  });

  test('calls on one connection run at the same time, and answer in any order (TLS-03)', async () => {
    const connection = await kit().connect();
    const waiting = connection.open('/forever', { headers: json });
    waiting.on('error', () => undefined).end('{}');
    await vi.waitFor(() => expect(kit().upstream.inFlight).toBe(1));
    const answers = await Promise.all(
      Array.from({ length: 100 }, async (_, index) => await connection.call('echo', { index })),
    );
    expect(answers.map((answer) => answer.json())).toEqual(answers.map((_, index) => ({ index })));
    waiting.close(constants.NGHTTP2_CANCEL);
  });

  test.each([
    ['a body that violates the schema', '/greet', '{}', 422, 'invalid_arguments'],
    ['what is no JSON', '/echo', '{', 400, 'malformed_json'],
    ['an unknown tool', '/ecko', '{}', 404, 'not_found'],
    ['a long URL', `/echo?${'q'.repeat(9_000)}`, '{}', 414, 'uri_too_long'],
    ['a URL with bad escapes', '/%zz', '{}', 400, 'bad_request'],
  ])('%s gets the problem that HTTP/1.1 gives (TLS-03)', async (_what, path, body, status, code) => {
    const connection = await kit().connect();
    const answer = await connection.send(path, { headers: json, body });
    expect([answer.status, answer.json()]).toMatchObject([status, { code }]);
    expect(answer.headers['content-type']).toBe('application/problem+json');
  });

  test('an empty body without an announced length means no arguments (HTTP-03, TLS-03)', async () => {
    const connection = await kit().connect();
    const answer = await connection.send('/echo');
    expect([answer.status, answer.text]).toEqual([200, '{}']);
    const wrong = await connection.send('/echo', { headers: { 'content-type': 'text/plain' }, body: '{}' });
    expect([wrong.status, wrong.json()]).toMatchObject([415, { code: 'unsupported_media_type' }]);
  });

  test('HEAD, OPTIONS and other methods answer as over HTTP/1.1 (HTTP-08, HTTP-09, TLS-03)', async () => {
    const connection = await kit().connect();
    const head = await connection.send('/openapi.json', { method: 'HEAD' });
    expect([head.status, head.text]).toEqual([200, '']);
    const options = await connection.send('/echo', { method: 'OPTIONS' });
    expect([options.status, options.headers.allow]).toEqual([204, 'OPTIONS, POST']);
    const put = await connection.send('/echo', { method: 'PUT', headers: json, body: '{}' });
    expect([put.status, put.json()]).toMatchObject([405, { code: 'method_not_allowed' }]);
  });

  test('documents are compressed, and have ETags (HTTP-15, TLS-03)', async () => {
    const connection = await kit().connect();
    const headers = { 'accept-encoding': 'br' };
    const document = await connection.send('/openapi.json', { method: 'GET', headers });
    expect([document.status, document.headers['content-encoding']]).toEqual([200, 'br']);
    const { etag } = document.headers;
    const again = await connection.send('/openapi.json', {
      method: 'GET',
      headers: { ...headers, 'if-none-match': etag },
    });
    expect([again.status, again.text]).toEqual([304, '']);
  });

  test('pages and metrics are served (TLS-03)', async () => {
    const connection = await kit().connect();
    for (const path of ['/docs', '/redoc', '/healthz', '/readyz', '/metrics', '/openapi.yaml']) {
      expect([path, (await connection.send(path, { method: 'GET' })).status]).toEqual([path, 200]);
    }
  });

  test('bytes come as they are (RES-04, TLS-03)', async () => {
    const connection = await kit().connect();
    const { headers, bytes } = await connection.call('picture', {}, { accept: 'image/png' });
    expect([headers['content-type'], [...bytes]]).toEqual(['image/png', [0, 1, 2, 3]]);
  });

  test('events are streamed (RES-09, TLS-03)', async () => {
    const connection = await kit().connect();
    const { status, headers, text } = await connection.call('steps', {}, { accept: 'text/event-stream' });
    expect([status, headers['content-type']]).toEqual([200, 'text/event-stream']);
    expect(parseEvents(text).map(({ event }) => event)).toEqual(['progress', 'progress', 'result']);
  });

  test('a page of another origin cannot call, one of ours can (HTTP-21, TLS-03)', async () => {
    const connection = await kit().connect();
    const origin = `https://127.0.0.1:${kit().port}`;
    expect((await connection.call('echo', {}, { origin: 'https://evil.example' })).status).toBe(403);
    expect((await connection.call('echo', {}, { origin })).status).toBe(200);
    const rebound = { ':authority': 'evil.example', origin: 'https://evil.example' };
    expect((await connection.call('echo', {}, rebound)).status).toBe(403);
  });
});

describe('limits over HTTP/2', () => {
  test('a body that is too large gets 413, announced or not, and the connection goes on (HTTP-06, TLS-04)', async () => {
    const connection = await kit().connect();
    const body = JSON.stringify({ text: 'x'.repeat(20_000) });
    for (const length of [{}, { 'content-length': String(body.length) }]) {
      const answer = await connection.send('/echo', { headers: { ...json, ...length }, body });
      expect([answer.status, answer.json()]).toMatchObject([413, { code: 'body_too_large' }]);
    }
    const endless = connection.open('/echo', { headers: json });
    endless.write(body);
    expect((await readAnswer(endless)).status).toBe(413);
    expect((await connection.call('echo')).status).toBe(200);
  });

  test('more than 200 headers, or 16 KiB of them, get 431 (HTTP-14, TLS-04)', async () => {
    const connection = await kit().connect();
    expect((await connection.call('echo', {}, flood(199, '1'))).status).toBe(200);
    const many = await connection.call('echo', {}, flood(200, '1'));
    expect([many.status, many.json()]).toMatchObject([431, { code: 'headers_too_large' }]);
    expect((await connection.call('echo', {}, flood(17, 'y'.repeat(1_000)))).status).toBe(431);
    await expect(connection.call('echo', {}, flood(900, 'y'.repeat(1_000)))).rejects.toThrow(/closed|reset/i);
  });

  test('two names for one server are one too many (TLS-04)', async () => {
    const connection = await kit().connect();
    const answer = await connection.call('echo', {}, { host: 'other.example', ':authority': 'one.example' });
    expect([answer.status, answer.json()]).toMatchObject([400, { code: 'bad_request' }]);
  });

  test('a body that stalls gets 408 and is logged as that; the connection goes on (HTTP-14, TLS-04)', async () => {
    const connection = await kit().connect();
    const start = performance.now();
    const stalled = connection.open('/echo', { headers: { ...json, 'x-request-id': 'stalled' } });
    stalled.write('{"a":');
    const answer = await readAnswer(stalled);
    expect([answer.status, answer.json()]).toMatchObject([
      408,
      { code: 'request_timeout', requestId: 'stalled' },
    ]);
    expect(answer.headers['x-request-id']).toBe('stalled');
    expect(performance.now() - start).toBeGreaterThan(900);
    expect(performance.now() - start).toBeLessThan(2_500);
    await vi.waitFor(() =>
      expect(kit().lineOf('stalled')).toMatchObject({ status: 408, code: 'request_timeout' }),
    );
    expect((await connection.call('echo')).status).toBe(200);
  });

  test('a call that is whole may take longer than the time-out (HTTP-14, TLS-04)', async () => {
    const connection = await kit().connect();
    const waiting = connection.open('/forever', { headers: json });
    waiting.on('error', () => undefined).end('{}');
    await vi.waitFor(() => expect(kit().upstream.inFlight).toBe(1));
    await expect(readAnswer(waiting, 2_500)).rejects.toThrow('not within');
    expect(kit().upstream.inFlight).toBe(1);
    waiting.close(constants.NGHTTP2_CANCEL);
    await vi.waitFor(() => expect(kit().upstream.inFlight).toBe(0));
  });

  test('a large answer that is not read refuses no other request on its connection (TLS-03)', async () => {
    const connection = await kit().connect();
    const unread = connection.open('/large', { headers: { ...json, 'x-request-id': 'unread' } });
    unread.on('error', () => undefined).end('{}');
    await vi.waitFor(() => expect(kit().lineOf('unread')).toMatchObject({ status: 200 }));
    expect((await connection.call('echo')).status).toBe(200);
  });

  test('a connection that never has a request is closed (TLS-04)', async () => {
    const { session } = await kit().connect();
    await vi.waitFor(() => expect(session.closed).toBe(true), { timeout: 3_000 });
  });
});

describe('callers that leave over HTTP/2', () => {
  test.each([
    ['resets its stream', {}],
    ['resets its event stream', { accept: 'text/event-stream' }],
  ])('one that %s cancels that call alone (HTTP-17, TLS-05)', async (what, headers) => {
    const connection = await kit().connect();
    const id = `reset-${what.length}`;
    const gone = connection.open('/forever', { headers: { ...json, ...headers, 'x-request-id': id } });
    const stays = connection.open('/forever', { headers: json });
    for (const stream of [gone, stays]) stream.on('error', () => undefined).end('{}');
    await vi.waitFor(() => expect(kit().upstream.inFlight).toBe(2));
    gone.close(constants.NGHTTP2_CANCEL);
    await vi.waitFor(() => expect(kit().lineOf(id)).toMatchObject({ status: 499 }));
    expect(kit().upstream.inFlight).toBe(1);
    connection.close();
    await vi.waitFor(() => expect(kit().upstream.inFlight).toBe(0));
  });

  test.each([
    ['resets the stream', frame('resetStream', 0, 1, Buffer.from([0, 0, 0, 8]))],
    ['closes the connection', undefined],
  ])(
    'one that %s after half a body calls nothing, though it may look whole (HTTP-17, TLS-05)',
    async (what, last) => {
      const calls = kit().upstream.calls.length;
      const id = `half-${what.length}`;
      const socket = connect({
        host: '127.0.0.1',
        port: kit().port,
        ca: certificates.first.cert,
        ALPNProtocols: ['h2'],
      });
      await new Promise((resolve) => socket.resume().once('secureConnect', resolve));
      const pseudo = { ':method': 'POST', ':path': '/echo', ':scheme': 'https', ':authority': 'localhost' };
      const head = fieldBlock({ ...pseudo, ...json, 'x-request-id': id });
      socket.write(Buffer.concat([preface(), frame('headers', frameFlags.endHeaders, 1, head)]));
      socket.write(frame('data', 0, 1, Buffer.from('{"a":1}')));
      await vi.waitFor(async () => expect(await connections()).toBe(1));
      if (last === undefined) socket.destroy();
      else socket.write(last);
      await vi.waitFor(() => expect(kit().lineOf(id)).toMatchObject({ tool: 'echo', status: 499 }));
      expect(kit().upstream.calls).toHaveLength(calls);
      socket.destroy();
    },
  );
});

test('pseudo-headers are not taken for headers of the caller (TLS-03)', () => {
  const headers = { ':method': 'POST', ':path': '/echo', ':authority': 'one.example', 'x-mine': '1' };
  // The two members that are read, of many.
  const request = { httpVersionMajor: 2, headers } as unknown as IncomingMessage;
  expect(headerFields(request)).toEqual({ 'x-mine': '1' });
});
