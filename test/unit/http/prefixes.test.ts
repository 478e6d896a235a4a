import { describe, expect, test } from 'vitest';
import type { HttpOptions } from '../../../src/http/server.ts';
import { createInMemoryUpstream } from '../../fixtures/in-memory-upstream.ts';
import { createNamedGateway, echo } from '../../fixtures/test-gateway.ts';

const from = (prefix: string) => ({ 'x-forwarded-prefix': prefix });
const both = { rootPath: '/root', pathPrefix: '/api/v1' };

async function gatewayWith(options: Partial<HttpOptions>) {
  const upstream = createInMemoryUpstream([echo], { name: 'files' });
  const { app, logs } = await createNamedGateway({ files: upstream }, options);
  return {
    upstream,
    logs,
    get: async (url: string, headers: Record<string, string> = {}) =>
      await app.inject({ method: 'GET', url, headers, remoteAddress: '127.0.0.1' }),
    post: async (url: string, headers: Record<string, string> = {}) =>
      await app.inject({ method: 'POST', url, headers, remoteAddress: '127.0.0.1' }),
    /** Where the landing page leads to. */
    docsFrom: async (url: string, headers: Record<string, string> = {}) => {
      const response = await app.inject({ method: 'GET', url, headers });
      return response.json<{ links: { docs: string } }>().links.docs;
    },
    serversOf: async (url: string, headers: Record<string, string> = {}) => {
      const response = await app.inject({ method: 'GET', url, headers });
      return response.json<{ servers: unknown }>().servers;
    },
  };
}

describe('with a root path and a path prefix', () => {
  test.each(['', '/root', '/api/v1', '/root/api/v1'])(
    'everything answers under "%s" (HTTP-27)',
    async (prefix) => {
      const { get, post } = await gatewayWith(both);
      const paths = ['/docs', '/redoc', '/openapi.json', '/openapi.yaml', '/healthz', '/readyz', '/metrics'];
      for (const path of [...paths, '/files/docs', '/files/openapi.json', '/docs?x=1']) {
        expect([path, (await get(`${prefix}${path}`)).statusCode]).toEqual([path, 200]);
      }
      expect((await post(`${prefix}/files/echo`)).statusCode).toBe(200);
      const [, asset = ''] = /<script src="([^"]+)"/.exec((await get(`${prefix}/docs`)).body) ?? [];
      const address = new URL(asset, `http://gateway${prefix}/docs`).pathname;
      expect([address.startsWith(`${prefix}/docs/`), (await get(address)).statusCode]).toEqual([true, 200]);
    },
  );

  test.each(['/roots/docs', '/rootdocs', '/api/docs', '/api/v1/root/docs', '/root/root/docs', '/ROOT/docs'])(
    '%s is under none of them (HTTP-27)',
    async (url) => {
      const { get } = await gatewayWith(both);
      expect((await get(url)).statusCode).toBe(404);
    },
  );

  test('documents say where clients find what is in them (HTTP-27)', async () => {
    const { serversOf } = await gatewayWith(both);
    for (const prefix of ['', '/root/api/v1']) {
      expect(await serversOf(`${prefix}/openapi.json`)).toEqual([{ url: '/root/api/v1' }]);
      expect(await serversOf(`${prefix}/files/openapi.json`)).toEqual([{ url: '/root/api/v1/files' }]);
    }
  });

  test('credentials are asked for under each of them (HTTP-27, HTTP-11)', async () => {
    const { get, post } = await gatewayWith({ ...both, apiKey: 'k' });
    for (const prefix of ['', '/root', '/api/v1', '/root/api/v1']) {
      expect((await post(`${prefix}/files/echo`)).statusCode).toBe(401);
      expect((await get(`${prefix}/files/docs`)).statusCode).toBe(200);
    }
  });
});

describe('the way from the landing page to the docs', () => {
  test.each([
    [both, ['/', '/root', '/root/', '/api/v1', '/root/api/v1', '/root/api/v1/'], '/root/api/v1/docs'],
    [both, ['/files', '/files/', '/root/api/v1/files', '/root/files/'], '/root/api/v1/files/docs'],
  ] as const)('is known with a root path: %j from %j (HTTP-28)', async (options, urls, location) => {
    const { docsFrom, get } = await gatewayWith(options);
    for (const url of urls) expect([url, await docsFrom(url)]).toEqual([url, location]);
    expect((await get(location)).statusCode).toBe(200);
  });

  test.each([
    ['/', '/docs'],
    ['/api/v1', '/api/v1/docs'],
    ['/api/v1/', '/api/v1/docs'],
    ['/files', '/files/docs'],
    ['/files/', '/files/docs'],
    ['/api/v1/files?x=1', '/api/v1/files/docs'],
    ['/api/v1/files/', '/api/v1/files/docs'],
  ])(
    'is relative without: from %s, also behind a prefix that nobody told us (HTTP-28)',
    async (url, path) => {
      const { docsFrom } = await gatewayWith({ pathPrefix: '/api/v1' });
      const location = await docsFrom(url);
      expect(location).not.toMatch(/^\/|:/);
      for (const outside of ['', '/team']) {
        expect(new URL(location, `http://gateway${outside}${url}`).pathname).toBe(`${outside}${path}`);
      }
    },
  );
});

