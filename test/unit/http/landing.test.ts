import { describe, expect, test } from 'vitest';
import { createInMemoryUpstream } from '../../fixtures/in-memory-upstream.ts';
import { createNamedGateway, createTestGateway, echo, greet } from '../../fixtures/test-gateway.ts';

const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

describe('what is at the root', () => {
  test.each([
    [browser, true],
    ['text/html', true],
    ['text/*', true],
    ['text/html, application/json', true],
    ['application/json, text/html', false],
    ['application/json;q=0.5, text/html;q=0.4', false],
    ['application/json', false],
    ['*/*', false],
    [undefined, false],
    ['text/html;q=0, */*', false],
    ['image/png', false],
  ])('to %j is a page: %s (PAGE-02)', async (accept, isPage) => {
    const { app } = await createTestGateway([echo]);
    const response = await app.inject({
      method: 'GET',
      url: '/',
      headers: accept === undefined ? {} : { accept },
    });
    expect(response.statusCode).toBe(200);
    expect(response.headers['content-type']).toBe(isPage ? 'text/html; charset=utf-8' : 'application/json');
    expect(response.headers.vary).toContain('accept');
    const again = await app.inject({
      method: 'GET',
      url: '/',
      headers: { ...(accept !== undefined && { accept }), 'if-none-match': String(response.headers.etag) },
    });
    expect(again.statusCode).toBe(304);
  });

  test('tells of all servers, their tools and the ways to them (PAGE-01)', async () => {
    const { app } = await createNamedGateway(servers());
    const { body } = await app.inject({ method: 'GET', url: '/' });
    expect(JSON.parse(body)).toMatchObject({
      status: 'degraded',
      servers: [
        { name: 'files', state: 'ready', required: false, tools: 1, url: './files/' },
        { name: 'people', state: 'ready', tools: 2, url: './people/' },
        { name: 'absent', state: 'connecting', tools: 0 },
      ],
      tools: [
        { name: 'echo', server: 'files', method: 'POST', url: './files/echo', summary: 'Echo' },
        { name: 'echo', server: 'people', url: './people/echo' },
        { name: 'greet', server: 'people', summary: 'Greets somebody.' },
      ],
      links: { docs: './docs', openapiJson: './openapi.json', readiness: './readyz' },
    });
    const page = await app.inject({ method: 'GET', url: '/', headers: { accept: browser } });
    expect(page.body).toContain('Greets somebody.');
    expect(page.body).toContain('href="./docs#/people/people_greet"');
    expect(page.body).toContain('connecting, optional');
    expect(page.headers['content-security-policy']).not.toMatch(/unsafe|\*|https?:/);
  });

  test('of one server is at its path (PAGE-01, HTTP-22)', async () => {
    const { app } = await createNamedGateway(servers());
    const { body } = await app.inject({ method: 'GET', url: '/people' });
    expect(JSON.parse(body)).toMatchObject({
      servers: [{ name: 'people' }],
      tools: [{ name: 'echo' }, { name: 'greet', url: './people/greet' }],
      links: { docs: './people/docs', readiness: './readyz' },
    });
    const page = await app.inject({ method: 'GET', url: '/people/', headers: { accept: browser } });
    expect(page.body).toContain('href="./../people/docs#/default/greet"');
  });

  test('follows the servers (PAGE-01)', async () => {
    const upstreams = servers();
    const { app, gateway } = await createNamedGateway(upstreams);
    const stateOf = async () =>
      (await app.inject({ method: 'GET', url: '/' })).json<{ servers: unknown[]; tools: unknown[] }>();
    expect((await stateOf()).servers[0]).toMatchObject({ state: 'ready' });
    upstreams.files.setState({ kind: 'restarting', reason: 'gone', retryInMs: 10 });
    expect((await stateOf()).servers[0]).toMatchObject({ state: 'restarting', reason: 'gone' });
    upstreams.people.setTools([echo]);
    await gateway.settled();
    expect((await stateOf()).tools).toHaveLength(2);
  });

  test('says where a person lets the gateway in only to those who may call (PAGE-04)', async () => {
    const url = 'https://auth.example/authorize?a=1&b=2';
    const asking = createInMemoryUpstream([], {
      name: 'asking',
      state: { kind: 'awaiting_authorization', url },
    });
    const { app } = await createNamedGateway({ asking }, { apiKey: 'k' });
    for (const accept of [browser, 'application/json']) {
      const open = await app.inject({ method: 'GET', url: '/', headers: { accept } });
      expect(open.body).not.toContain('auth.example');
      const own = await app.inject({
        method: 'GET',
        url: '/',
        headers: { accept, authorization: 'Bearer k' },
      });
      expect(own.body).toContain('auth.example');
    }
  });

  test('is text, whatever a tool says, in HTML and in a shell (PAGE-07)', async () => {
    const name = `a'; rm -rf ~; '<img src=x onerror=alert(1)>`;
    const hostile = {
      ...echo,
      name,
      description: '<script>alert(1)</script> \u202Egnp.exe "quoted" ' + 'x'.repeat(1_000_000),
    };
    const { app } = await createTestGateway([hostile], { apiKey: 'k' });
    const { body } = await app.inject({ method: 'GET', url: '/', headers: { accept: browser } });
    expect(body).not.toMatch(/<script>alert|<img src=x|\u202E/);
    expect(body.length).toBeLessThan(20_000);
    const [, command = ''] = /<pre[^>]*><code>([^]*?)<\/code>/.exec(body) ?? [];
    expect(command.match(/&#39;/g)?.length).toBe(6);
    expect(command).toContain('authorization: Bearer $MCPO_API_KEY');
  });

  test('calls by the name that it was called by (PAGE-01)', async () => {
    const { app } = await createTestGateway([echo], { rootPath: '/tools' });
    const headers = { accept: browser, host: 'tools.example:8443' };
    const { body } = await app.inject({ method: 'GET', url: '/', headers });
    expect(body).toContain('>http://tools.example:8443/tools/</span>echo');
  });
});

describe('what is wrong about an address that a person opened (PAGE-05)', () => {
  test.each([
    ['/nothing', {}, 404, 'There is nothing at /nothing'],
    ['/people/nothing', {}, 404, '/people/nothing'],
    ['/people/greet', {}, 405, 'GET is not possible here'],
    ['/absent/docs', {}, 503, 'not connected yet'],
    ['/docs', { apiKey: 'k', strictAuth: true }, 401, 'asks for a key'],
  ])('%s %j is %i, as a page', async (url, options, status, text) => {
    const { app } = await createNamedGateway(servers(), options);
    const page = await app.inject({ method: 'GET', url, headers: { accept: browser } });
    expect([page.statusCode, page.headers['content-type']]).toEqual([status, 'text/html; charset=utf-8']);
    expect(page.body).toContain(text);
    expect(page.headers.vary).toBe('accept');
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    const [, icon = ''] = /href="([^"]*)\/docs\/assets/.exec(page.body) ?? [];
    expect(new URL(`${icon}/healthz`, `http://gateway${url}`).pathname.replace('//', '/')).toBe('/healthz');
    const problem = await app.inject({ method: 'GET', url });
    expect([problem.statusCode, problem.headers['content-type']]).toEqual([
      status,
      'application/problem+json',
    ]);
    expect(problem.headers.vary).toBe('accept');
    const call = await app.inject({ method: 'POST', url: '/people/nothing', headers: { accept: browser } });
    expect(call.headers['content-type']).toBe('application/problem+json');
  });

  test('a person is asked for the key by the page, and by the browser where they want that (PAGE-06)', async () => {
    const { app } = await createTestGateway([echo], { apiKey: 'k', strictAuth: true });
    const challengeAt = async (url: string, authorization?: string) => {
      const headers = { accept: browser, ...(authorization !== undefined && { authorization }) };
      const { statusCode, headers: answer, body } = await app.inject({ method: 'GET', url, headers });
      expect(body).not.toContain('echo');
      return [statusCode, answer['www-authenticate'], answer['cache-control']];
    };
    expect(await challengeAt('/docs')).toEqual([401, 'Bearer', 'no-store']);
    expect(await challengeAt('/docs', 'Bearer no')).toEqual([403, undefined, 'no-store']);
    const basic = ['Bearer', 'Basic realm="mcpo", charset="UTF-8"'];
    expect(await challengeAt('/docs?ask=browser')).toEqual([401, basic, 'no-store']);
  });
});

function servers() {
  return {
    files: createInMemoryUpstream([echo], { name: 'files' }),
    people: createInMemoryUpstream([echo, { ...greet, description: 'Greets somebody. At length.' }], {
      name: 'people',
    }),
    absent: createInMemoryUpstream([], { name: 'absent', state: { kind: 'connecting' } }),
  };
}
