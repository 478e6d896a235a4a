import { describe, expect, onTestFinished, test } from 'vitest';
import type { AuthorizationRule } from '../../../src/authorization/authorization-rule.ts';
import { Authorization } from '../../../src/authorization/authorization.ts';
import type { RequestRecord, RequestWatcher } from '../../../src/http/request-record.ts';
import { createAuthenticator } from '../../../src/identity/authenticator.ts';
import { digestSecret } from '../../../src/identity/digest.ts';
import { KeyRing } from '../../../src/identity/key-ring.ts';
import { createInMemoryUpstream, type ScriptedTool } from '../../fixtures/in-memory-upstream.ts';
import { createNamedGateway, createTestGateway, echo, greet } from '../../fixtures/test-gateway.ts';

const nobody: AuthorizationRule = { scopes: [], keys: [], sharedKey: false, everyone: false, allow: [] };
const rule = (of: Partial<AuthorizationRule>): AuthorizationRule => ({ ...nobody, ...of });

const rules = [rule({ keys: ['alice'], allow: ['files/read_*'] }), rule({ scopes: ['admin'], allow: ['*'] })];
const secretSchema = {
  type: 'object',
  properties: { safe: { $ref: '#/$defs/Combination' } },
  $defs: {
    Combination: {
      type: 'object',
      description: 'of the vault',
      properties: { next: { $ref: '#/$defs/Combination' } },
    },
  },
};
const tool = (name: string, more: Partial<ScriptedTool> = {}): ScriptedTool => ({ ...echo, name, ...more });

const keyOf = (name: string, ...scopes: readonly string[]) => ({ name, digest: digestSecret(name), scopes });

function makeAuthenticator() {
  const keys = new KeyRing([keyOf('alice'), keyOf('root', 'admin'), keyOf('stranger')]);
  return createAuthenticator({ keys, hasSharedKey: false, now: Date.now });
}

async function makeGateway(hidesForbidden: boolean, watchers: readonly RequestWatcher[] = []) {
  const authorization = new Authorization(rules);
  const upstreams = {
    files: createInMemoryUpstream([tool('read_file'), tool('write_file', { description: 'scribbles' })], {
      name: 'files',
      instructions: 'First write_file, then read_file.',
    }),
    vault: createInMemoryUpstream([tool('open_safe', { inputSchema: secretSchema })], {
      name: 'vault',
      instructions: 'The vault is behind the picture.',
    }),
  };
  const kit = await createNamedGateway(upstreams, {
    authenticator: makeAuthenticator(),
    authorization,
    hidesForbidden,
    watchers,
  });
  const ask = async (
    key: string | undefined,
    url: string,
    method: 'GET' | 'POST' | 'OPTIONS' | 'PUT' = 'GET',
    accept = '*/*',
  ) =>
    await kit.app.inject({
      method,
      url,
      headers: {
        accept,
        ...(key !== undefined && { authorization: `Bearer ${key}` }),
        ...(method === 'POST' && { 'content-type': 'application/json' }),
      },
      ...(method === 'POST' && { payload: '{}' }),
    });
  return { ...kit, ...upstreams, authorization, ask };
}

describe('calls under rules', () => {
  test('reach the tool where a rule allows it, and else get 403, before the body is looked at (AUTHZ-01, AUTHZ-04)', async () => {
    const { ask, app, files } = await makeGateway(false);
    const statuses = await Promise.all(
      [
        ['alice', '/files/read_file'],
        ['alice', '/files/write_file'],
        ['root', '/files/write_file'],
        ['root', '/vault/open_safe'],
        ['stranger', '/files/read_file'],
        ['wrong', '/files/read_file'],
        [undefined, '/files/read_file'],
      ].map(async ([key, url = '']) => (await ask(key, url, 'POST')).statusCode),
    );
    expect(statuses).toEqual([200, 403, 200, 200, 403, 403, 401]);
    expect(files.calls.map(({ tool: called }) => called)).toEqual(['read_file', 'write_file']);
    const refused = await app.inject({
      method: 'POST',
      url: '/files/write_file',
      headers: { authorization: 'Bearer alice', 'content-type': 'text/plain' },
      payload: '{',
    });
    expect(refused.json()).toMatchObject({ status: 403, code: 'not_permitted', missingScopes: ['admin'] });
    expect(refused.headers['www-authenticate']).toBe('Bearer error="insufficient_scope", scope="admin"');
  });

  test('are counted and logged with their caller when they are refused (AUTHZ-04)', async () => {
    const { ask, logs } = await makeGateway(false);
    await ask('alice', '/files/write_file', 'POST');
    expect(logs.map((line) => JSON.parse(line) as object)).toContainEqual(
      expect.objectContaining({
        msg: 'call',
        tool: 'write_file',
        status: 403,
        code: 'not_permitted',
        caller: 'alice',
      }),
    );
    expect((await ask(undefined, '/metrics')).body).toMatch(
      /tool="write_file",status="403"|status="403".*write_file/,
    );
  });

  test('follow a change of the rules at once (AUTHZ-06)', async () => {
    const { ask, authorization } = await makeGateway(false);
    expect((await ask('alice', '/files/write_file', 'POST')).statusCode).toBe(403);
    authorization.replace([rule({ keys: ['alice'], allow: ['files/write_*'] })]);
    expect((await ask('alice', '/files/write_file', 'POST')).statusCode).toBe(200);
    expect((await ask('alice', '/files/read_file', 'POST')).statusCode).toBe(403);
  });
});

