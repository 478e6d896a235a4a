import type { FastifyInstance } from 'fastify';
import { describe, expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import { compileContract } from '../../../src/contract/enforcement/compile-contract.ts';
import { createInMemoryUpstream } from '../../fixtures/in-memory-upstream.ts';
import { createNamedGateway, echo, greet } from '../../fixtures/test-gateway.ts';

const json = { 'content-type': 'application/json' };
const odd = 'a b.ü:1';
const oddMount = '/a%20b.%C3%BC%3A1';

function upstreams() {
  return {
    files: createInMemoryUpstream([echo], { name: 'files' }),
    people: createInMemoryUpstream([echo, greet, { ...echo, name: 'docs' }], { name: 'people' }),
    [odd]: createInMemoryUpstream([echo], { name: odd }),
    absent: createInMemoryUpstream([], { name: 'absent', state: { kind: 'connecting' } }),
  };
}

const shared = createNamedGateway(upstreams());

async function get(url: string, headers: Record<string, string> = {}) {
  return await (await shared).app.inject({ method: 'GET', url, headers });
}

async function post(app: FastifyInstance, url: string, payload = '{}') {
  return await app.inject({ method: 'POST', url, headers: json, payload });
}

interface Shown {
  readonly servers: readonly { readonly url: string }[];
  readonly paths: Readonly<Record<string, { readonly post: { readonly operationId: string } }>>;
  readonly info: { readonly title: string };
}

describe('the document of one server', () => {
  test('has its tools, under names and paths of its own (HTTP-22)', async () => {
    const response = await get('/people/openapi.json');
    expect([response.statusCode, response.headers['content-type']]).toEqual([200, 'application/json']);
    const document = response.json<Shown>();
    expect(document.servers).toEqual([{ url: '/people' }]);
    expect(Object.keys(document.paths)).toEqual(['/docs', '/echo', '/greet']);
    expect(document.paths['/greet']?.post.operationId).toBe('greet');
    expect(document.info.title).toBe('people');
    const yaml = await get('/people/openapi.yaml');
    expect([yaml.headers['content-type'], parse(yaml.body)]).toEqual(['application/yaml', document]);
  });

  test('every path of it, and of the merged one, leads to the tool that it names (HTTP-22)', async () => {
    const { app, gateway } = await shared;
    for (const mount of ['', '/files', '/people', oddMount]) {
      const { servers, paths } = (await get(`${mount}/openapi.json`)).json<Shown>();
      expect(servers).toEqual([{ url: mount === '' ? '/' : mount }]);
      for (const path of Object.keys(paths)) {
        const route = gateway.route('POST', `${mount}${path}`);
        expect([path, route.kind]).toEqual([path, 'operation']);
      }
    }
    expect((await post(app, `${oddMount}/echo`, '{"a":1}')).json()).toEqual({ a: 1 });
  });

  test('has an ETag for each coding, and is 304 for who has it (HTTP-22, HTTP-15)', async () => {
    const plain = await get('/people/openapi.json');
    const coded = await get('/people/openapi.json', { 'accept-encoding': 'gzip' });
    expect(coded.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'accept-encoding' });
    expect(coded.headers.etag).not.toBe(plain.headers.etag);
    const again = await get('/people/openapi.json', { 'if-none-match': String(plain.headers.etag) });
    expect([again.statusCode, again.body]).toEqual([304, '']);
    expect((await get('/files/openapi.json')).headers.etag).not.toBe(plain.headers.etag);
  });

  test('is shown in the form that was asked for (HTTP-22)', async () => {
    const { app } = await createNamedGateway(upstreams(), { documentForm: { openapiVersion: '3.0' } });
    for (const url of ['/openapi.json', '/people/openapi.json']) {
      const { openapi } = (await app.inject({ method: 'GET', url })).json<{ openapi: string }>();
      expect(openapi).toMatch(/^3\.0\./);
    }
  });

  test('is found in any spelling that percent-encoding allows (HTTP-22)', async () => {
    const { etag } = (await get(`${oddMount}/openapi.json`)).headers;
    for (const spelling of ['/a%20b%2E%c3%bc:1', '/%61%20b.%C3%BC%3a1']) {
      expect((await get(`${spelling}/openapi.json`)).headers.etag).toBe(etag);
    }
    expect((await get('/a%2520b.%C3%BC%3A1/openapi.json')).statusCode).toBe(404);
    expect((await get('/people%2Fopenapi.json')).statusCode).toBe(404);
  });

  test('stays while the server is down (HTTP-23, HTTP-16)', async () => {
    const servers = upstreams();
    const { app } = await createNamedGateway(servers);
    const before = await app.inject({ method: 'GET', url: '/people/openapi.json' });
    servers['people']?.setState({ kind: 'restarting', retryInMs: 3_000, reason: 'it exited' });
    const after = await app.inject({ method: 'GET', url: '/people/openapi.json' });
    expect([after.statusCode, after.body]).toEqual([200, before.body]);
    expect((await app.inject({ method: 'GET', url: '/people/docs' })).statusCode).toBe(200);
  });
});

