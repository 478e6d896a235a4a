import { Agent } from 'node:http';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isBuilt, runServe, startGateway, type GatewayProcess } from '../fixtures/gateway-process.ts';
import { send, type HttpAnswer } from '../fixtures/http-client.ts';
import { openHttp2 } from '../fixtures/http2-client.ts';
import { tlsPath } from '../fixtures/tls.ts';
import { startTokenIssuer } from '../fixtures/token-issuer.ts';

/** What `whoami` answers. */
interface Person {
  readonly pid: number;
  readonly env: Readonly<Record<string, string>>;
  readonly meta: { readonly 'mcpo-toolkit/headers'?: Readonly<Record<string, string>> } | null;
}

const script = fileURLToPath(new URL('upstreams/personal.mjs', import.meta.url));
const ada = {
  'x-openwebui-user-id': 'u-ada',
  'x-openwebui-user-email': 'ada@x.test',
  'x-openwebui-user-name': 'Ada %C3%87elik',
  'x-openwebui-user-role': 'admin',
};
const bob = { 'x-openwebui-user-id': 'u-bob', 'x-openwebui-user-email': 'bob@x.test' };
const key = { authorization: 'Bearer shared-secret' };
const env = {
  USER_SUB: '${claim:sub:-nobody}',
  USER_MAIL: '${claim:email:-none}',
  USER_NAME: '${claim:name:-none}',
  USER_ROLE: '${claim:role:-none}',
  RAW: '${header:x-openwebui-user-id:-none}',
};
const personal = (session: string): object => ({
  command: process.execPath,
  args: [script],
  env,
  session: { key: session },
  clientHeaderForwarding: { enabled: true, whitelist: ['x-*'] },
});