describe('documents under rules', () => {
  test('say what each operation takes, of all servers and of one, and follow the rules (AUTHZ-05, AUTHZ-06)', async () => {
    const authorization = new Authorization(undefined);
    const { app } = await createNamedGateway(
      { files: createInMemoryUpstream([tool('read_file'), tool('write_file')], { name: 'files' }) },
      { apiKey: 'shared', authorization },
    );
    const securities = async (url: string) => {
      const { headers, body } = await app.inject(url);
      const { paths } = JSON.parse(body) as { paths: Record<string, { post: { security?: unknown } }> };
      const found = Object.entries(paths).map(([path, { post }]) => [path, post.security]);
      return { etag: headers['etag'], body, found: Object.fromEntries(found) as unknown };
    };
    const open = await securities('/openapi.json');
    expect(open.found).toEqual({ '/files/read_file': undefined, '/files/write_file': undefined });
    authorization.replace([
      rule({ everyone: true, allow: ['files/read_*'] }),
      rule({ scopes: ['w'], allow: ['*'] }),
    ]);
    const asked = [{ bearer: ['w'] }, { basic: ['w'] }];
    const ruled = await securities('/openapi.json');
    expect(ruled.found).toEqual({ '/files/read_file': undefined, '/files/write_file': asked });
    expect((await securities('/files/openapi.json')).found).toEqual({
      '/read_file': undefined,
      '/write_file': asked,
    });
    expect(ruled.etag).not.toBe(open.etag);
    expect(ruled.body).toContain('not_permitted');
    authorization.replace(undefined);
    const again = await securities('/openapi.json');
    expect([again.body, again.etag]).toEqual([open.body, open.etag]);
  });
});

