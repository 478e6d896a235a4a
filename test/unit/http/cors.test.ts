import { describe, expect, test } from 'vitest';
import type { HttpOptions } from '../../../src/http/server.ts';
import { createTestGateway, echo, greet } from '../../fixtures/test-gateway.ts';

const origin = 'https://chat.example';
const page = { origin, 'sec-fetch-site': 'cross-site' };
const listed = { corsAllowOrigins: [origin, 'http://localhost:3000'] };
const anyOrigin = { corsAllowOrigins: ['*'] };
const usual = 'Accept, Authorization, Content-Type, Idempotency-Key, If-None-Match, X-Request-Id';
const tools = [
  echo,
  greet,
  { ...echo, name: 'broken', run: () => ({ kind: 'error', code: -32_000, message: 'no' }) as const },
];

async function ask(
  options: Partial<HttpOptions>,
  request: {
    readonly method?: 'GET' | 'POST' | 'OPTIONS' | 'PUT' | 'HEAD';
    readonly url?: string;
    readonly headers?: Record<string, string>;
    readonly payload?: string;
  },
) {
  const { app, upstream } = await createTestGateway(tools, options);
  const { method = 'POST', url = '/echo', headers = {}, payload } = request;
  const type = payload === undefined ? {} : { 'content-type': 'application/json' };
  const response = await app.inject({
    method,
    url,
    headers: { ...type, ...headers },
    ...(payload !== undefined && { payload }),
  });
  const cors = Object.fromEntries(
    Object.entries(response.headers).filter(([name]) => name.startsWith('access-control-')),
  );
  return { response, cors, vary: response.headers.vary, calls: upstream.calls.length };
}

const preflight = {
  method: 'OPTIONS',
  headers: { ...page, 'access-control-request-method': 'POST' },
} as const;

describe('by default', () => {
  test.each([
    [{ headers: page }],
    [preflight],
    [{ method: 'GET', url: '/openapi.json', headers: page }],
    [{ method: 'GET', url: '/nothing', headers: page }],
  ] as const)('no page of another origin may read anything: %j (HTTP-31)', async (request) => {
    const { cors, vary = '' } = await ask({}, request);
    expect(cors).toEqual({});
    expect(vary).not.toContain('origin');
  });
});

