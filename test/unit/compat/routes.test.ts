import { expect, test } from 'vitest';
import { ask, createCompatGateway, echoing } from './compat-gateway.ts';

const echo = echoing({ type: 'object', properties: { a: { type: 'string' } } });
const json = { 'content-type': 'application/json' };
const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString('base64')}`;

test('what is nowhere is "Not Found", another method "Method Not Allowed" (COMPAT-10, COMPAT-30)', async () => {
  const gateway = await createCompatGateway([echo]);
  const nowhere = await ask(gateway, '/nope', '{}');
  expect([nowhere.status, nowhere.headers['content-type'], nowhere.text]).toEqual([
    404,
    'application/json',
    '{"detail":"Not Found"}',
  ]);
  const wrong = await gateway.app.inject({ method: 'PUT', url: '/echo' });
  expect([wrong.statusCode, wrong.headers['allow'], wrong.body]).toEqual([
    405,
    'OPTIONS, POST',
    '{"detail":"Method Not Allowed"}',
  ]);
  expect((await gateway.app.inject({ method: 'OPTIONS', url: '/echo' })).statusCode).toBe(204);
});

test('a slash too many is a redirect, if the path without it leads somewhere (COMPAT-12)', async () => {
  const gateway = await createCompatGateway([echo]);
  const tool = await ask(gateway, '/echo/?a=b', '{}');
  expect([tool.status, tool.headers['location']]).toEqual([307, '/echo?a=b']);
  const page = await gateway.app.inject({ method: 'GET', url: '/openapi.json/' });
  expect([page.statusCode, page.headers['location']]).toEqual([307, '/openapi.json']);
  for (const path of ['/nope/', '//echo/', '//localhost/', '/echo//']) {
    expect((await ask(gateway, path, '{}')).status).toBe(404);
  }
});

test('a slash too many at a page that is open leads to it without the key, and a favicon is not found (COMPAT-12)', async () => {
  const gateway = await createCompatGateway([echo], { apiKey: 'secret' });
  const get = async (url: string, method: 'GET' | 'POST' = 'GET'): Promise<readonly unknown[]> => {
    const { statusCode, headers } = await gateway.app.inject({ method, url });
    return [statusCode, headers['location']];
  };
  for (const path of ['/docs', '/redoc', '/openapi.json']) {
    expect(await get(`${path}/?a=b`)).toEqual([307, `${path}?a=b`]);
    expect(await get(`${path}/`, 'POST')).toEqual([401, undefined]);
  }
  expect(await get('/favicon.ico')).toEqual([404, undefined]);
  expect(await get('/favicon.ico', 'POST')).toEqual([401, undefined]);
  for (const path of ['/echo/', '/nope/', '/docs//']) expect(await get(path)).toEqual([401, undefined]);
});

test('under strict authentication it leads nowhere without the key (COMPAT-12)', async () => {
  const gateway = await createCompatGateway([echo], { apiKey: 'secret', strictAuth: true });
  for (const url of ['/docs/', '/favicon.ico']) {
    expect((await gateway.app.inject({ method: 'GET', url })).statusCode).toBe(401);
  }
});

test('documents are mcpo’s, pages and probes are ours (COMPAT-01, COMPAT-02, COMPAT-32)', async () => {
  const gateway = await createCompatGateway([echo]);
  const get = async (
    url: string,
  ): Promise<{ readonly status: number; readonly type: unknown; readonly body: string }> => {
    const { statusCode, headers, body } = await gateway.app.inject({ method: 'GET', url });
    return { status: statusCode, type: headers['content-type'], body };
  };
  const document = await get('/openapi.json');
  expect(document.type).toBe('application/json');
  expect(document.body).toMatch(
    /^\{"openapi":"3.1.0","info":\{"title":"memory","description":"memory MCP Server"/,
  );
  expect((await get('/openapi.yaml')).body).toContain('operationId: tool_echo_post');
  expect((await get('/docs')).body).not.toContain('cdn');
  expect((await get('/readyz')).status).toBe(200);
});

test.each([
  [undefined, 401, 'Missing or invalid Authorization header', 'Bearer'],
  ['Bearer', 401, 'Missing or invalid Authorization header', 'Bearer'],
  [basic('u:secret'), 401, 'Missing or invalid Authorization header', 'Bearer'],
  ['Bearer wrong', 403, 'Invalid API key', undefined],
])('with %j a tool answers %i %j (COMPAT-11)', async (authorization, status, detail, challenge) => {
  const gateway = await createCompatGateway([echo], { apiKey: 'secret' });
  const headers = { ...json, ...(authorization !== undefined && { authorization }) };
  const answer = await ask(gateway, '/echo', '{}', headers);
  expect([answer.status, answer.json(), answer.headers['www-authenticate']]).toEqual([
    status,
    { detail },
    challenge,
  ]);
});

test.each([
  [undefined, 401, 'Missing or invalid Authorization header'],
  ['Token x', 401, 'Unsupported authorization method'],
  ['Basic !!', 401, 'Invalid Basic Authentication format'],
  [basic('u:wrong'), 403, 'Invalid credentials'],
  ['Bearer wrong', 403, 'Invalid API key'],
])(
  'under strict authentication, %j opens no page: %i %j (COMPAT-11)',
  async (authorization, status, detail) => {
    const gateway = await createCompatGateway([echo], { apiKey: 'secret', strictAuth: true });
    const headers = authorization === undefined ? {} : { authorization };
    const answer = await gateway.app.inject({ method: 'GET', url: '/openapi.json', headers });
    expect([answer.statusCode, answer.json()]).toEqual([status, { detail }]);
  },
);

test('under strict authentication a password opens pages, and tools want the token (COMPAT-11, COMPAT-29)', async () => {
  const gateway = await createCompatGateway([echo], { apiKey: 'secret', strictAuth: true });
  const authorization = basic('u:secret');
  const page = await gateway.app.inject({ method: 'GET', url: '/openapi.json', headers: { authorization } });
  expect(page.statusCode).toBe(200);
  expect((await ask(gateway, '/echo', '{}', { ...json, authorization })).status).toBe(401);
  expect((await ask(gateway, '/echo', '{}', { ...json, authorization: 'bEARER secret' })).status).toBe(200);
});

test('credentials come before everything else (COMPAT-29)', async () => {
  const gateway = await createCompatGateway([echo], { apiKey: 'secret' });
  for (const path of ['/echo', '/nope']) expect((await ask(gateway, path, '{')).status).toBe(401);
});

test('sizes and codings are bounded as ever (COMPAT-31)', async () => {
  const gateway = await createCompatGateway([echo], { maxBodyBytes: 100 });
  const large = await ask(gateway, '/echo', JSON.stringify({ a: 'x'.repeat(200) }));
  expect([large.status, large.json()]).toEqual([413, { detail: expect.stringContaining('100 bytes') }]);
  const coded = await ask(gateway, '/echo', '{}', { ...json, 'content-encoding': 'gzip' });
  expect(coded.status).toBe(415);
});

test('browsers of any origin may call, without credentials of their own (COMPAT-33)', async () => {
  const gateway = await createCompatGateway([echo], { corsAllowOrigins: ['*'] });
  const answer = await ask(gateway, '/echo', '{}', { ...json, origin: 'https://elsewhere.example' });
  expect(answer.headers['access-control-allow-origin']).toBe('*');
  expect(answer.headers['access-control-allow-credentials']).toBeUndefined();
});
