import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { importAbsence, importDocuments } from '../consumers/open-webui.ts';
import { isBuilt, runServe, startGateway, type GatewayProcess } from '../fixtures/gateway-process.ts';
import { send, type HttpAnswer } from '../fixtures/http-client.ts';
import { scriptPath } from '../fixtures/scripted-upstream.ts';
import { startTokenIssuer } from '../fixtures/token-issuer.ts';

const eventually = { timeout: 30_000, interval: 50 };
const timeServer = fileURLToPath(new URL('../../dist/src/cli/time-server.js', import.meta.url));
const servers = {
  time: { command: process.execPath, args: [timeServer] },
  box: { command: process.execPath, args: [scriptPath('scripted.mjs')] },
};

const allow = (...tools: readonly string[]) => [{ keys: ['alice'], allow: tools }];

describe.skipIf(!isBuilt)('rules of who may call what', { timeout: 90_000 }, () => {
  let folder: string;
  let gateway: GatewayProcess | undefined;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'mcpo-rules-'));
  });
  afterEach(async () => {
    await gateway?.stop();
    gateway = undefined;
    rmSync(folder, { recursive: true });
  });

  /** Written beside and renamed over. */
  const write = (name: string, content: unknown): string => {
    const path = join(folder, name);
    writeFileSync(`${path}~`, typeof content === 'string' ? content : JSON.stringify(content, undefined, 1));
    renameSync(`${path}~`, path);
    return path;
  };
  const makeKey = (name: string, ...scopes: readonly string[]): string => {
    const words = ['key', 'new', '--file', join(folder, 'keys.json'), '--name', name];
    return runServe([...words, ...scopes.flatMap((scope) => ['--scopes', scope])]).stdout.trim();
  };
  const start = async (flags: readonly string[], env = {}): Promise<GatewayProcess> => {
    gateway = await startGateway(undefined, { flags, env });
    return gateway;
  };
  const ask = async (key: string, path: string, body?: object, accept = '*/*'): Promise<HttpAnswer> => {
    const headers = { authorization: `Bearer ${key}`, accept };
    const { port } = gateway ?? { port: 0 };
    return body === undefined
      ? await send(port, path, { method: 'GET', headers })
      : await send(port, path, {
          headers: { ...headers, 'content-type': 'application/json' },
          body: JSON.stringify(body),
        });
  };
  const statusOf = async (key: string, path: string, body = {}): Promise<number> =>
    (await ask(key, path, body)).status;
  const hasLogged = (text: string): boolean => gateway?.logs().some(({ msg }) => msg.includes(text)) === true;

  const asUser = async (role: string, path: string, method: string): Promise<HttpAnswer> => {
    const headers = { 'x-openwebui-user-id': 'u1', 'x-openwebui-user-role': role };
    const { port } = gateway ?? { port: 0 };
    return await send(port, path, { method, headers });
  };
  const seenBy = async (role: string): Promise<readonly string[]> =>
    Object.keys(((await asUser(role, '/openapi.json', 'GET')).json() as { paths: object }).paths);
  const configure = (authorization: unknown): string =>
    write('servers.json', { mcpServers: servers, ...(authorization !== undefined && { authorization }) });
  const warned = (): readonly unknown[] =>
    (gateway?.logs() ?? []).flatMap(({ msg, unknown }) =>
      msg === 'rules allow tools that are not there' ? [unknown] : [],
    );

  test('give each key and token what its scopes allow, and name the one that is missing (AUTHZ-01, AUTHZ-02, AUTHZ-04)', async () => {
    const issuer = await startTokenIssuer();
    try {
      const [reader, caller, stranger] = [
        makeKey('reader', 'time:read'),
        makeKey('caller', 'box:call'),
        makeKey('stranger'),
      ];
      const authorization = [
        { scopes: ['time:read'], allow: ['time'] },
        { scopes: ['box:call'], keys: ['caller'], allow: ['box/ec*'] },
      ];
      const config = write('servers.json', { mcpServers: servers, authorization });
      const jwt = ['--jwt-issuer', issuer.url, '--jwt-audience', issuer.audience];
      await start(['--config', config, '--api-keys-file', join(folder, 'keys.json'), ...jwt]);
      const token = await issuer.sign({ scope: 'openid time:read' });
      const utc = { timezone: 'UTC' };
      const statuses = async (key: string): Promise<readonly number[]> => [
        await statusOf(key, '/time/get_current_time', utc),
        await statusOf(key, '/box/echo'),
        await statusOf(key, '/box/facts'),
      ];
      expect(await statuses(reader)).toEqual([200, 403, 403]);
      expect(await statuses(caller)).toEqual([403, 200, 403]);
      expect(await statuses(stranger)).toEqual([403, 403, 403]);
      // The first time a token is verified, the second time it is known.
      expect(await statuses(token)).toEqual([200, 403, 403]);
      expect(await statuses(token)).toEqual([200, 403, 403]);
      const refusal = await ask(token, '/box/echo', {});
      expect(refusal.json()).toMatchObject({
        code: 'not_permitted',
        detail: 'This caller may not call this tool without the scope box:call.',
        missingScopes: ['box:call'],
      });
      expect(refusal.headers['www-authenticate']).toBe('Bearer error="insufficient_scope", scope="box:call"');
      // Who may not be asked is not counted as one who asked wrongly.
      expect((await ask('wrong', '/box/echo', {})).json()).toMatchObject({ code: 'forbidden' });
    } finally {
      await issuer.close();
    }
  });

  test('are about roles that a trusted proxy tells, too (AUTHZ-02)', async () => {
    const rules = write('rules.json', [
      { scopes: ['role:admin'], allow: ['*'] },
      { everyone: true, allow: ['get_*'] },
    ]);
    await start(['--trusted-header-auth', '127.0.0.1', '--authorization', rules, '--hide-forbidden']);
    expect([await seenBy('admin'), await seenBy('user')]).toEqual([
      ['/convert_time', '/get_current_time'],
      ['/get_current_time'],
    ]);
    expect((await asUser('admin', '/convert_time', 'POST')).status).toBe(422);
    expect((await asUser('user', '/convert_time', 'POST')).status).toBe(404);
  });

  test('of a configuration are followed with it, and no server starts anew (CONF-25, AUTHZ-06)', async () => {
    const key = makeKey('alice');
    const config = configure(allow('box/facts'));
    await start(['--config', config, '--hot-reload', '--api-keys-file', join(folder, 'keys.json')]);
    const pidOf = async (): Promise<unknown> =>
      ((await ask(key, '/box/facts', {})).json() as { pid: number }).pid;
    const pid = await pidOf();
    expect([typeof pid, await statusOf(key, '/box/echo')]).toEqual(['number', 403]);
    configure(allow('box/facts', 'box/echo'));
    await expect.poll(async () => await statusOf(key, '/box/echo'), eventually).toBe(200);
    expect(await pidOf()).toBe(pid);
    expect(hasLogged('other rules of who may call what hold from now on')).toBe(true);
    configure([{ keys: ['alice'] }]);
    await expect.poll(() => hasLogged("'authorization[0]' needs 'allow'"), eventually).toBe(true);
    await expect.poll(() => hasLogged('the one before stays'), eventually).toBe(true);
    expect([await statusOf(key, '/box/echo'), await statusOf(key, '/box/sleep', { ms: 0 })]).toEqual([
      200, 403,
    ]);
    configure(undefined);
    await expect.poll(async () => await statusOf(key, '/box/sleep', { ms: 0 }), eventually).toBe(200);
    await expect.poll(() => hasLogged('there are no rules any more'), eventually).toBe(true);
    configure(allow('box/facts'));
    await expect.poll(async () => await statusOf(key, '/box/echo'), eventually).toBe(403);
    expect(await pidOf()).toBe(pid);
  });

  test('in a file of their own are followed, for an only server and beside a configuration (CONF-25)', async () => {
    const key = makeKey('alice');
    const keys = ['--api-keys-file', join(folder, 'keys.json')];
    const rules = write('rules.json', allow('get_*'));
    await start([...keys, '--authorization', rules]);
    const utc = { timezone: 'UTC' };
    expect(await statusOf(key, '/get_current_time', utc)).toBe(200);
    expect(await statusOf(key, '/convert_time')).toBe(403);
    write('rules.json', '[{');
    await expect
      .poll(() => hasLogged('the rules cannot be used; the ones before stay'), eventually)
      .toBe(true);
    expect(gateway?.logs().some(({ msg }) => msg.startsWith(`${rules}:1:`))).toBe(true);
    expect(await statusOf(key, '/get_current_time', utc)).toBe(200);
    write('rules.json', allow('convert_time'));
    await expect.poll(async () => await statusOf(key, '/get_current_time', utc), eventually).toBe(403);
    await gateway?.stop();
    const config = write('servers.json', { mcpServers: servers });
    write('rules.json', allow('time'));
    await start(['--config', config, '--hot-reload', ...keys, '--authorization', rules]);
    expect(await statusOf(key, '/time/get_current_time', utc)).toBe(200);
    // A configuration that is loaded again, and has none, leaves these alone.
    write('servers.json', { mcpServers: { time: servers.time } });
    await expect.poll(async () => await statusOf(key, '/box/echo'), eventually).toBe(404);
    expect(await statusOf(key, '/time/get_current_time', utc)).toBe(200);
    write('rules.json', allow('tiem'));
    await expect.poll(async () => await statusOf(key, '/time/get_current_time', utc), eventually).toBe(403);
  });

  test('that allow what is not there are warned of, anew when the tools change (CONF-25)', async () => {
    const key = makeKey('alice');
    const authorization = [{ keys: ['alice', 'bob'], allow: ['box/change_tools', 'box/new_*', 'tiem', '*'] }];
    const config = write('servers.json', { mcpServers: servers, authorization });
    await start(['--config', config, '--api-keys-file', join(folder, 'keys.json')]);
    // What is said before depends on which server is connected first.
    await expect.poll(() => warned().at(-1), eventually).toEqual(['box/new_*', 'tiem']);
    const unknownKeys = gateway?.logs().find(({ msg }) => msg.includes('that the keys file does not have'));
    expect(unknownKeys?.['unknown']).toEqual(['bob']);
    expect(await statusOf(key, '/box/change_tools')).toBe(200);
    await expect.poll(() => warned().at(-1), eventually).toEqual(['tiem']);
  });

  test('are said by the document, also as it is printed, and are no part of what is committed (AUTHZ-05, AUTHZ-09)', async () => {
    const keys = ['--api-keys-file', join(folder, 'keys.json')];
    makeKey('alice', 'time:read');
    const rules = write('rules.json', [{ scopes: ['time:read'], allow: ['get_*'] }]);
    const print = (...flags: readonly string[]): string => {
      const { code, stdout } = runServe([...keys, ...flags, '--print-openapi']);
      expect(code).toBe(0);
      return stdout;
    };
    const [plain, ruled] = [print(), print('--authorization', rules)];
    expect(plain).not.toMatch(/time:read|missingScopes/);
    const { paths } = JSON.parse(ruled) as { paths: Record<string, { post: { security?: unknown } }> };
    expect(paths['/get_current_time']?.post.security).toEqual([
      { bearer: ['time:read'] },
      { basic: ['time:read'] },
    ]);
    expect(paths['/convert_time']?.post).not.toHaveProperty('security');
    const commits = [write('plain.json', plain), write('ruled.json', ruled)];
    for (const committed of commits) {
      for (const flags of [[], ['--authorization', rules]]) {
        const lock = ['--contract', committed, '--contract-policy', 'refuse'];
        const { url } = await start([...keys, ...flags, ...lock]);
        const served = await (await fetch(`${url}/openapi.json`)).text();
        expect(served).toBe(flags.length === 0 ? plain : ruled);
        expect(hasLogged('differ')).toBe(false);
        expect((await fetch(`${url}/readyz`)).status).toBe(200);
        await gateway?.stop();
      }
    }
  });

  test('leave a document that Open WebUI reads as before (AUTHZ-05)', async ({ skip }) => {
    skip(importAbsence !== undefined, importAbsence);
    const keys = ['--api-keys-file', join(folder, 'keys.json')];
    makeKey('alice');
    const rules = write('rules.json', [{ scopes: ['a', 'b'], keys: ['alice'], allow: ['*'] }]);
    const print = (...flags: readonly string[]): string =>
      runServe([...keys, ...flags, '--print-openapi']).stdout;
    const texts = new Map([
      ['plain', print()],
      ['ruled', print('--authorization', rules)],
    ]);
    const { plain, ruled } = await importDocuments(texts);
    expect(ruled).toEqual(plain);
    expect(ruled).toMatchObject({ tools: [{ name: 'convert_time' }, { name: 'get_current_time' }] });
  });

  test('count under --compat mcpo, whose refusals look like its own (AUTHZ-10)', async () => {
    const [alice, bob] = [makeKey('alice', 'box'), makeKey('bob')];
    const authorization = [
      { keys: ['alice'], allow: ['time/get_*'] },
      { scopes: ['box'], allow: ['box/echo'] },
    ];
    const config = write('servers.json', { mcpServers: servers, authorization });
    const flags = ['--compat', 'mcpo', '--config', config, '--api-keys-file', join(folder, 'keys.json')];
    await start([...flags, '--hide-forbidden']);
    expect(await statusOf(alice, '/time/get_current_time', { timezone: 'UTC' })).toBe(200);
    const pathsOf = async (key: string): Promise<readonly string[]> => {
      const document = (await ask(key, '/time/openapi.json')).json() as { paths?: object };
      return Object.keys(document.paths ?? {});
    };
    expect(await pathsOf(alice)).toEqual(['/get_current_time']);
    expect((await ask(bob, '/time/openapi.json')).status).toBe(404);
    expect((await ask(bob, '/box/echo', {})).json()).toEqual({ detail: 'Not Found' });
    await gateway?.stop();
    await start(flags);
    const refusal = await ask(bob, '/box/echo', {});
    expect([refusal.status, refusal.json()]).toEqual([
      403,
      { detail: "The key 'bob' may not call this tool without the scope box." },
    ]);
    expect(await pathsOf(bob)).toEqual(['/get_current_time', '/convert_time']);
  });

  test('with --hide-forbidden, show each caller its own tools and nothing else (AUTHZ-07, AUTHZ-08)', async () => {
    const issuer = await startTokenIssuer();
    try {
      const [alice, root] = [makeKey('alice'), makeKey('root')];
      const authorization = [
        { keys: ['alice'], allow: ['time/get_*'] },
        { keys: ['root'], allow: ['*'] },
        { scopes: ['box'], allow: ['box/echo'] },
      ];
      const config = write('servers.json', { mcpServers: servers, authorization });
      const jwt = ['--jwt-issuer', issuer.url, '--jwt-audience', issuer.audience];
      const keys = ['--api-keys-file', join(folder, 'keys.json')];
      await start(['--config', config, ...keys, ...jwt, '--hide-forbidden']);
      const token = await issuer.sign({ scp: ['box'] });
      const toolsOf = async (key: string): Promise<readonly string[]> => {
        const answer = await ask(key, '/openapi.json');
        expect(answer.headers['cache-control']).toContain('private');
        return Object.keys((answer.json() as { paths: object }).paths);
      };
      expect(await toolsOf(alice)).toEqual(['/time/get_current_time']);
      expect(await toolsOf(token)).toEqual(['/box/echo']);
      expect(await toolsOf(root)).toEqual(expect.arrayContaining(['/box/facts', '/time/convert_time']));
      const landing = (await ask(alice, '/', undefined, 'text/html')).text;
      expect(landing).toContain('get_current_time');
      expect(landing).not.toMatch(/convert_time|box|echo/);
      expect((await ask(alice, '/box', undefined, 'text/html')).status).toBe(404);
      expect((await ask(alice, '/box/echo', {})).status).toBe(404);
      expect((await ask(token, '/readyz')).text).not.toContain('time');
      expect((await send(gateway?.port ?? 0, '/openapi.json', { method: 'GET' })).status).toBe(401);
    } finally {
      await issuer.close();
    }
  });

  test('cannot be taken out of a followed configuration with --hide-forbidden (AUTHZ-06, AUTHZ-07)', async () => {
    const [alice, bob] = [makeKey('alice'), makeKey('bob')];
    const config = configure(allow('box/echo'));
    const keys = ['--api-keys-file', join(folder, 'keys.json')];
    await start(['--config', config, '--hot-reload', ...keys, '--hide-forbidden']);
    expect([await statusOf(alice, '/box/echo'), await statusOf(bob, '/box/echo')]).toEqual([200, 404]);
    configure(undefined);
    await expect.poll(() => hasLogged('the configuration cannot be used'), eventually).toBe(true);
    expect(hasLogged('--hide-forbidden hides what rules do not allow')).toBe(true);
    expect([await statusOf(alice, '/box/echo'), await statusOf(bob, '/box/echo')]).toEqual([200, 404]);
    configure(allow('box/facts'));
    await expect.poll(async () => await statusOf(alice, '/box/facts'), eventually).toBe(200);
    expect(await statusOf(bob, '/box/facts')).toBe(404);
  });

  test.each([
    [['--authorization', 'rules.json'], /--authorization needs to know who calls; add --api-keys-file/],
    [['--authorization', 'rules.json', '--api-key', 'k'], /cannot read the rules '.*rules\.json' \(ENOENT\)/],
    [['--hide-forbidden', '--api-key', 'k'], /there are none; add --authorization/],
    [
      ['--hide-forbidden', '--api-key', 'k', '--config', 'plain.json'],
      /plain\.json:1:1: .*there are none; add --authorization/,
    ],
    [['--config', 'ruled.json'], /ruled\.json:3:2: 'authorization' needs to know who calls/],
    [
      ['--config', 'ruled.json', '--api-key', 'k', '--authorization', 'rules.json'],
      /ruled\.json:3:2: 'authorization' and --authorization exclude each other/,
    ],
    [
      ['--config', 'typo.json', '--api-key', 'k'],
      /typo\.json:\d+:\d+: unknown key 'alow'; did you mean 'allow'\?/,
    ],
    [['--config', 'none.json', '--api-key', 'k'], /none\.json:\d+:\d+: 'authorization' is empty/],
  ])('that cannot be meant end the start: %j (CONF-24)', (words, says) => {
    const rule = { everyone: true, allow: ['time'] };
    write('plain.json', { mcpServers: servers });
    write(
      'ruled.json',
      `{\n "mcpServers": ${JSON.stringify(servers)},\n "authorization": [${JSON.stringify(rule)}]}`,
    );
    write('typo.json', { mcpServers: servers, authorization: [{ ...rule, alow: [] }] });
    write('none.json', { mcpServers: servers, authorization: [] });
    const own = words.map((word) => (word.endsWith('.json') ? join(folder, word) : word));
    const { code, stdout, stderr } = runServe(['--port', '0', ...own]);
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringMatching(says) as string]);
  });
});
