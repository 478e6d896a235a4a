import { afterEach, describe, expect, test, vi } from 'vitest';
import { parseCommand, splitArguments } from '../../../src/cli/run-command.ts';
import { serveCommand, toServeRequest, type ServeRequest } from '../../../src/cli/serve-options.ts';
import { defaultSettings } from '../../../src/config/settings.ts';

function parse(...words: readonly string[]): ServeRequest {
  const { own, server } = splitArguments(words);
  const command = serveCommand();
  parseCommand(command, own);
  return toServeRequest(command, server);
}

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
      { type: 'stdio', name: 'my-server', command: 'npx', args: ['-y', 'my-server', '--port', '--', '-k', ''], env: {} },
    ]);
  });

  test('take each option', () => {
    const line =
      '-p 9000 --host ::1 -k key --strict-auth -n N -d D -v 1 --json -e A=1 --env B=2=2 --max-body 1KiB ' +
      '--max-message 2MiB --call-timeout 1 --request-timeout 2s --start-timeout 3s --shutdown-timeout 4s ' +
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
      requestTimeoutMs: 2_000,
      startTimeoutMs: 3_000,
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
});