describe.skipIf(!isBuilt || process.platform !== 'linux')(
  'a gateway behind a proxy that says who calls',
  { timeout: 60_000 },
  () => {
    let folder: string;
    let gateway: GatewayProcess | undefined;
    /** Calls from it do not come from the proxy, which is at 127.0.0.1. */
    let elsewhere: Agent;

    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'mcpo-proxied-'));
      elsewhere = new Agent({ localAddress: '127.0.0.2' });
    });
    afterEach(async () => {
      elsewhere.destroy();
      await gateway?.stop();
      gateway = undefined;
      rmSync(folder, { recursive: true });
    });

    const start = async (session: string, ...flags: string[]): Promise<GatewayProcess> => {
      const config = join(folder, 'servers.json');
      writeFileSync(config, JSON.stringify({ mcpServers: { me: personal(session) } }));
      const own = ['--config', config, '--trusted-header-auth', '127.0.0.1', ...flags];
      gateway = await startGateway(undefined, { flags: own });
      return gateway;
    };
    const call = async (
      headers: Readonly<Record<string, string | string[]>>,
      agent?: Agent,
    ): Promise<HttpAnswer> =>
      await send(gateway?.port ?? 0, '/me/whoami', {
        headers: { 'content-type': 'application/json', ...headers },
        body: '{}',
        ...(agent && { agent }),
      });
    const whoami = async (headers: Readonly<Record<string, string>>, agent?: Agent): Promise<Person> => {
      const answer = await call(headers, agent);
      if (answer.status !== 200) throw new Error(answer.text);
      return answer.json() as Person;
    };

    test('believes the proxy: each user has a process with their own claims, in log and audit too (AUTH-13, AUTH-15)', async () => {
      const audit = join(folder, 'audit.log');
      const running = await start('claim:sub', '--api-key', 'shared-secret', '--audit-log', audit);
      const people = await Promise.all(
        Array.from({ length: 40 }, async (_, at) => await whoami({ ...key, ...(at % 2 === 0 ? ada : bob) })),
      );
      const of = (sub: string): readonly Person[] =>
        people.filter((person) => person.env['USER_SUB'] === sub);
      expect([of('u-ada').length, of('u-bob').length]).toEqual([20, 20]);
      expect([
        new Set(of('u-ada').map(({ pid }) => pid)).size,
        new Set(of('u-bob').map(({ pid }) => pid)).size,
      ]).toEqual([1, 1]);
      expect(of('u-ada')[0]?.env).toMatchObject({
        USER_MAIL: 'ada@x.test',
        USER_NAME: 'Ada Çelik',
        USER_ROLE: 'admin',
      });
      expect(of('u-bob')[0]?.env).toMatchObject({
        USER_MAIL: 'bob@x.test',
        USER_NAME: 'none',
        USER_ROLE: 'none',
      });
      expect(of('u-ada')[0]?.meta?.['mcpo-toolkit/headers']).toMatchObject({
        'x-openwebui-user-id': 'u-ada',
      });
      const callers = (): ReadonlySet<unknown> =>
        new Set(running.logs().flatMap(({ msg, caller }) => (msg === 'call' ? [caller] : [])));
      await expect.poll(callers, { timeout: 10_000 }).toEqual(new Set(['u-ada', 'u-bob']));
      await expect.poll(() => readFileSync(audit, 'utf8'), { timeout: 10_000 }).toContain('u-ada');
      expect((await call(ada)).status).toBe(401);
      expect((await call({ ...ada, authorization: 'Bearer wrong' })).status).toBe(403);
    });

    test.each([[[]], [['--trust-proxy']]])(
      'takes what others say of a user out, whatever they say of where they are; with %j (AUTH-13, AUTH-14)',
      async (flags) => {
        await start('credential', '--api-key', 'shared-secret', ...flags);
        const spoofed = {
          ...key,
          ...ada,
          'x-forwarded-for': '127.0.0.1',
          'x-openwebui-user-jwt': 'a.b.c',
          'x-own': 'o',
        };
        const person = await whoami(spoofed, elsewhere);
        expect(person.env).toMatchObject({ USER_SUB: 'nobody', USER_MAIL: 'none', RAW: 'none' });
        expect(person.meta?.['mcpo-toolkit/headers']).toEqual({ 'x-own': 'o' });
        const believed = await whoami({ ...key, ...ada, 'x-forwarded-for': '192.0.2.1' });
        expect(believed.env).toMatchObject({ USER_SUB: 'u-ada', RAW: 'u-ada' });
        expect(believed.pid).not.toBe(person.pid);
      },
    );

    test('tells a caller without a user what is missing, and takes no header for one (AUTH-14, SESS-02)', async () => {
      await start('claim:sub', '--api-key', 'shared-secret');
      for (const answer of [await call(key), await call({ ...key, ...ada }, elsewhere)]) {
        expect([answer.status, answer.json()]).toMatchObject([
          400,
          {
            code: 'session_key_required',
            detail: expect.stringContaining("claim 'sub', which is missing") as string,
          },
        ]);
      }
    });

    test('gives no user the answer to another’s Idempotency-Key (AUTH-17, IDEM-04)', async () => {
      const server = { command: process.execPath, args: [script] };
      const config = join(folder, 'servers.json');
      writeFileSync(config, JSON.stringify({ mcpServers: { me: server } }));
      const flags = ['--config', config, '--trusted-header-auth', '127.0.0.1', '--api-key', 'shared-secret'];
      gateway = await startGateway(undefined, { flags });
      const remember = async (user: Readonly<Record<string, string>>): Promise<unknown> => {
        const headers = { 'content-type': 'application/json', 'idempotency-key': 'one', ...key, ...user };
        return (await send(gateway?.port ?? 0, '/me/remember', { headers, body: '{}' })).json();
      };
      expect([await remember(ada), await remember(bob), await remember(ada), await remember({})]).toEqual([
        1, 2, 1, 3,
      ]);
    });

    test('without credentials is called by way of the proxy alone, and says so (AUTH-16)', async () => {
      const { port } = await start('claim:sub');
      expect((await whoami(ada)).env).toMatchObject({ USER_SUB: 'u-ada' });
      const refused = [
        [await call(ada, elsewhere), /by way of a proxy .* came from elsewhere/],
        [
          await call({ ...ada, authorization: 'Bearer x', 'x-forwarded-for': '127.0.0.1' }, elsewhere),
          /elsewhere/,
        ],
        [await call({}), /has to send X-OpenWebUI-User-Id/],
      ] as const;
      for (const [answer, says] of refused) {
        expect([answer.status, answer.headers['www-authenticate']]).toEqual([403, undefined]);
        expect(answer.json()).toMatchObject({
          code: 'forbidden',
          detail: expect.stringMatching(says) as string,
        });
      }
      const document = (await send(port, '/openapi.json', { method: 'GET' })).json() as {
        security: unknown;
        paths: Record<string, { post: { responses: object } }>;
      };
      expect(document.security).toEqual([]);
      expect(Object.keys(document.paths['/me/whoami']?.post.responses ?? {})).toContain('403');
      // A page that somebody opened goes by way of the proxy too, with all that it knows them by.
      const foreign = await call({ ...ada, origin: 'https://evil.example' });
      expect([foreign.status, foreign.json()]).toMatchObject([
        403,
        { detail: expect.stringContaining('other origins') as string },
      ]);
    });

    test('refuses a user that came twice or is too long; of a name it takes none then (AUTH-17)', async () => {
      await start('claim:sub');
      const twice = await call({ ...bob, 'x-openwebui-user-id': ['u-eve', 'u-bob'] });
      expect([twice.status, twice.json()]).toMatchObject([
        400,
        { code: 'bad_request', detail: expect.stringContaining('several values') as string },
      ]);
      expect((await call({ 'x-openwebui-user-id': 'u'.repeat(257) })).status).toBe(400);
      const person = await whoami({ ...bob, 'x-openwebui-user-name': 'Eve, Bob' });
      expect(person.env).toMatchObject({ USER_SUB: 'u-bob', USER_NAME: 'none' });
      // Percent-encoded, as Open WebUI sends it, a comma is one of the name's own.
      const named = await whoami({ ...bob, 'x-openwebui-user-name': 'Builder%2C 100%25 Bob' });
      expect(named.env['USER_NAME']).toBe('Builder, 100% Bob');
      expect((await whoami({ ...bob, 'x-openwebui-user-name': '100% Bob' })).env['USER_NAME']).toBe(
        '100% Bob',
      );
      const broken = await call({ ...bob, 'x-openwebui-user-name': 'a%0Ab' });
      expect([broken.status, broken.json()]).toMatchObject([400, { code: 'session_key_required' }]);
    });

    test.each([
      ['127.0.0.1', 'u-ada'],
      ['127.0.0.9', 'nobody'],
    ])('believes a proxy at %s over HTTP/2: the user is %s (AUTH-13, AUTH-14)', async (proxy, user) => {
      const config = join(folder, 'servers.json');
      writeFileSync(config, JSON.stringify({ mcpServers: { me: personal('credential') } }));
      const tls = ['--ssl-certfile', tlsPath('first.cert.pem'), '--ssl-keyfile', tlsPath('first.key.pem')];
      const flags = [
        '--config',
        config,
        '--trusted-header-auth',
        proxy,
        '--api-key',
        'shared-secret',
        ...tls,
      ];
      const { port } = (gateway = await startGateway(undefined, { flags }));
      const connection = await openHttp2(port);
      const person = (await connection.call('me/whoami', {}, { ...key, ...ada })).json() as Person;
      connection.close();
      expect(person.env['USER_SUB']).toBe(user);
      expect(person.meta?.['mcpo-toolkit/headers']?.['x-openwebui-user-id']).toBe(
        user === 'nobody' ? undefined : user,
      );
    });

    test('takes a token’s word for whose it is (AUTH-15)', async () => {
      const issuer = await startTokenIssuer();
      try {
        await start('claim:sub', '--jwt-issuer', issuer.url, '--jwt-audience', issuer.audience);
        const authorization = `Bearer ${await issuer.sign({ sub: 'u-ada' })}`;
        const person = await whoami({ ...bob, authorization });
        expect(person.env).toMatchObject({ USER_SUB: 'u-ada', USER_MAIL: 'none' });
      } finally {
        await issuer.close();
      }
    });
  },
);

describe.skipIf(!isBuilt)('--trusted-header-auth', () => {
  test.each([
    ['', /names no proxy; write its address/],
    ['proxy.example.com', /is no address or network; write 10\.1\.2\.3/],
    ['10.0.0.1,0.0.0.0/0', /half the world/],
  ])('%j is refused before anything starts (AUTH-13)', (text, says) => {
    const { code, stderr } = runServe(['--trusted-header-auth', text]);
    expect([code, stderr]).toEqual([2, expect.stringMatching(says) as string]);
  });
});