describe('what a proxy says of itself', () => {
  test('is ignored unless it is trusted (HTTP-29)', async () => {
    const { get, docsFrom, serversOf, logs, post } = await gatewayWith({ rootPath: '/root', apiKey: 'k' });
    expect(await serversOf('/openapi.json', from('/team'))).toEqual([{ url: '/root' }]);
    expect(await docsFrom('/', from('/team'))).toBe('/root/docs');
    expect((await get('/openapi.json', from('/team'))).headers.vary).toBe('accept-encoding');
    await post('/files/echo', { 'x-forwarded-for': '203.0.113.9' });
    expect(logs.join('')).toContain('"peer":"127.0.0.1"');
    expect(logs.join('')).not.toContain('203.0.113.9');
  });

  test('takes the place of the root path in documents and redirects (HTTP-30)', async () => {
    const { get, docsFrom, serversOf } = await gatewayWith({ ...both, trustProxy: true });
    expect(await serversOf('/openapi.json', from('/team/a'))).toEqual([{ url: '/team/a/api/v1' }]);
    expect(await serversOf('/files/openapi.json', from('/team/'))).toEqual([{ url: '/team/api/v1/files' }]);
    expect(await serversOf('/openapi.json', from('/'))).toEqual([{ url: '/api/v1' }]);
    expect(await serversOf('/openapi.json')).toEqual([{ url: '/root/api/v1' }]);
    expect(await docsFrom('/files', from('/team'))).toBe('/team/api/v1/files/docs');
    const [one, other] = [
      await get('/openapi.json', from('/one')),
      await get('/openapi.json', from('/other')),
    ];
    expect(one.headers.vary).toBe('x-forwarded-prefix, accept-encoding');
    expect(one.headers.etag).not.toBe(other.headers.etag);
    const again = await get('/openapi.json', { ...from('/one'), 'if-none-match': String(one.headers.etag) });
    expect(again.statusCode).toBe(304);
  });

  test('without any path, the document is at the root (HTTP-30)', async () => {
    const { serversOf } = await gatewayWith({ trustProxy: true });
    expect(await serversOf('/openapi.json', from('/'))).toEqual([{ url: '/' }]);
    expect(await serversOf('/openapi.json', from('/a'))).toEqual([{ url: '/a' }]);
  });

  test.each([
    'team',
    '//evil.example',
    '/a//b',
    '/a/../b',
    '/a/%2e%2e/b',
    '/a%2Fb',
    '/a\\b',
    'https://evil.example/',
    '/a, /b',
    '/a b',
    '/a?b',
    '/a#b',
    '/"><script>',
    '/ä',
    `/${'a'.repeat(200)}`,
    '',
  ])('is ignored when it is no plain path: %j (HTTP-30)', async (prefix) => {
    const { docsFrom, serversOf } = await gatewayWith({ rootPath: '/root', trustProxy: true });
    expect(await serversOf('/openapi.json', from(prefix))).toEqual([{ url: '/root' }]);
    expect(await docsFrom('/', from(prefix))).toBe('/root/docs');
  });

  test('in any number of ways is answered each time (HTTP-30)', async () => {
    const { serversOf } = await gatewayWith({ trustProxy: true });
    for (let round = 0; round < 2; round += 1) {
      for (let index = 0; index < 20; index += 1) {
        expect(await serversOf('/files/openapi.json', from(`/t${index}`))).toEqual([
          { url: `/t${index}/files` },
        ]);
      }
    }
  });

  test('names the caller in the log, when it is trusted (HTTP-29)', async () => {
    const { post, logs } = await gatewayWith({ apiKey: 'k', trustProxy: true });
    await post('/files/echo', { 'x-forwarded-for': '203.0.113.9' });
    expect(logs.join('')).toContain('"peer":"203.0.113.9"');
  });

  test.each([
    ['https://tools.example', 'tools.example', 'https', 200],
    ['https://tools.example', 'tools.example', undefined, 200],
    ['https://tools.example', 'tools.example:443', 'https', 200],
    ['http://tools.example', 'tools.example', 'https', 403],
    ['https://tools.example:444', 'tools.example', 'https', 403],
    ['https://evil.example', 'tools.example', 'https', 403],
    ['null', 'tools.example', 'https', 403],
    ['https://tools.example', 'a b', 'https', 403],
  ] as const)(
    'a page of %s, called as %s over %s, is our own only by a trusted proxy (HTTP-29, HTTP-21)',
    async (origin, host, proto, status) => {
      const headers = {
        host: 'localhost:8000',
        origin,
        'x-forwarded-host': host,
        ...(proto !== undefined && { 'x-forwarded-proto': proto }),
      };
      const trusting = await gatewayWith({ trustProxy: true });
      expect((await trusting.post('/files/echo', headers)).statusCode).toBe(status);
      const wary = await gatewayWith({});
      expect((await wary.post('/files/echo', headers)).statusCode).toBe(403);
    },
  );
});
