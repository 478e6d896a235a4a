import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createConfigFolder } from '../../../fixtures/config/config-text.ts';

const folder = createConfigFolder();
afterAll(() => folder.remove());

describe('what a server is (CONF-07)', () => {
  test.each([
    [undefined, 'auto'],
    ['http', 'streamable-http'],
    ['streamable-http', 'streamable-http'],
    ['streamable_http', 'streamable-http'],
    ['streamablehttp', 'streamable-http'],
    ['streamableHttp', 'streamable-http'],
    ['sse', 'sse'],
  ])('a url of type %s is %s', (type, expected) => {
    expect(folder.serverOf({ url: 'http://x', ...(type !== undefined && { type }) })?.type).toBe(expected);
  });

  test.each([undefined, 'stdio'])('a command of type %s is stdio', (type) => {
    expect(folder.serverOf({ command: 'x', ...(type !== undefined && { type }) })?.type).toBe('stdio');
  });

  test.each<[object, readonly string[]]>([
    [
      { command: 'x', type: 'sse' },
      ["'type' belongs to a server with a 'url', but this one has a 'command'"],
    ],
    [
      { url: 'http://x', type: 'stdio' },
      ["'type' belongs to a server with a 'command', but this one has a 'url'"],
    ],
    [
      { command: 'x', headers: { A: 'b' }, oauth: true },
      ["'headers' belongs to a server with a 'url'", "'oauth' belongs to a server with a 'url'"],
    ],
    [
      { url: 'http://x', args: ['a'], env: { A: 'b' }, envFile: 'c', cwd: 'd' },
      ['args', 'env', 'envFile', 'cwd'].map((key) => `'${key}' belongs to a server with a 'command'`),
    ],
  ])('%j mixes the two', (server, problems) => expect(folder.serverProblemsOf(server)).toEqual(problems));

  test('empty keys of the other kind may stay, as programs write them', () => {
    expect(folder.serverOf({ command: 'x', headers: {}, oauth: false })?.type).toBe('stdio');
    expect(folder.serverOf({ url: 'http://x', args: [], env: {} })?.type).toBe('auto');
  });
});

describe('env (CONF-12)', () => {
  test('numbers and booleans are the text that is written', () => {
    const text =
      '{"servers": {"s": {"command": "x", "env": {"A": 1.10, "B": true, "C": 1e400, "__proto__": "p"}}}}';
    const [server] = folder.serversOf(text);
    expect(server?.type === 'stdio' && Object.entries(server.env)).toEqual([
      ['A', '1.10'],
      ['B', 'true'],
      ['C', '1e400'],
      ['__proto__', 'p'],
    ]);
  });

  test('what envFile says gives way to env', () => {
    folder.write('vars.env', 'A=file\nB="two words" # why\nC=${NOT_EXPANDED}\n');
    expect(folder.serverOf({ command: 'x', env: { A: 'own' }, envFile: 'vars.env' })).toMatchObject({
      env: { A: 'own', B: 'two words', C: '${NOT_EXPANDED}' },
    });
  });

  test.each<[object, readonly string[]]>([
    [{ command: 'x', envFile: 'none.env' }, ["'envFile' cannot be read (ENOENT)"]],
    [{ command: 'x', env: { '': 'a' } }, ["'env' has a name that is empty or holds '='"]],
    [{ command: 'x', env: { 'A=B': 'a' } }, ["'env' has a name that is empty or holds '='"]],
    [{ command: 'x', env: { A: 'a\0b' } }, ["'env.A' holds a NUL character, which no program can be given"]],
    [{ command: 'x\0' }, ["'command' holds a NUL character, which no program can be given"]],
    [{ command: 'x', args: ['\0'] }, ["'args' holds a NUL character, which no program can be given"]],
    [{ command: '${E}' }, ["'command' is empty: the variables in it are"]],
  ])('%j is a mistake', (server, problems) =>
    expect(folder.serverProblemsOf(server, { env: { E: '' } })).toEqual(problems),
  );
});

describe('addresses (CONF-13)', () => {
  test.each(['http://x', 'https://x.example/mcp/', 'HTTP://X:80/a/../b?c=d#e', 'http://[::1]:8000/%7Emcp'])(
    '%s is kept as it is written',
    (url) => expect(folder.serverOf({ url })).toMatchObject({ url }),
  );

  test.each([
    'x',
    'localhost:8000',
    '/mcp',
    'ws://x',
    'file:///etc/passwd',
    'http://',
    ' http://x',
    'http://x/a b',
  ])('%j is no URL of a server', (url) =>
    expect(folder.serverProblemsOf({ url })).toEqual([
      '\'url\' is no URL of a server; write it as in "https://mcp.example.com/mcp"',
    ]),
  );

  test('credentials in a URL would not be sent', () => {
    expect(folder.serverProblemsOf({ url: 'https://user:pass@x' })).toEqual([
      "'url' holds a user or password, which is not sent; write 'headers' with an Authorization",
    ]);
  });

  test.each([
    ['sub', 'sub'],
    ['.', ''],
    ['../up', '../up'],
  ])('the working directory %j is relative to the folder of the file', (cwd, expected) => {
    expect(folder.serverOf({ command: 'x', cwd })).toMatchObject({ cwd: join(folder.path, expected) });
    expect(folder.serverOf({ command: 'x', cwd: '/abs' })).toMatchObject({ cwd: '/abs' });
  });
});

test.each<[object, readonly string[]]>([
  [{ 'a b': '1' }, ["'headers.a b' has a name that no header can have"]],
  [{ A: '1\r\nB: 2' }, ["'headers.A' holds a line break or another character that no header can hold"]],
  [{ A: 'ł' }, ["'headers.A' holds a line break or another character that no header can hold"]],
  [{ 'X-A': '1', 'x-a': '2' }, ["'headers.x-a' is there twice; case does not matter"]],
])('the headers %j cannot be sent (CONF-12)', (headers, problems) => {
  expect(folder.serverProblemsOf({ url: 'http://x', headers })).toEqual(problems);
});

