import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { parseCommand, splitArguments } from '../../../src/cli/run-command.ts';
import { serveCommand } from '../../../src/cli/serve-flags.ts';
import { toServeRequest, type ServeRequest } from '../../../src/cli/serve-options.ts';
import { defaultSettings } from '../../../src/config/settings.ts';

function parse(...words: readonly string[]): ServeRequest {
  const { own, server } = splitArguments(words);
  const command = serveCommand();
  parseCommand(command, own);
  return toServeRequest(command, server);
}

const folder = mkdtempSync(join(tmpdir(), 'mcpo-serve-options-'));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.unstubAllEnvs());

describe('splitting at --', () => {
  test.each<[readonly string[], readonly string[], readonly string[] | undefined]>([
    [[], [], undefined],
    [['--json'], ['--json'], undefined],
    [['--', 'a'], [], ['a']],
    [
      ['--port', '1', '--', 'a', '--port', '2'],
      ['--port', '1'],
      ['a', '--port', '2'],
    ],
    [['--', 'a', '--', 'b'], [], ['a', '--', 'b']],
    [['--'], [], []],
  ])('%j', (words, own, server) => expect(splitArguments(words)).toEqual({ own, server }));
});

describe('settings', () => {
  test('without any option are the defaults, the embedded server among them', () => {
    const { settings, isJson } = parse();
    expect(settings).toMatchObject(defaultSettings);
    expect(settings.servers.map(({ name }) => name)).toEqual(['time']);
    expect(isJson).toBe(false);
    expect(settings.apiKey).toBeUndefined();
  });

  test('are frozen', () => expect(Object.isFrozen(parse().settings)).toBe(true));

  test('take the server’s words as they are', () => {
    const { settings } = parse('--', 'npx', '-y', 'my-server', '--port', '--', '-k', '');
    expect(settings.servers).toEqual([
      {
        type: 'stdio',
        name: 'my-server',
        command: 'npx',
        args: ['-y', 'my-server', '--port', '--', '-k', ''],
        env: {},
      },
    ]);
  });

  test('take each option', () => {
    const line =
      '-p 9000 --host ::1 -k key --strict-auth -n N -d D -v 1 --json -e A=1 --env B=2=2 --max-body 1KiB ' +
      '--max-message 2MiB --max-in-flight 3 --max-queue 0 --fair-by header:X-Id --max-call-time 9 ' +
      '--call-timeout 1 --request-timeout 2s --start-timeout 3s --shutdown-timeout 4s --drain-delay 5s ' +
      '--formats assert --tool-error-status 500 --validate-responses enforce --log-level debug ' +
      '--openapi-version 3.0 --inline-refs --print-openapi yaml -- x';
    const { settings, isJson, printOpenapi } = parse(...line.split(' '));
    expect(settings).toEqual({
      ...defaultSettings,
      host: '::1',
      port: 9_000,
      apiKey: 'key',
      strictAuth: true,
      info: { title: 'N', description: 'D', version: '1' },
      servers: [{ type: 'stdio', name: 'x', command: 'x', args: [], env: { A: '1', B: '2=2' } }],
      maxBodyBytes: 1_024,
      maxMessageBytes: 2_097_152,
      callTimeoutMs: 1_000,
      maxCallTimeMs: 9_000,
      maxInFlight: 3,
      maxQueue: 0,
      fairBy: { kind: 'header', name: 'x-id' },
      requestTimeoutMs: 2_000,
      startTimeoutMs: 3_000,
      drainDelayMs: 5_000,
      shutdownTimeoutMs: 4_000,
      toolErrorStatus: 500,
      validateResponses: 'enforce',
      openapiVersion: '3.0',
      inlineRefs: true,
      formats: 'assert',
      logLevel: 'debug',
    });
    expect({ isJson, printOpenapi }).toEqual({ isJson: true, printOpenapi: 'yaml' });
  });

  test('run a server once, or as often as is said (REPL-12)', () => {
    expect(parse('--', 'x').settings.servers[0]).not.toHaveProperty('replicas');
    expect(parse('--replicas', '3', '--', 'x').settings.servers).toMatchObject([
      { command: 'x', replicas: { min: 3, max: 3 } },
    ]);
    expect(parse('--replicas', '2').settings.servers).toMatchObject([{ replicas: { min: 2, max: 2 } }]);
  });

  test.each<[string, Record<string, string>, readonly string[], readonly [string, number]]>([
    ['PORT, as platforms set it', { PORT: '8080' }, [], ['127.0.0.1', 8_080]],
    ['and HOST beside it', { PORT: '8080', HOST: '0.0.0.0' }, [], ['0.0.0.0', 8_080]],
    ['not HOST alone', { HOST: '0.0.0.0' }, [], ['127.0.0.1', 8_000]],
    ['no name of a machine', { PORT: '8080', HOST: 'x86_64-linux-gnu' }, [], ['127.0.0.1', 8_080]],
    ['an empty PORT as none', { PORT: '', HOST: '0.0.0.0' }, [], ['127.0.0.1', 8_000]],
    ['MCPO_PORT first', { PORT: '1', HOST: '::', MCPO_PORT: '2' }, [], ['127.0.0.1', 2]],
    [
      'no MCPO_PORT of a Kubernetes service',
      { PORT: '1', MCPO_PORT: 'tcp://10.0.0.1:80' },
      [],
      ['127.0.0.1', 1],
    ],
    ['MCPO_HOST first', { PORT: '1', HOST: '::', MCPO_HOST: '::1' }, [], ['::1', 1]],
    ['--port first', { PORT: '1', HOST: '::' }, ['--port', '3'], ['127.0.0.1', 3]],
    ['HOST before the address of --compat', { PORT: '1', HOST: '::' }, ['--compat', 'mcpo'], ['::', 1]],
  ])('take %s', (_what, variables, words, expected) => {
    vi.stubEnv('HOST', undefined);
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
    const { host, port } = parse(...words).settings;
    expect([host, port]).toEqual(expected);
  });

  test('refuse a PORT that is none', () => {
    vi.stubEnv('PORT', 'tcp://10.0.0.1:80');
    expect(() => parse()).toThrow("PORT: 'tcp://10.0.0.1:80' is no port");
    expect(parse('--port', '1').settings.port).toBe(1);
  });

  test('come from the environment, where flags are stronger', () => {
    vi.stubEnv('MCPO_PORT', '1234');
    vi.stubEnv('MCPO_HOST', '::1');
    vi.stubEnv('MCPO_JSON', 'on');
    vi.stubEnv('MCPO_ENV', 'A=1\nB=2');
    const { settings, isJson } = parse('--port', '5678');
    expect([settings.port, settings.host, isJson]).toEqual([5_678, '::1', true]);
    expect(settings.servers[0]).toMatchObject({ env: { A: '1', B: '2' } });
  });

  test('strict authentication is off when its variable says so', () => {
    vi.stubEnv('MCPO_STRICT_AUTH', 'false');
    expect(parse().settings.strictAuth).toBe(false);
  });

  test('reach a server at a URL', () => {
    const line = ['--type', 'http', '--header', '{"X-Key":"1"}', '--', 'http://127.0.0.1:1/mcp'];
    expect(parse(...line).settings.servers).toEqual([
      {
        type: 'streamable-http',
        name: '127.0.0.1',
        url: 'http://127.0.0.1:1/mcp',
        headers: { 'X-Key': '1' },
      },
    ]);
    expect(parse('--', 'http://h').settings.servers[0]).toMatchObject({ type: 'auto', url: 'http://h' });
    expect(parse('--server-type', 'sse', '--', 'http://h/').settings.servers[0]).toMatchObject({
      type: 'sse',
    });
  });

  test('leave the servers to the configuration', () => {
    const { settings, configPath, isHotReload } = parse('-c', 'servers.json', '--hot-reload');
    expect([settings.layout, settings.servers, configPath, isHotReload]).toEqual([
      'named',
      [],
      'servers.json',
      true,
    ]);
  });

  test('mount, allow and secure', () => {
    const line = '--root-path mcp/ --path-prefix //api//v1 -t cert -K key --trust-proxy';
    const origins = ['--cors-allow-origins', 'https://a.example/', '--cors-allow-origins', 'http://b:1,*'];
    expect(parse(...line.split(' '), ...origins).settings).toMatchObject({
      rootPath: '/mcp',
      pathPrefix: '/api/v1',
      tls: { certPath: 'cert', keyPath: 'key' },
      trustProxy: true,
      corsAllowOrigins: ['https://a.example', 'http://b:1', '*'],
    });
  });

  test('under --compat mcpo have the defaults of mcpo, which options replace', () => {
    expect(parse('--compat', 'mcpo').settings).toMatchObject({
      profile: 'mcpo',
      host: '0.0.0.0',
      corsAllowOrigins: ['*'],
    });
    const line = ['--compat', 'mcpo', '--host', '127.0.0.1', '--cors-allow-origins', 'http://a'];
    expect(parse(...line).settings).toMatchObject({ host: '127.0.0.1', corsAllowOrigins: ['http://a'] });
  });

  test('take variables of a file below those of the line, and in the place of mcpo below the environment (COMPAT-14)', () => {
    const path = join(folder, '.env');
    writeFileSync(path, 'A=file\nB=file\nOURS=file\nBAD LINE');
    vi.stubEnv('OURS', 'process');
    const line = ['--env-path', path, '--env', 'A=line', '--', 'x'];
    expect(() => parse(...line)).toThrow(`${path}:4: this is no KEY=value`);
    const { settings, warnings } = parse('--compat', 'mcpo', ...line);
    expect(settings.servers).toMatchObject([{ env: { A: 'line', B: 'file' } }]);
    expect(settings.servers[0]).not.toHaveProperty('env.OURS');
    expect(warnings).toEqual([expect.stringMatching(/:4: this is no KEY=value.* \(ignored\)$/)]);
    writeFileSync(path, 'A=file\nB=file\nOURS=file');
    expect(parse(...line).settings.servers).toMatchObject([{ env: { A: 'line', B: 'file', OURS: 'file' } }]);
  });

  test('leave variables to the configuration, if there is one', () => {
    expect(parse('-c', 'x', '--env', 'A=1', '--env-path', 'none').variables).toEqual({
      assignments: { A: '1' },
      envPath: 'none',
    });
  });

  test('hot reload without a configuration is passed over in the place of mcpo, with a warning (COMPAT-13)', () => {
    const { isHotReload, warnings } = parse('--compat', 'mcpo', '--hot-reload');
    expect(isHotReload).toBe(false);
    expect(warnings).toEqual(['--hot-reload follows a configuration; add --config <file> (ignored)']);
  });

  test('read the variables that mcpo reads, where ours are stronger', () => {
    vi.stubEnv('LOG_LEVEL', 'WARNING');
    vi.stubEnv('CONNECTION_TIMEOUT', '7');
    expect(parse().settings).toMatchObject({ logLevel: 'warn', startTimeoutMs: 7_000 });
    vi.stubEnv('MCPO_LOG_LEVEL', 'debug');
    vi.stubEnv('MCPO_START_TIMEOUT', '3s');
    expect(parse().settings).toMatchObject({ logLevel: 'debug', startTimeoutMs: 3_000 });
    expect(parse('--log-level', 'CRITICAL').settings.logLevel).toBe('fatal');
  });

  test.each<[string, readonly string[], RegExp]>([
    ['a configuration and a server', ['-c', 'x', '--', 'y'], /exclude each other/],
    ['hot reload of nothing', ['--hot-reload'], /add --config/],
    ['half a certificate', ['-t', 'cert'], /--ssl-keyfile/],
    ['a key without a certificate', ['-K', 'key'], /--ssl-certfile/],
    [
      'headers for a whole file',
      ['-c', 'x', '-H', '{}'],
      /^--header .* 'headers' at the servers of the file$/,
    ],
    ['headers for the embedded server', ['-H', '{}'], /write the URL after --/],
    ['a type for a command', ['--type', 'sse', '--', 'npx'], /no URL/],
    ['a type for nothing', ['--type', 'sse'], /write the URL after --/],
    ['an unknown type', ['--type', 'websocket', '--', 'http://h'], /--type: 'websocket' is no type/],
    ['stdio to a URL', ['--type', 'stdio', '--', 'http://h'], /not spoken to over stdio/],
    ['headers for a command', ['-H', '{}', '--', 'npx'], /--env/],
    ['headers that are no JSON', ['-H', 'X-Key: secret'], /--header: this is not JSON/],
    ['headers that are no strings', ['-H', '{"X": 1}'], /value of X cannot/],
    ['a header name that is none', ['-H', '{"X Y": "1"}'], /'X Y' is no header name/],
    ['two words after a URL', ['--', 'http://h', 'x'], /unexpected 'x'/],
    ['a URL without a host', ['--', 'http://'], /cannot be read/],
    ['an origin with a path', ['--cors-allow-origins', 'http://h/x'], /no origin/],
    ['a path that climbs', ['--root-path', '/a/../b'], /no path/],
    ['a path with a query', ['--path-prefix', '/a?b'], /no path/],
    ['a public URL that is none', ['--public-url', 'tools.example.com'], /no base URL/],
    ['an unknown program to be like', ['--compat', 'x'], /--compat/],
    ['what mcpo does not have', ['--compat', 'mcpo', '--openapi-version', '3.0'], /--openapi-version cannot/],
    ['another status under mcpo', ['--compat', 'mcpo', '--tool-error-status', '500'], /--tool-error-status/],
    ['an unknown log level', ['--log-level', 'loud'], /--log-level: 'loud' is no log level/],
    ['replicas of a URL', ['--replicas', '2', '--', 'http://h'], /leave it out for a URL/],
    ['replicas without number', ['--replicas', 'many'], /--replicas: 'many' is no number of replicas/],
    ['too many replicas', ['--replicas', '65'], /from 1 to 64/],
    ['replicas of a whole file', ['--replicas', '2', '--config', 'x'], /write 'replicas' at a server/],
    ['no calls in flight at all', ['--max-in-flight', '0'], /from 1 to 1000000/],
    ['no time at all for calls', ['--call-timeout', '0'], /^--call-timeout: '0' must be above zero; write/],
    ['no time with a unit', ['--start-timeout', '0.0ms'], /'0.0ms' must be above zero/],
    ['less time than a clock can tell', ['--call-timeout', '0.1ms'], /is shorter than 1ms/],
    ['more time than a clock can tell', ['--call-timeout', '9999h'], /is longer than 596h/],
    ['clients told apart by what is not there', ['--fair-by', 'user'], /write address, header:<name>/],
    ['clients told apart by nothing', ['--fair-by', 'claim:a..b'], /claim:<name> as in claim:sub/],
    ['clients without claims', ['--fair-by', 'claim:sub'], /needs callers with claims; add --jwt-issuer/],
    [
      'limited clients without claims',
      ['--rate-limit', '1/s', '--rate-limit-by', 'claim:a.b'],
      /--rate-limit-by claim:a\.b needs callers/,
    ],
    ['clients without key names', ['--fair-by', 'key:name', '-k', 'x'], /add --api-keys-file <file>/],
    ['progress that extends nothing', ['--max-call-time', '60'], /make it longer than --call-timeout, 60 s/],
  ])('%s is refused with what to do', (_what, words, message) => {
    expect(() => parse(...words)).toThrow(message);
  });

  test.each<[string, string, readonly string[]]>([
    ['MCPO_REPLICAS', '2', ['-c', 'x']],
    ['MCPO_REPLICAS', '2', ['--', 'http://h']],
    ['MCPO_HEADER', '{}', ['-c', 'x']],
    ['MCPO_HEADER', '{}', ['--', 'npx']],
    ['MCPO_HOT_RELOAD', 'true', []],
  ])('what came from %s=%s is called so', (variable, value, words) => {
    vi.stubEnv(variable, value);
    expect(() => parse(...words)).toThrow(new RegExp(`^${variable} `));
  });

  test('a variable that mcpo reads is named when it is wrong', () => {
    vi.stubEnv('CONNECTION_TIMEOUT', 'soon');
    expect(() => parse()).toThrow(/^CONNECTION_TIMEOUT: 'soon' is no duration/);
  });
});
