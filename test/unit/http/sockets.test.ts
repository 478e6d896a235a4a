import { describe, expect, test } from 'vitest';
import { post, postHead } from '../../fixtures/raw-http.ts';
import { createTestGateway, echo, greet } from '../../fixtures/test-gateway.ts';
import { useListeningGateway } from './listening-gateway.ts';

const kit = useListeningGateway([echo, greet]);

describe('what the HTTP parser refuses', () => {
  test.each([
    '/../echo',
    '/greet/../echo',
    '/./echo',
    '/%2e%2e/echo',
    '/greet%2f..%2fecho',
    '/..%5cecho',
    '/echo;x',
  ])('%s never reaches a tool (HTTP-08)', async (path) => {
    const calls = kit().upstream.calls.length;
    const { status, body } = await kit().exchange(post(path, '{}'));
    expect([400, 404]).toContain(status);
    expect(JSON.parse(body)).toMatchObject({ status });
    expect(kit().upstream.calls).toHaveLength(calls);
  });

  test('files beside the assets cannot be read (HTTP-08)', async () => {
    for (const path of [
      '/docs/assets/../../package.json',
      '/docs/assets/%2e%2e/%2e%2e/package.json',
      '/docs/assets/..%2f..%2fpackage.json',
    ]) {
      const { status, body } = await kit().exchange(`GET ${path} HTTP/1.1\r\nhost: test\r\n\r\n`);
      expect([400, 403, 404]).toContain(status);
      expect(body).not.toContain('devDependencies');
    }
  });

  test('more than 200 headers get 431, 200 do not (HTTP-14)', async () => {
    // host, content-type and content-length are the other three.
    const most = await kit().exchange(post('/echo', '{}', flood(197)));
    expect(most.status).toBe(200);
    const { status, body } = await kit().exchange(post('/echo', '{}', flood(198)));
    expect([status, JSON.parse(body)]).toMatchObject([431, { code: 'headers_too_large' }]);
    const thousands = await kit().exchange(post('/echo', '{}', flood(1_500)));
    expect(thousands.status).toBe(431);
  });

  test('headers of more than 16 KiB get 431 and the end of the connection (HTTP-14)', async () => {
    const connection = await kit().connect();
    connection.write(post('/echo', '{}', [`x-big: ${'y'.repeat(17_000)}`]));
    const { status, body, headers } = await connection.answer();
    expect([status, JSON.parse(body)]).toMatchObject([
      431,
      { code: 'headers_too_large', detail: expect.stringContaining('16 KiB') as string },
    ]);
    expect(headers.get('x-request-id')).toBeDefined();
    await connection.closed();
  });

  test('a URL of 9,000 characters gets 414 (HTTP-14)', async () => {
    const { status, body } = await kit().exchange(post(`/echo?${'q'.repeat(9_000)}`, '{}'));
    expect([status, JSON.parse(body)]).toMatchObject([414, { code: 'uri_too_long' }]);
    const long = await kit().exchange(post(`/${'p'.repeat(2_000)}`, '{}'));
    expect(long.status).toBe(404);
  });

  test('an unknown expectation gets 417, 100-continue is met (HTTP-14)', async () => {
    const other = await kit().exchange(post('/echo', '{}', ['expect: the-impossible']));
    expect([other.status, JSON.parse(other.body)]).toMatchObject([417, { code: 'expectation_failed' }]);
    const connection = await kit().connect();
    connection.write(postHead('/echo', ['expect: 100-continue', 'content-length: 2']));
    expect((await connection.answer()).status).toBe(100);
    connection.write('{}');
    expect((await connection.answer()).status).toBe(200);
  });

  test.each([
    ['both a length and chunks', postHead('/echo', ['content-length: 2', 'transfer-encoding: chunked'])],
    ['two lengths', postHead('/echo', ['content-length: 2', 'content-length: 3'])],
    ['the same length twice', postHead('/echo', ['content-length: 2', 'content-length: 2'])],
    ['a length with a sign', postHead('/echo', ['content-length: +2'])],
    ['a transfer coding that is not the last', postHead('/echo', ['transfer-encoding: chunked, identity'])],
    ['a space before the colon', postHead('/echo', ['content-length : 2'])],
    ['a bare line feed', 'POST /echo HTTP/1.1\nhost: test\n\n'],
    ['no HTTP at all', '\u0016\u0003\u0001 hello\r\n\r\n'],
    ['a version of its own', 'POST /echo HTTP/9.9\r\nhost: test\r\n\r\n'],
  ])('%s gets 400 and the end of the connection (HTTP-14)', async (_what, head) => {
    const calls = kit().upstream.calls.length;
    const connection = await kit().connect();
    connection.write(`${head}{}`);
    const { status, body } = await connection.answer();
    expect([status, JSON.parse(body)]).toMatchObject([400, { code: 'bad_request' }]);
    await connection.closed();
    expect(kit().upstream.calls).toHaveLength(calls);
  });

  test('no Host header gets 400 (HTTP-14)', async () => {
    const { status, body } = await kit().exchange('GET /healthz HTTP/1.1\r\n\r\n');
    expect([status, JSON.parse(body)]).toMatchObject([400, { code: 'bad_request' }]);
    const older = await kit().exchange('GET /healthz HTTP/1.0\r\n\r\n');
    expect(older.status).toBe(200);
  });
});

