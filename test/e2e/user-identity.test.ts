import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isBuilt, runServe, startGateway, type GatewayProcess } from '../fixtures/gateway-process.ts';
import { send, type HttpAnswer } from '../fixtures/http-client.ts';
import { createRemoteServer } from '../fixtures/remote-server.ts';
import { startTokenIssuer, type TokenIssuer } from '../fixtures/token-issuer.ts';

/** What `whoami` answers. */
interface Person {
  readonly pid: number;
  readonly env: Readonly<Record<string, string>>;
}

const script = fileURLToPath(new URL('upstreams/personal.mjs', import.meta.url));
const env = {
  USER_SUB: '${claim:sub}',
  USER_MAIL: '${claim:email:-none}',
  USER_TENANT: '${claim:realm.tenant}',
};

const personal = (more: object = {}): object => ({
  command: process.execPath,
  args: [script],
  env,
  session: { key: 'claim:sub', max: 10 },
  ...more,
});
const toText = (value: unknown): string => Buffer.from(String(value), 'latin1').toString();

describe.skipIf(!isBuilt)('a server that is told who calls', { timeout: 90_000 }, () => {
  let folder: string;
  let issuer: TokenIssuer;
  let gateway: GatewayProcess | undefined;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'mcpo-users-'));
    issuer = await startTokenIssuer();
  });
  afterEach(async () => {
    await gateway?.stop();
    gateway = undefined;
    await issuer.close();
    rmSync(folder, { recursive: true });
  });

  const start = async (server: object, ...flags: string[]): Promise<void> => {
    const config = join(folder, 'servers.json');
    writeFileSync(config, JSON.stringify({ mcpServers: { me: server } }));
    const tokens = ['--jwt-issuer', issuer.url, '--jwt-audience', issuer.audience];
    gateway = await startGateway(undefined, { flags: ['--config', config, ...tokens, ...flags] });
  };
  const call = async (
    token: string,
    tool = 'whoami',
    headers: Readonly<Record<string, string>> = {},
    body = '{}',
  ): Promise<HttpAnswer> =>
    await send(gateway?.port ?? 0, `/me/${tool}`, {
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, ...headers },
      body,
    });
  const whoami = async (token: string, headers?: Readonly<Record<string, string>>): Promise<Person> => {
    const answer = await call(token, 'whoami', headers);
    if (answer.status !== 200) throw new Error(answer.text);
    return answer.json() as Person;
  };

  test('has a process for each subject, with that subject’s claims alone, however calls are mixed (SESS-08, SESS-12)', async () => {
    await start(personal());
    const users = ['ann', 'bob', 'cy', 'dee'];
    const calls = Array.from({ length: 120 }, async (_, at) => {
      const user = users[at % users.length] ?? '';
      // Half of the calls come with a token of their own.
      const person = await whoami(
        await issuer.sign({ sub: user, email: `${user}@x.test`, realm: { tenant: `t-${user}` } }),
      );
      return { user, person };
    });
    const pids = new Map<string, Set<number>>();
    for (const { user, person } of await Promise.all(calls)) {
      expect(person.env).toMatchObject({
        USER_SUB: user,
        USER_MAIL: `${user}@x.test`,
        USER_TENANT: `t-${user}`,
      });
      for (const other of users.filter((name) => name !== user))
        expect(JSON.stringify(person.env)).not.toContain(`${other}@x.test`);
      pids.set(user, (pids.get(user) ?? new Set()).add(person.pid));
    }
    expect([...pids.values()].map(({ size }) => size)).toEqual([1, 1, 1, 1]);
    expect(new Set([...pids.values()].flatMap((set) => [...set])).size).toBe(4);
  });

  test('has another process for the same subject with another email, and the one before stays its own (SESS-09)', async () => {
    await start(personal());
    const old = await issuer.sign({ sub: 'ann', email: 'old@x.test' });
    const first = await whoami(old);
    const second = await whoami(await issuer.sign({ sub: 'ann', email: 'new@x.test' }));
    expect([first.env['USER_MAIL'], second.env['USER_MAIL']]).toEqual(['old@x.test', 'new@x.test']);
    expect(second.pid).not.toBe(first.pid);
    expect((await whoami(old)).pid).toBe(first.pid);
  });

  test.each([
    [{ sub: '' }, "a token with a claim 'sub', which is missing"],
    [{ email: ['a', 'b'] }, "a token with a claim 'email' that is a text"],
    [{ email: 'a\nUSER_SUB=root' }, "a token with a claim 'email' that holds no line breaks"],
    [{ sub: 's'.repeat(300) }, "a token with a claim 'sub' with at most 256 characters"],
  ])('gets no call with %j; 400 says what to send (SESS-02, SESS-13)', async (claims, says) => {
    await start(personal());
    const answer = await call(await issuer.sign(claims));
    expect([answer.status, answer.json()]).toMatchObject([
      400,
      { code: 'session_key_required', detail: expect.stringContaining(says) as string },
    ]);
    const { servers } = (await send(gateway?.port ?? 0, '/readyz', { method: 'GET' })).json() as {
      servers: { me: object };
    };
    expect(servers.me).toMatchObject({ sessions: 0 });
  });

  test('gives nobody the answer to another’s Idempotency-Key (IDEM-04)', async () => {
    await start(personal({ env: {} }));
    const key = { 'idempotency-key': 'one' };
    const [ann, bob] = [await issuer.sign({ sub: 'ann' }), await issuer.sign({ sub: 'bob' })];
    const first = await whoami(ann, key);
    expect((await whoami(bob, key)).pid).not.toBe(first.pid);
    expect((await whoami(ann, key)).pid).toBe(first.pid);
  });

  test('is told the name of the key, and has a process for each (SESS-08, SESS-12)', async () => {
    const file = join(folder, 'keys.json');
    const [one, two] = ['one', 'two'].map((name) =>
      runServe(['key', 'new', '--name', name, '--file', file]).stdout.trim(),
    );
    await start(
      personal({ env: { KEY: '${key:name}' }, session: { key: 'key:name' } }),
      '--api-keys-file',
      file,
    );
    const people = [await whoami(one ?? ''), await whoami(two ?? ''), await whoami(one ?? '')];
    expect(people.map((person) => person.env['KEY'])).toEqual(['one', 'two', 'one']);
    expect(people[2]?.pid).toBe(people[0]?.pid);
    const answer = await call(await issuer.sign());
    expect([answer.status, answer.json()]).toMatchObject([
      400,
      { detail: expect.stringContaining('an API key that has a name') as string },
    ]);
  });

  test('over HTTP gets each user’s claims in headers of their own session (SESS-08)', async () => {
    const server = await createRemoteServer('streamable-http');
    try {
      const headers = { 'x-user': '${claim:sub:-nobody}', 'x-name': '${claim:name}' };
      await start({ type: 'streamable-http', url: server.url, headers, session: { key: 'claim:sub' } });
      const users = ['ann', 'Zoë', 'ann', 'bob', 'Zoë', 'bob'];
      const answers = await Promise.all(
        users.map(async (user) =>
          call(await issuer.sign({ sub: user, name: `N ${user}` }), 'echo', {}, JSON.stringify({ user })),
        ),
      );
      expect(answers.map((answer) => answer.json())).toEqual(users.map((user) => ({ user })));
      const posts = server.seen.filter(({ method }) => method === 'POST');
      for (const { headers: sent, body } of posts.filter((post) => post.body.includes('"tools/call"'))) {
        const user = toText(sent['x-user']);
        expect(body).toContain(`"user":"${user}"`);
        expect(toText(sent['x-name'])).toBe(`N ${user}`);
        expect(sent['authorization']).toBeUndefined();
      }
      const opened = posts.filter((post) => post.body.includes('"initialize"'));
      expect(opened.map(({ headers: sent }) => toText(sent['x-user'])).toSorted()).toEqual([
        'Zoë',
        'ann',
        'bob',
        'nobody',
      ]);
    } finally {
      await server.stop();
    }
  });
});

describe.skipIf(!isBuilt)('a configuration that asks who calls', () => {
  test.each([
    [{ session: { key: 'claim:sub' } }, [], /'session.key' needs callers with claims; add --jwt-issuer/],
    [
      { session: { key: 'header:x' }, env: { A: '${key:name}' } },
      ['--api-key', 'shared'],
      /'env.A' needs callers with keys that have names; add --api-keys-file/,
    ],
  ])('%j, where no option does, ends with exit code 2 (CONF-11)', (server, flags, says) => {
    const folder = mkdtempSync(join(tmpdir(), 'mcpo-users-'));
    const config = join(folder, 'servers.json');
    writeFileSync(config, JSON.stringify({ mcpServers: { me: { command: 'x', ...server } } }));
    const { code, stderr } = runServe(['--config', config, ...flags]);
    rmSync(folder, { recursive: true });
    expect(code).toBe(2);
    expect(stderr).toMatch(says);
  });
});
