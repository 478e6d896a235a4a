import { describe, expect, test } from 'vitest';
import { createTestGateway, echo, type TestGateway } from '../../fixtures/test-gateway.ts';

const apiKey = 'correct horse 馬 🔑';
const utf8Header = (text: string): string => Buffer.from(text).toString('latin1');
const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString('base64')}`;
const right = utf8Header(`Bearer ${apiKey}`);

async function answerTo(
  authorization: string | undefined,
  options: {
    readonly method?: 'GET' | 'POST' | 'OPTIONS' | 'PUT' | 'HEAD';
    readonly url?: string;
    readonly strictAuth?: boolean;
    readonly payload?: string;
    readonly key?: string;
  } = {},
) {
  const { method = 'POST', url = '/echo', strictAuth = false, payload = '{}', key = apiKey } = options;
  const { app, upstream, logs } = await gatewayWith(key, strictAuth);
  const [callsBefore, logsBefore] = [upstream.calls.length, logs.length];
  const headers = {
    'content-type': 'application/json',
    ...(authorization !== undefined && { authorization }),
  };
  const hasBody = method === 'POST' || method === 'PUT';
  const response = await app.inject({ method, url, headers, ...(hasBody && { payload }) });
  return {
    response,
    status: response.statusCode,
    calls: upstream.calls.slice(callsBefore),
    logs: logs.slice(logsBefore).join(''),
  };
}

const gateways = new Map<string, Promise<TestGateway>>();

/** Making a gateway takes a while: those alike are shared. */
async function gatewayWith(key: string, strictAuth: boolean): Promise<TestGateway> {
  const id = JSON.stringify([key, strictAuth]);
  const known = gateways.get(id) ?? createTestGateway([echo], { apiKey: key, strictAuth });
  gateways.set(id, known);
  return await known;
}

describe('credentials that carry the key', () => {
  test.each([
    ['Bearer', right],
    ['bearer, in lower case', utf8Header(`bearer ${apiKey}`)],
    ['Bearer with spaces around', utf8Header(`Bearer   ${apiKey}  `)],
    ['Basic with a user name', basic(`somebody:${apiKey}`)],
    ['Basic without one', basic(`:${apiKey}`)],
    ['Basic with a name of its own alphabet', basic(`пользователь:${apiKey}`)],
    ['BASIC, in upper case', basic(`x:${apiKey}`).replace('Basic', 'BASIC')],
  ])('%s calls the tool (HTTP-11)', async (_what, authorization) => {
    const { status, calls } = await answerTo(authorization);
    expect([status, calls.length]).toEqual([200, 1]);
  });

  test('a key with colons is the whole of what follows the user name (HTTP-11)', async () => {
    expect((await answerTo(basic('me:a:b:c'), { key: 'a:b:c' })).status).toBe(200);
    expect((await answerTo(basic('me:a:b'), { key: 'b' })).status).toBe(403);
  });
});

describe('credentials that do not', () => {
  test.each([
    ['none at all', undefined],
    ['an empty header', ''],
    ['a scheme alone', 'Bearer'],
    ['a scheme and a space', 'Bearer '],
    ['the key without a scheme', 'correct'],
    ['an unknown scheme', `Digest ${utf8Header(apiKey)}`],
    ['Basic that is not base64', 'Basic ***'],
    ['Basic without a colon', basic(apiKey)],
  ])('%s: 401 with a challenge (HTTP-11)', async (_what, authorization) => {
    const { response, status, calls } = await answerTo(authorization);
    expect([status, response.json()]).toMatchObject([401, { code: 'unauthorized', status: 401 }]);
    expect(response.headers['www-authenticate']).toMatch(/^Bearer, Basic/);
    expect(calls).toEqual([]);
  });

  test.each([
    ['a wrong Bearer token', 'Bearer wrong'],
    ['the beginning of the key', utf8Header(`Bearer ${apiKey.slice(0, -2)}`)],
    ['the key and more', `${right}x`],
    ['the key in other letters', utf8Header(`Bearer ${apiKey.toUpperCase()}`)],
    ['a wrong Basic password', basic('somebody:wrong')],
    ['an empty Basic password', basic('somebody:')],
    ['the key as the user name', basic(`${apiKey}:`)],
  ])('%s: 403 without a challenge (HTTP-11)', async (_what, authorization) => {
    const { response, status, calls } = await answerTo(authorization);
    expect([status, response.json()]).toMatchObject([403, { code: 'forbidden', status: 403 }]);
    expect(response.headers['www-authenticate']).toBeUndefined();
    expect(calls).toEqual([]);
  });

  test.each([
    ['a tool', 'POST', '/echo'],
    ['an unknown path', 'POST', '/nothing-here'],
    ['a wrong method', 'PUT', '/echo'],
    ['OPTIONS of a tool', 'OPTIONS', '/echo'],
    ['OPTIONS of an unknown path', 'OPTIONS', '/nothing-here'],
  ] as const)('%s looks like any other without them (HTTP-11)', async (_what, method, url) => {
    const none = await answerTo(undefined, { method, url });
    expect(none.status).toBe(401);
    expect(none.response.headers.allow).toBeUndefined();
    expect(none.response.body).not.toMatch(/echo|nearest/);
    expect((await answerTo('Bearer wrong', { method, url })).status).toBe(403);
  });

  test('credentials are looked at before the body is (HTTP-11)', async () => {
    expect((await answerTo(undefined, { payload: 'no json' })).status).toBe(401);
    expect((await answerTo(right, { payload: 'no json' })).status).toBe(400);
  });

  test('neither the key nor a wrong one is logged or repeated (HTTP-20)', async () => {
    for (const authorization of ['Bearer wrongsecret', basic('user:wrongsecret'), right]) {
      const { response, logs } = await answerTo(authorization);
      expect(logs + response.body).not.toMatch(/wrongsecret|correct horse|d3Jvbmdz/);
    }
  });
});

describe('what needs the key', () => {
  const pages = ['/', '/docs', '/redoc', '/openapi.json', '/openapi.yaml', '/metrics'];

  test.each(pages)('%s is open, until authentication is strict (HTTP-12)', async (url) => {
    expect((await answerTo(undefined, { method: 'GET', url })).status).toBeLessThan(400);
    for (const method of ['GET', 'HEAD'] as const) {
      expect((await answerTo(undefined, { method, url, strictAuth: true })).status).toBe(401);
      expect((await answerTo('Bearer no', { method, url, strictAuth: true })).status).toBe(403);
      expect((await answerTo(right, { method, url, strictAuth: true })).status).toBeLessThan(400);
    }
  });

  test.each([false, true])('tools do, strict %s (HTTP-11, HTTP-12)', async (strictAuth) => {
    expect((await answerTo(undefined, { strictAuth })).status).toBe(401);
    expect((await answerTo(right, { strictAuth })).status).toBe(200);
  });

  test('probes never do (HTTP-12)', async () => {
    for (const url of ['/healthz', '/readyz']) {
      expect((await answerTo(undefined, { method: 'GET', url, strictAuth: true })).status).toBe(200);
    }
  });

  test('the document names the schemes only when there is a key (HTTP-11)', async () => {
    const { response } = await answerTo(undefined, { method: 'GET', url: '/openapi.json' });
    const document: { security?: unknown; components?: { securitySchemes?: object } } = response.json();
    expect(document.security).not.toEqual([]);
    expect(Object.keys(document.components?.securitySchemes ?? {})).not.toEqual([]);
    const { app } = await createTestGateway([echo]);
    const open = await app.inject({ method: 'GET', url: '/openapi.json' });
    expect(open.json()).toMatchObject({ security: [] });
  });
});