describe('servers that come and go', () => {
  test('have routes from when they are mounted until they are gone (HTTP-22)', async () => {
    const { files, people } = upstreams();
    const { app, gateway } = await createNamedGateway({ files });
    expect((await app.inject({ method: 'GET', url: '/people/docs' })).statusCode).toBe(404);
    await gateway.replaceServers(new Map([['people', { upstream: people }]]), 0);
    for (const path of ['/docs', '/redoc', '/openapi.json']) {
      expect((await app.inject({ method: 'GET', url: `/people${path}` })).statusCode).toBe(200);
      expect((await app.inject({ method: 'GET', url: `/files${path}` })).statusCode).toBe(404);
    }
    expect((await post(app, '/people/echo')).statusCode).toBe(200);
    expect((await post(app, '/files/echo')).statusCode).toBe(404);
  });

  test('change the pages that name them (HTTP-22)', async () => {
    const servers = upstreams();
    const { app, gateway } = await createNamedGateway(servers);
    const page = async (): Promise<string> => (await app.inject({ method: 'GET', url: '/docs' })).body;
    expect(await page()).toContain('<span><bdi>absent</bdi> (not connected)</span>');
    servers['absent']?.setState({ kind: 'ready' });
    await vi.waitFor(() => expect(gateway.findUnknown('absent')).toBeUndefined());
    expect(await page()).toContain('<a href="./absent/docs"><bdi>absent</bdi></a>');
  });

  test('may be none at all (HTTP-24)', async () => {
    const { app } = await createNamedGateway({});
    const document = await app.inject({ method: 'GET', url: '/openapi.json' });
    expect([document.statusCode, document.json()]).toMatchObject([
      200,
      { paths: {}, info: { description: 'No MCP server has connected yet.' } },
    ]);
    expect((await app.inject({ method: 'GET', url: '/docs' })).statusCode).toBe(200);
    const ready = await app.inject({ method: 'GET', url: '/readyz' });
    expect([ready.statusCode, ready.json()]).toMatchObject([503, { status: 'not_ready', servers: {} }]);
  });
});

describe('a server that never connected', () => {
  test.each([
    ['GET', '/absent/openapi.json'],
    ['GET', '/absent/openapi.yaml'],
    ['GET', '/absent/docs'],
    ['GET', '/absent/redoc'],
    ['GET', '/absent'],
    ['GET', '/absent/echo'],
    ['POST', '/absent/echo'],
    ['POST', '/%61bsent/echo'],
  ] as const)('is not ready for %s %s (HTTP-23)', async (method, url) => {
    const response = await (await shared).app.inject({ method, url });
    expect([response.statusCode, response.json()]).toMatchObject([503, { code: 'upstream_not_ready' }]);
    expect(response.headers['retry-after']).toBe('1');
  });

  test('says when it is tried again, and that a person has to let us in (HTTP-23)', async () => {
    const servers = upstreams();
    const { app, gateway } = await createNamedGateway(servers);
    const { absent } = servers;
    vi.spyOn(absent ?? {}, 'catalog' as never, 'get').mockReturnValue(undefined as never);
    absent?.setState({ kind: 'restarting', retryInMs: 2_400, reason: 'refused' });
    expect(gateway.findUnknown('absent')).toMatchObject({ retryAfter: 2.4 });
    expect((await post(app, '/absent/echo')).headers['retry-after']).toBe('3');
    absent?.setState({ kind: 'awaiting_authorization', url: 'https://login.test/?state=s3cret' });
    const { body } = await post(app, '/absent/echo');
    expect(body).toContain('/readyz');
    expect(body).not.toContain('s3cret');
  });
});