describe('what is hidden', () => {
  const secrets = /write_file|scribbles|vault|open_safe|Combination|picture/;
  const pages = [
    '/openapi.json',
    '/openapi.yaml',
    '/files/openapi.json',
    '/docs',
    '/files/docs',
    '/redoc',
    '/',
    '/files',
    '/readyz',
  ];

  test.each([
    ...pages.map((url) => [url, '*/*'] as const),
    ['/', 'text/html'] as const,
    ['/files', 'text/html'] as const,
  ])('is nowhere in %s (%s), which is for its caller alone (AUTHZ-07, AUTHZ-08)', async (url, accept) => {
    const { ask } = await makeGateway(true);
    const seen = await ask('alice', url, 'GET', accept);
    expect(seen.statusCode).toBe(200);
    expect(seen.body).not.toMatch(secrets);
    const isProbe = url === '/readyz';
    expect(String(seen.headers['cache-control'])).toBe(isProbe ? 'no-store' : 'private, no-cache');
    expect(String(seen.headers['vary'])).toMatch(isProbe ? /^undefined$/ : /authorization/);
    // Docs pages name no tools: their scripts ask for the document.
    const names = /docs|redoc/.test(url) ? /./ : /read_file|"files"/;
    expect(seen.body).toMatch(names);
    const whole = await ask('root', url, 'GET', accept);
    expect(whole.body).toMatch(/docs|redoc/.test(url) ? /./ : url.includes('files') ? /write_file/ : /vault/);
    expect((await ask(undefined, url, 'GET', accept)).statusCode).toBe(isProbe ? 200 : 401);
  });

  test('answers as what is not there, whatever is asked of it (AUTHZ-07)', async () => {
    const { ask, logs } = await makeGateway(true);
    for (const method of ['GET', 'POST', 'OPTIONS', 'PUT'] as const) {
      for (const [url, absent] of [
        ['/files/write_file', '/files/write_fils'],
        ['/vault/open_safe', '/vaulx/open_safe'],
        ['/vault/docs', '/vaulx/docs'],
        ['/vault/openapi.json', '/vaulx/openapi.json'],
        ['/vault', '/vaulx'],
      ] as const) {
        const [hidden, nothing] = [await ask('alice', url, method), await ask('alice', absent, method)];
        const withoutId = ({ body }: typeof hidden) => body.replace(/"requestId":"[^"]*"/, '');
        expect(withoutId(hidden)).toBe(withoutId(nothing).replaceAll(absent, url));
        expect(hidden.statusCode).toBe(404);
        const bare = ({ headers }: typeof hidden) => ({
          ...headers,
          'x-request-id': '',
          date: '',
          'content-length': '',
        });
        expect(bare(hidden)).toEqual(bare(nothing));
      }
    }
    expect(logs.join('')).toMatch(/"code":"not_permitted","caller":"alice"/);
  });

  test('is told in the log, the metrics and what is recorded of requests, which no caller sees (AUTHZ-04, AUDIT-01)', async () => {
    const records: unknown[] = [];
    const ended = ({ request, operation, serverName, status, code }: RequestRecord) =>
      void records.push([request.url, serverName, operation?.tool, status, code]);
    const { ask, app, logs } = await makeGateway(true, [{ ended }]);
    const url = await app.listen({ host: '127.0.0.1', port: 0 });
    onTestFinished(async () => await app.close());
    const headers = { authorization: 'Bearer alice', 'content-type': 'application/json' };
    for (const path of ['/files/write_file', '/files/write_fils', '/vault/open_saf'])
      await fetch(`${url}${path}`, { method: 'POST', headers, body: '{}' });
    await expect.poll(() => records).toHaveLength(3);
    expect(records).toEqual([
      ['/files/write_file', 'files', 'write_file', 404, 'not_permitted'],
      ['/files/write_fils', undefined, undefined, 404, 'not_found'],
      ['/vault/open_saf', undefined, undefined, 404, 'not_permitted'],
    ]);
    expect(logs.map((line) => JSON.parse(line) as object)).toContainEqual(
      expect.objectContaining({ msg: 'call', tool: 'write_file', code: 'not_permitted', caller: 'alice' }),
    );
    expect((await ask('root', '/metrics')).body).toMatch(
      /tool="write_file",status="404"|status="404".*write_file/,
    );
  });

  test('leaves an empty document to who may call nothing, and no names of servers (AUTHZ-07)', async () => {
    const { ask } = await makeGateway(true);
    const document = (await ask('stranger', '/openapi.json')).json<{ paths: object }>();
    expect(document.paths).toEqual({});
    expect(JSON.stringify(document)).not.toMatch(/files|read_file|vault/);
    expect((await ask('stranger', '/readyz')).json()).toMatchObject({ status: 'ready', servers: {} });
  });

  test('is in the metrics, which are for who may call everything (AUTHZ-07)', async () => {
    const { ask } = await makeGateway(true);
    expect((await ask('alice', '/metrics')).statusCode).toBe(403);
    expect((await ask('root', '/metrics')).statusCode).toBe(200);
  });

  test('is made anew when the rules are others (AUTHZ-06)', async () => {
    const { ask, authorization } = await makeGateway(true);
    const before = await ask('alice', '/openapi.json');
    authorization.replace([rule({ keys: ['alice'], allow: ['vault'] })]);
    const after = await ask('alice', '/openapi.json');
    expect(Object.keys(after.json<{ paths: object }>().paths)).toEqual(['/vault/open_safe']);
    expect(after.headers['etag']).not.toBe(before.headers['etag']);
  });

  test('keeps the document of an only server, at the root, valid and short (AUTHZ-03, AUTHZ-07)', async () => {
    const { app } = await createTestGateway([echo, greet], {
      authenticator: makeAuthenticator(),
      authorization: new Authorization([rule({ keys: ['alice'], allow: ['gr*'] })]),
      hidesForbidden: true,
    });
    const answer = await app.inject({ url: '/openapi.json', headers: { authorization: 'Bearer alice' } });
    expect(Object.keys(answer.json<{ paths: object }>().paths)).toEqual(['/greet']);
    const hidden = await app.inject({
      method: 'POST',
      url: '/echo',
      headers: { authorization: 'Bearer alice' },
    });
    expect(hidden.statusCode).toBe(404);
  });
});