describe('bodies and pipelines', () => {
  test('a body over the limit gets 413, declared or chunked (HTTP-06)', async () => {
    const declared = await kit().connect();
    declared.write(postHead('/echo', ['content-length: 70000']));
    expect((await declared.answer()).status).toBe(413);
    const chunked = await kit().connect();
    chunked.write(postHead('/echo', ['transfer-encoding: chunked']));
    for (let index = 0; index < 9; index += 1) chunked.write(`2000\r\n${'x'.repeat(0x2000)}\r\n`);
    const { status, body } = await chunked.answer();
    expect([status, JSON.parse(body)]).toMatchObject([413, { code: 'body_too_large' }]);
    chunked.write('0\r\n\r\n');
    // Whoever sent a little too much keeps the connection.
    chunked.write(post('/echo', '{"a":1}'));
    expect((await chunked.answer()).body).toBe('{"a":1}');
  });

  test('a chunked body without end is cut off (HTTP-06)', async () => {
    const connection = await kit().connect();
    connection.write(postHead('/echo', ['transfer-encoding: chunked']));
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
    const writing = setInterval(() => connection.write(chunk), 1);
    try {
      await expect(connection.closed(5_000)).resolves.toBeUndefined();
    } finally {
      clearInterval(writing);
    }
  });

  test('JSON of 100,000 levels gets 400 (HTTP-04)', async () => {
    const levels = 100_000;
    const text = '['.repeat(levels) + ']'.repeat(levels);
    const big = await createTestGateway([echo], { maxBodyBytes: 1_000_000 });
    const headers = { 'content-type': 'application/json' };
    for (const payload of [text, `{"a":${text}}`, '{"a":'.repeat(levels), '['.repeat(levels)]) {
      const answer = await big.app.inject({ method: 'POST', url: '/echo', headers, payload });
      expect([answer.statusCode, answer.json()]).toMatchObject([400, { code: 'malformed_json' }]);
    }
    expect(big.upstream.calls).toEqual([]);
  });

  test('requests sent without waiting are answered in their order (HTTP-01)', async () => {
    const connection = await kit().connect();
    connection.write(
      Array.from({ length: 20 }, (_, index) =>
        post(index % 5 === 4 ? '/nowhere' : '/echo', `{"n":${index}}`),
      ).join(''),
    );
    for (let index = 0; index < 20; index += 1) {
      const { status, body } = await connection.answer();
      expect(status === 404 ? 'not found' : body).toBe(index % 5 === 4 ? 'not found' : `{"n":${index}}`);
    }
  });

  test('HEAD has the headers of GET and no body, OPTIONS has 204, and the connection stays in step (HTTP-09)', async () => {
    const connection = await kit().connect();
    connection.write('HEAD /openapi.json HTTP/1.1\r\nhost: test\r\n\r\n');
    const head = await connection.answer({ isHead: true });
    connection.write('GET /openapi.json HTTP/1.1\r\nhost: test\r\n\r\n');
    const get = await connection.answer();
    expect([head.status, head.headers.get('etag')]).toEqual([200, get.headers.get('etag')]);
    expect(head.headers.get('content-length')).toBe(String(Buffer.byteLength(get.body)));
    connection.write('OPTIONS /echo HTTP/1.1\r\nhost: test\r\n\r\n');
    const options = await connection.answer();
    expect([options.status, options.headers.get('allow')]).toEqual([204, 'OPTIONS, POST']);
    connection.write('HEAD /echo HTTP/1.1\r\nhost: test\r\n\r\n');
    expect((await connection.answer({ isHead: true })).status).toBe(405);
    connection.write(post('/echo', '{"still":"in step"}'));
    expect((await connection.answer()).body).toBe('{"still":"in step"}');
  });
});

function flood(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `x-${index}: 1`);
}