describe('pages', () => {
  test('of a server refer to what is above it, and to the other servers (HTTP-22)', async () => {
    const { body, headers } = await get('/people/docs');
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(body).toMatch(/<title>people/);
    for (const [, address = ''] of body.matchAll(/(?:href|src)="([^"]+)"/g)) {
      expect(address).toMatch(
        /^(?:\.\.\/(?:docs|files|people|a%20b\.%C3%BC%3A1)\/?|\.\/$|(?:docs|redoc|openapi\.\w+)$)/,
      );
    }
    expect(body).toContain('<a href="../docs"><bdi>All servers</bdi></a>');
    expect(body).toContain('<a href="../people/docs" aria-current="page"><bdi>people</bdi></a>');
    expect((await get('/people/redoc')).body).toContain('<a href="../files/redoc">');
    const [, script = ''] = /<script src="([^"]+)"/.exec(body) ?? [];
    const asset = new URL(script, 'http://gateway/people/docs').pathname;
    expect((await get(asset)).statusCode).toBe(200);
  });

  test('names of servers are text (HTTP-22)', async () => {
    const name = '"><img src=x onerror=alert(1)>';
    const upstream = createInMemoryUpstream([echo], { name });
    const { app } = await createNamedGateway({ [name]: upstream });
    const { body } = await app.inject({ method: 'GET', url: '/docs' });
    expect(body).not.toContain('<img src=x');
    expect(body).toContain(`href="./${encodeURIComponent(name)}/docs"`);
  });

  test.each(['/people', '/people/', oddMount, `${oddMount}/`, '/'])(
    '%s leads to docs (HTTP-22)',
    async (url) => {
      const response = await get(url);
      const { links } = response.json<{ readonly links: { readonly docs: string } }>();
      expect([response.statusCode, links.docs]).toEqual([200, expect.not.stringMatching(/^\/|:/)]);
      const base = new URL(url, 'http://gateway');
      const { pathname } = new URL(links.docs, base);
      expect([pathname, (await get(pathname)).statusCode]).toEqual([`${url.replace(/\/$/, '')}/docs`, 200]);
    },
  );

  test('share their path with a tool of that name (HTTP-10)', async () => {
    const { app } = await shared;
    expect((await post(app, '/people/docs', '{"a":1}')).json()).toEqual({ a: 1 });
    expect((await get('/people/docs')).headers['content-type']).toContain('text/html');
    const allow = async (method: 'PUT' | 'OPTIONS', url: string) => {
      const { statusCode, headers } = await app.inject({ method, url });
      return [statusCode, headers.allow];
    };
    expect(await allow('PUT', '/people/docs')).toEqual([405, 'GET, HEAD, OPTIONS, POST']);
    expect(await allow('OPTIONS', '/people/docs')).toEqual([204, 'GET, HEAD, OPTIONS, POST']);
    expect(await allow('OPTIONS', '/files/docs')).toEqual([204, 'GET, HEAD, OPTIONS']);
    expect(await allow('PUT', '/files')).toEqual([405, 'GET, HEAD, OPTIONS']);
    expect(await allow('PUT', '/files/echo')).toEqual([405, 'OPTIONS, POST']);
    expect((await post(app, '/files/docs')).statusCode).toBe(405);
    expect((await app.inject({ method: 'HEAD', url: '/files/docs' })).statusCode).toBe(200);
  });
});