describe('pages of an origin in the list', () => {
  const readable = {
    'access-control-allow-origin': origin,
    'access-control-expose-headers':
      'ETag, Idempotency-Replayed, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id',
  };

  test('may call a tool and read its answer, which no cache mixes up (HTTP-32, HTTP-34)', async () => {
    const { response, cors, vary, calls } = await ask(listed, { headers: page, payload: '{"a":1}' });
    expect([response.statusCode, response.json(), calls]).toEqual([200, { a: 1 }, 1]);
    expect([cors, vary]).toEqual([readable, 'origin, accept']);
  });

  test('may read an event stream (HTTP-32)', async () => {
    const headers = { ...page, accept: 'text/event-stream' };
    const { response, cors, vary } = await ask(listed, { headers, payload: '{}' });
    expect([response.headers['content-type'], cors, vary]).toEqual([
      'text/event-stream',
      readable,
      'origin, accept',
    ]);
  });

  test('may read documents and pages, which have their Vary as well (HTTP-32)', async () => {
    for (const url of ['/openapi.json', '/openapi.yaml', '/docs', '/readyz']) {
      const { response, cors, vary } = await ask(listed, { method: 'GET', url, headers: page });
      expect([url, response.statusCode, cors]).toEqual([url, 200, readable]);
      expect(vary).toBe(url === '/readyz' ? 'origin' : 'origin, accept-encoding');
    }
    const { etag = '' } = (await ask(listed, { method: 'GET', url: '/openapi.json' })).response.headers;
    const headers = { ...page, 'if-none-match': etag };
    const again = await ask(listed, { method: 'GET', url: '/openapi.json', headers });
    expect([again.response.statusCode, again.cors]).toEqual([304, readable]);
  });

  test.each([
    [400, { headers: page, payload: '{' }, {}],
    [400, { headers: page, url: '/%zz' }, {}],
    [401, { headers: page }, { apiKey: 'k' }],
    [403, { headers: { ...page, authorization: 'Bearer no' } }, { apiKey: 'k' }],
    [404, { headers: page, url: '/nothing' }, {}],
    [405, { headers: page, method: 'PUT' }, {}],
    [413, { headers: page, payload: `"${'x'.repeat(70_000)}"` }, {}],
    [422, { headers: page, url: '/greet' }, {}],
    [502, { headers: page, url: '/broken' }, {}],
    [502, { headers: { ...page, accept: 'text/event-stream' }, url: '/broken' }, {}],
  ] as const)('may read the error %i of %j (HTTP-32)', async (status, request, options) => {
    const { response, cors } = await ask({ ...listed, ...options }, request);
    expect([response.statusCode, cors]).toEqual([status, readable]);
  });

  test('ask before they call, without credentials, whatever they call (HTTP-33)', async () => {
    for (const url of ['/echo', '/nothing', '/openapi.json', '/docs', '/']) {
      const { response, cors, vary } = await ask(
        { ...listed, apiKey: 'k', strictAuth: true },
        { ...preflight, url },
      );
      expect([response.statusCode, response.body, vary]).toEqual([204, '', 'origin']);
      expect(cors).toEqual({
        'access-control-allow-origin': origin,
        'access-control-allow-methods': 'GET, HEAD, POST',
        'access-control-allow-headers': usual,
        'access-control-max-age': '7200',
      });
    }
  });

  test.each([
    ['authorization,content-type,x-user-id', 'authorization,content-type,x-user-id'],
    ['x-a, x-b', 'x-a, x-b'],
    ['x a', usual],
    [`x-${'a'.repeat(1_000)}`, usual],
  ])('may send the headers %j (HTTP-33)', async (asked, allowed) => {
    const headers = { ...preflight.headers, 'access-control-request-headers': asked };
    const { cors } = await ask(listed, { ...preflight, headers });
    expect(cors['access-control-allow-headers']).toBe(allowed);
  });

  test('get Allow when they do not ask for leave (HTTP-09, HTTP-33)', async () => {
    const { response, cors } = await ask(listed, { method: 'OPTIONS', headers: page });
    expect([response.statusCode, response.headers.allow, cors]).toEqual([204, 'OPTIONS, POST', readable]);
  });
});

describe('pages of another origin', () => {
  test.each(['https://evil.example', 'https://chat.example.evil.test', 'http://chat.example', 'null'])(
    'such as %s get nothing by the list (HTTP-32, HTTP-34)',
    async (other) => {
      const headers = { ...page, origin: other };
      const called = await ask(listed, { headers });
      expect([called.response.statusCode, called.calls, called.cors]).toEqual([403, 0, {}]);
      expect(called.vary).toBe('origin');
      const asked = await ask(listed, { ...preflight, headers: { ...preflight.headers, origin: other } });
      expect([asked.response.statusCode, asked.cors]).toEqual([204, {}]);
      const read = await ask(listed, { method: 'GET', url: '/openapi.json', headers });
      expect([read.response.statusCode, read.cors, read.vary]).toEqual([200, {}, 'origin, accept-encoding']);
    },
  );

  test('learn nothing from a preflight when there is a key (HTTP-33)', async () => {
    const headers = { ...preflight.headers, origin: 'https://evil.example' };
    const { response } = await ask({ ...listed, apiKey: 'k' }, { ...preflight, headers });
    expect(response.statusCode).toBe(401);
  });

  test('may all call with *, the one that has no name too, and never with the browser’s credentials (HTTP-32, HTTP-34)', async () => {
    for (const other of ['https://evil.example', 'null', 'http://rebound.example:8000']) {
      const { response, cors, vary } = await ask(anyOrigin, { headers: { ...page, origin: other } });
      expect([response.statusCode, cors, vary]).toEqual([
        200,
        {
          'access-control-allow-origin': '*',
          'access-control-expose-headers':
            'ETag, Idempotency-Replayed, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id',
        },
        'accept',
      ]);
    }
    const asked = await ask(anyOrigin, preflight);
    expect(asked.cors).toMatchObject({ 'access-control-allow-origin': '*' });
    expect(asked.cors).not.toHaveProperty('access-control-allow-credentials');
  });

  test('need the key all the same (HTTP-34)', async () => {
    const { response } = await ask({ ...anyOrigin, apiKey: 'k' }, { headers: page });
    expect(response.statusCode).toBe(401);
  });
});
