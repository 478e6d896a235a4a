import { describe, expect, test } from 'vitest';
import { createTestGateway, echo, greet } from '../../fixtures/test-gateway.ts';

const json = { 'content-type': 'application/json' };

async function post(
  url: string,
  payload: string | Buffer | undefined,
  headers: Record<string, string> = json,
) {
  const { app, upstream, logs } = await createTestGateway([echo, greet]);
  const response = await app.inject({
    method: 'POST',
    url,
    headers,
    ...(payload !== undefined && { payload }),
  });
  return { response, body: response.json<Record<string, unknown>>(), calls: upstream.calls, logs };
}

describe('what the tool gets', () => {
  test.each([
    ['explicit nulls', '{"a":null}'],
    ['unknown keys and their order', '{"z":1,"a":{"y":[],"b":{}}}'],
    ['integers beyond 2^53 (RES-10)', '{"id":12345678901234567890,"m":-9007199254740993}'],
    ['number spellings', '{"a":-0,"b":1.0,"c":1E+2,"d":1e-400}'],
    ['numbers beyond the double range', '{"a":1e999}'],
    ['escapes and lone surrogates', String.raw`{"a":"\ud800","b":"\u0041\/\n","c":"\uD83D\uDE00"}`],
    [
      'keys that JavaScript treats specially',
      '{"__proto__":{"polluted":true},"constructor":1,"toString":null}',
    ],
    ['unicode', '{"ключ":"значение","emoji":"👩‍👩‍👧","nul":"\\u0000","rtl":"\u202E"}'],
    ['deep nesting', `{"a":${'['.repeat(990)}${']'.repeat(990)}}`],
  ])('%s reach the tool as written (HTTP-01, HTTP-02)', async (_what, text) => {
    const { response, calls } = await post('/echo', text);
    expect(response.statusCode).toBe(200);
    expect(calls.map((call) => call.argumentsJson)).toEqual([text]);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  test('a byte order mark and line breaks between tokens are not passed on (HTTP-01)', async () => {
    const { calls } = await post('/echo', '\uFEFF{\r\n  "a": "x\\ny",\n\t"b": 1\r\n}');
    expect(calls.map((call) => call.argumentsJson)).toEqual(['{    "a": "x\\ny", \t"b": 1  }']);
  });

  test('no body is the empty object and needs no media type (HTTP-03)', async () => {
    for (const payload of [undefined, '']) {
      const { response, calls } = await post('/echo', payload, {});
      expect(response.statusCode).toBe(200);
      expect(calls.map((call) => call.argumentsJson)).toEqual(['{}']);
    }
  });

  test('no body on a tool with required arguments names what is missing (HTTP-03)', async () => {
    const { response, body, calls } = await post('/greet', undefined, {});
    expect(response.statusCode).toBe(422);
    expect(body['violations']).toEqual([
      expect.objectContaining({ pointer: '', keyword: 'required', missing: 'name' }),
    ]);
    expect(calls).toEqual([]);
  });
});

describe('bodies that are refused', () => {
  test.each([
    ['text', 'hello'],
    ['half an object', '{"a":'],
    ['a blank body (HTTP-03)', '  \n'],
    ['a trailing comma', '{"a":1,}'],
    ['a key named twice', '{"a":1,"b":{"c":1,"c":2}}'],
    ['a key named twice in two spellings', String.raw`{"a":1,"\u0061":2}`],
    ['__proto__ named twice', '{"__proto__":1,"__proto__":2}'],
    ['100,000 levels', `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`.slice(0, 60_000)],
    ['1,001 levels', '['.repeat(1_001) + ']'.repeat(1_001)],
    ['invalid UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
    ['a raw control character in a string', '{"a":"\u0001"}'],
  ])('%s is malformed JSON (HTTP-04)', async (_what, payload) => {
    const { response, body, calls } = await post('/echo', payload);
    expect(response.statusCode).toBe(400);
    expect(body).toMatchObject({
      code: 'malformed_json',
      status: 400,
      requestId: response.headers['x-request-id'],
    });
    expect(calls).toEqual([]);
  });

  test('the answer names the key that stands twice (HTTP-04)', async () => {
    const { body } = await post('/echo', '{"a":[{"b":1 , "c":2, "b" : 3}]}');
    expect(body['detail']).toContain('"b"');
  });

  test.each(['null', '[]', '[{}]', '5', '"text"', 'true'])(
    '%s instead of an object violates the contract (HTTP-07)',
    async (text) => {
      const { response, body } = await post('/echo', text);
      expect(response.statusCode).toBe(422);
      expect(body).toMatchObject({ code: 'invalid_arguments' });
    },
  );

  test.each([
    [{ 'content-type': 'text/plain' }],
    [{ 'content-type': 'application/x-www-form-urlencoded' }],
    [{ 'content-type': 'application/json; charset=latin1' }],
    [{ 'content-type': 'application/jsonp' }],
    [{ 'content-type': ';;' }],
    [{ 'content-type': 'application/json', 'content-encoding': 'gzip' }],
    [{}],
  ])('%j is an unsupported media type (HTTP-05)', async (headers) => {
    const { response, body } = await post('/echo', '{}', headers);
    expect(response.statusCode).toBe(415);
    expect(body).toMatchObject({ code: 'unsupported_media_type' });
  });

  test.each([
    'application/json;charset=utf-8',
    'Application/JSON; Charset="UTF-8"',
    'application/vnd.api+json',
  ])('%s is JSON (HTTP-05)', async (type) => {
    const { response } = await post('/echo', '{}', { 'content-type': type });
    expect(response.statusCode).toBe(200);
  });

  test('a body over the limit is refused before its media type is looked at (HTTP-06)', async () => {
    const { response, body } = await post('/echo', 'x'.repeat(65 * 1024), { 'content-type': 'text/plain' });
    expect(response.statusCode).toBe(413);
    expect(body).toMatchObject({ code: 'body_too_large' });
  });

  test('wrong arguments name where, why, and not what was sent (HTTP-07, HTTP-20, ERR-02)', async () => {
    const { response, body, calls, logs } = await post(
      '/greet?token=querysecret',
      '{"name":"s","password":"bodysecret"}',
    );
    expect(response.statusCode).toBe(422);
    expect(response.headers['content-type']).toBe('application/problem+json');
    expect(body).toMatchObject({
      code: 'invalid_arguments',
      violations: [{ pointer: '/name', keyword: 'minLength' }],
    });
    expect(body['detail']).toContain('/name');
    expect(calls).toEqual([]);
    expect(logs.join('')).toContain('"status":422');
    expect(logs.join('')).not.toMatch(/bodysecret|querysecret/);
  });
});

describe('routing', () => {
  test('an unknown tool yields 404 with the nearest names (HTTP-08)', async () => {
    const { response, body } = await post('/great', '{}');
    expect(response.statusCode).toBe(404);
    expect(body).toMatchObject({ code: 'not_found', nearest: expect.arrayContaining(['greet']) as unknown });
  });

  test.each(['/echo%2f', '/echo/', '//echo', '/%00', '/ECHO'])('%s is not a tool (HTTP-08)', async (url) => {
    const { response, calls } = await post(url, '{}');
    expect(response.statusCode).toBe(404);
    expect(calls).toEqual([]);
  });

  test('broken percent-encoding is a bad request', async () => {
    const { response, body } = await post('/%zz', '{}');
    expect(response.statusCode).toBe(400);
    expect(body).toMatchObject({ code: 'bad_request' });
    expect(response.headers['x-request-id']).toBeDefined();
  });

  test('another method on a tool yields 405 with Allow (HTTP-08)', async () => {
    const { app } = await createTestGateway([echo]);
    for (const method of ['GET', 'PUT', 'DELETE', 'PATCH'] as const) {
      const response = await app.inject({ method, url: '/echo' });
      expect(response.statusCode).toBe(405);
      expect(response.headers.allow).toBe('OPTIONS, POST');
      expect(response.json()).toMatchObject({ code: 'method_not_allowed' });
    }
    expect((await app.inject({ method: 'HEAD', url: '/echo' })).statusCode).toBe(405);
  });

  test('OPTIONS answers 204 with Allow, and HEAD works where GET does (HTTP-09)', async () => {
    const { app } = await createTestGateway([echo]);
    const options = await app.inject({ method: 'OPTIONS', url: '/echo' });
    expect([options.statusCode, options.headers.allow]).toEqual([204, 'OPTIONS, POST']);
    const page = await app.inject({ method: 'OPTIONS', url: '/openapi.json' });
    expect([page.statusCode, page.headers.allow]).toEqual([204, 'GET, HEAD, OPTIONS']);
    for (const url of [
      '/openapi.json',
      '/openapi.yaml',
      '/docs',
      '/redoc',
      '/healthz',
      '/readyz',
      '/metrics',
    ]) {
      const head = await app.inject({ method: 'HEAD', url });
      expect([url, head.statusCode, head.body]).toEqual([url, 200, '']);
    }
  });

  test('a tool named like a page shares its path (HTTP-10)', async () => {
    const { app } = await createTestGateway([
      { ...echo, name: 'docs' },
      { ...echo, name: 'metrics' },
    ]);
    const called = await app.inject({ method: 'POST', url: '/docs', headers: json, payload: '{"a":1}' });
    expect(called.json()).toEqual({ a: 1 });
    const page = await app.inject({ method: 'GET', url: '/docs' });
    expect(page.headers['content-type']).toContain('text/html');
    const wrong = await app.inject({ method: 'PUT', url: '/metrics' });
    expect([wrong.statusCode, wrong.headers.allow]).toEqual([405, 'GET, HEAD, OPTIONS, POST']);
    const none = await app.inject({ method: 'POST', url: '/redoc' });
    expect([none.statusCode, none.headers.allow]).toEqual([405, 'GET, HEAD, OPTIONS']);
  });

  test('a well-formed request id is kept, another replaced (HTTP-13)', async () => {
    const kept = await post('/echo', '{}', { ...json, 'x-request-id': 'abc-1.2:3_4' });
    expect(kept.response.headers['x-request-id']).toBe('abc-1.2:3_4');
    expect(kept.logs.join('')).toContain('"requestId":"abc-1.2:3_4"');
    for (const bad of ['a b', 'x'.repeat(129), 'ä', '<script>']) {
      const replaced = await post('/echo', '{}', { ...json, 'x-request-id': bad });
      expect(replaced.response.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    }
  });
});

test('tools may have the names of inherited members, and these alone are tools (HTTP-08)', async () => {
  const names = ['__proto__', 'constructor', 'toString'];
  const inputSchema: unknown = JSON.parse(
    '{"type":"object","properties":{"__proto__":{"type":"string"}},"required":["__proto__"]}',
  );
  const { app, upstream } = await createTestGateway(names.map((name) => ({ name, inputSchema })));
  const call = async (name: string, payload: string): Promise<number> => {
    const headers = { 'content-type': 'application/json' };
    return (await app.inject({ method: 'POST', url: `/${name}`, headers, payload })).statusCode;
  };
  for (const name of names) {
    expect([name, await call(name, '{"__proto__":"x"}')]).toEqual([name, 200]);
    expect([name, await call(name, '{"__proto__":{"isPolluted":true}}')]).toEqual([name, 422]);
    expect([name, await call(name, '{}')]).toEqual([name, 422]);
  }
  for (const name of ['hasOwnProperty', 'valueOf', '__defineGetter__'])
    expect([name, await call(name, '{}')]).toEqual([name, 404]);
  expect(upstream.calls).toHaveLength(names.length);
  expect(Object.keys(Object.prototype)).toEqual([]);
});