describe('what is not there', () => {
  test.each([
    ['/people/great', ['/people/greet']],
    ['/file/openapi.json', ['/files']],
    ['/peeple', ['/people']],
    ['/a%20b.%C3%BC:2/nothing', [oddMount]],
    ['/weather/today', undefined],
    ['/people/healthz', undefined],
  ])('%s is told the nearest paths (HTTP-23, HTTP-08)', async (url, nearest) => {
    for (const method of ['GET', 'POST'] as const) {
      const response = await (await shared).app.inject({ method, url });
      expect([response.statusCode, response.json<{ nearest?: unknown }>().nearest]).toEqual([404, nearest]);
    }
  });
});

describe('without the key nobody learns which servers exist (HTTP-11, HTTP-22)', () => {
  const paths = ['', '/', '/docs', '/redoc', '/openapi.json', '/openapi.yaml', '/echo', '/nothing'];

  test('under strict authentication, from any path', async () => {
    const { app } = await createNamedGateway(upstreams(), { apiKey: 'k', strictAuth: true });
    for (const server of ['people', 'absent', 'nobody']) {
      for (const method of ['GET', 'POST', 'PUT', 'OPTIONS', 'HEAD'] as const) {
        for (const path of paths) {
          const response = await app.inject({ method, url: `/${server}${path}` });
          expect([method, path, response.statusCode]).toEqual([method, path, 401]);
          expect(response.headers.allow).toBeUndefined();
        }
      }
    }
    const authorization = 'Bearer k';
    const known = await app.inject({ method: 'GET', url: '/people/docs', headers: { authorization } });
    expect(known.statusCode).toBe(200);
  });

  test('without it, from anything but the documents and pages, which are open', async () => {
    const { app } = await createNamedGateway(upstreams(), { apiKey: 'k' });
    const statusOf = async (method: 'GET' | 'POST', url: string) =>
      (await app.inject({ method, url })).statusCode;
    expect(await statusOf('GET', '/people/docs')).toBe(200);
    expect(await statusOf('GET', '/people/openapi.json')).toBe(200);
    for (const [method, url] of [
      ['POST', '/people/docs'],
      ['POST', '/people/echo'],
      ['POST', '/absent/echo'],
      ['POST', '/nobody/echo'],
      ['GET', '/people/echo'],
      ['GET', '/nobody/docs'],
      ['GET', '/nobody'],
    ] as const) {
      expect([method, url, await statusOf(method, url)]).toEqual([method, url, 401]);
    }
  });
});

test('under a committed contract a server’s own document is its share of it (HTTP-26)', async () => {
  const { gateway } = await shared;
  const committed = compileContract(gateway.contract.document);
  const servers = {
    ...upstreams(),
    files: createInMemoryUpstream([{ ...echo, name: 'another' }], { name: 'files' }),
    people: createInMemoryUpstream([], { name: 'people', state: { kind: 'connecting' } }),
  };
  const { app } = await createNamedGateway(servers, { lock: { contract: committed, policy: 'warn' } });
  for (const [mount, names] of [
    ['/files', ['/echo']],
    ['/people', ['/docs', '/echo', '/greet']],
  ] as const) {
    const document = (await app.inject({ method: 'GET', url: `${mount}/openapi.json` })).json<Shown>();
    expect(document.servers).toEqual([{ url: mount }]);
    expect(Object.keys(document.paths)).toEqual(names);
  }
  expect((await post(app, '/files/another')).statusCode).toBe(404);
  expect((await app.inject({ method: 'GET', url: '/absent/openapi.json' })).statusCode).toBe(503);
});

test('metrics name a server as long as it is there', async () => {
  const { files, people } = upstreams();
  const { app, gateway } = await createNamedGateway({ files, people });
  const up = async (): Promise<readonly string[]> =>
    [
      ...(await app.inject({ method: 'GET', url: '/metrics' })).body.matchAll(/upstream_up\{server="(\w+)"/g),
    ].map(([, name = '']) => name);
  expect(await up()).toEqual(['files', 'people']);
  await gateway.replaceServers(new Map([['people', { upstream: people }]]), 0);
  expect(await up()).toEqual(['people']);
});