test('a disabled server is left out, and its variables need not be set (CONF-14)', () => {
  const servers = {
    a: { command: 'x', disabled: true, env: { A: '${UNSET}' } },
    b: { command: 'x', disabled: false },
  };
  expect(folder.serversOf({ mcpServers: servers }).map(({ name }) => name)).toEqual(['b']);
  expect(folder.serversOf({ mcpServers: { a: servers.a } })).toEqual([]);
  expect(folder.problemsOf({ mcpServers: { a: { disabled: true, comand: 'x' } } })).toHaveLength(1);
});

describe('what is served of a server (CONF-15)', () => {
  test.each([
    [{ enabledTools: ['a'], disabledTools: ['b'] }],
    [{ enabled_tools: ['a'], disabled_tools: ['b'] }],
  ])('%j', (keys) => {
    expect(folder.serverOf({ command: 'x', ...keys })).toMatchObject({
      enabledTools: ['a'],
      disabledTools: ['b'],
    });
  });

  test.each([
    [60, 60_000],
    [0.5, 500],
    ['90', 90_000],
    ['2m', 120_000],
    ['500ms', 500],
  ])('the timeout %j is %i ms', (timeout, callTimeoutMs) =>
    expect(folder.serverOf({ command: 'x', timeout })).toMatchObject({ callTimeoutMs }),
  );

  test.each([
    ['soon', 'is no duration'],
    ['', 'is no duration'],
    ['0', 'must be above zero'],
    [1e10, 'is longer than 596h'],
    ['${T}', 'is no duration'],
  ])('the timeout %j %s', (timeout, says) =>
    expect(folder.serverProblemsOf({ command: 'x', timeout }, { env: { T: 'late' } })).toEqual([
      `'timeout' ${says}; write seconds, or a unit as in "500ms", "60s" or "2m"`,
    ]),
  );

  test('a server may be required', () => {
    expect(folder.serverOf({ command: 'x', required: true })).toMatchObject({ isRequired: true });
    expect(folder.serverOf({ command: 'x', required: false })).toMatchObject({ isRequired: false });
    expect(folder.serverOf({ command: 'x' })).not.toHaveProperty('isRequired');
  });

  test('two spellings of one key are a mistake', () => {
    expect(folder.serverProblemsOf({ command: 'x', disabled_tools: [], disabledTools: [] })).toEqual([
      "'disabledTools' says the same as 'disabled_tools'; keep one",
    ]);
  });
});

describe('forwarded headers (CONF-16)', () => {
  test.each(['client_header_forwarding', 'clientHeaderForwarding'])('%s', (key) => {
    const lists = { whitelist: ['X-*'], blacklist: ['x-secret'], debug_headers: true };
    expect(folder.serverOf({ command: 'x', [key]: { enabled: true, ...lists } })).toMatchObject({
      headerForwarding: { allow: ['X-*'], deny: ['x-secret'] },
    });
    expect(folder.serverOf({ command: 'x', [key]: { enabled: true } })).toMatchObject({
      headerForwarding: { allow: [], deny: [] },
    });
    expect(folder.serverOf({ command: 'x', [key]: lists })).not.toHaveProperty('headerForwarding');
  });
});

describe('a session for each user (CONF-17)', () => {
  test.each([
    [{ key: 'credential' }, { key: { kind: 'credential' }, max: 50, idleTimeoutMs: 600_000 }],
    [
      { key: 'header:X-User-Id', max: 2, idleTimeout: '30s' },
      { key: { kind: 'header', name: 'x-user-id' }, max: 2, idleTimeoutMs: 30_000 },
    ],
    [
      { key: '${KEY}', idle_timeout: 1 },
      { key: { kind: 'header', name: 'x-from-env' }, max: 50, idleTimeoutMs: 1_000 },
    ],
    [{ key: 'key:name' }, { key: { kind: 'key' }, max: 50 }],
    [
      { key: 'claim:realm.tenant' },
      { key: { kind: 'claim', claim: { text: 'realm.tenant', path: ['realm', 'tenant'] } } },
    ],
    [
      { key: 'claim:https://example.com/tenant' },
      { key: { kind: 'claim', claim: { path: ['https://example.com/tenant'] } } },
    ],
  ])('%j', (session, expected) => {
    const options = { env: { KEY: 'header:X-From-Env' } };
    expect(folder.serverOf({ command: 'x', session }, options)).toMatchObject({ session: expected });
    expect(folder.serverOf({ url: 'http://x', session }, options)).toMatchObject({ session: expected });
  });

  test.each<[object, readonly string[]]>([
    [{}, ["'session' needs 'key'"]],
    [
      { key: '${KEY}' },
      [
        "'session.key' comes from a variable that is none of 'credential', 'header:<name>', 'claim:<name>' and 'key:name'",
      ],
    ],
    [{ key: 'claim:a..b' }, ["'session.key' names no claim; write it as in claim:sub or claim:realm.tenant"]],
    [{ key: 'credential', max: 0 }, ["'session.max' must be from 1 to 100000"]],
    [
      { key: 'credential', idleTimeout: 'later' },
      ['\'session.idleTimeout\' is no duration; write seconds, or a unit as in "500ms", "60s" or "2m"'],
    ],
  ])('%j is a mistake', (session, problems) =>
    expect(folder.serverProblemsOf({ command: 'x', session }, { env: { KEY: 'user' } })).toEqual(problems),
  );
});
