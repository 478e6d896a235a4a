import { afterAll, describe, expect, test } from 'vitest';
import { join, resolve } from 'node:path';
import { readConfigFile } from '../../../../src/config/config-file/read-config-file.ts';
import type { ServerSettings } from '../../../../src/config/server-settings.ts';
import { createConfigFolder, problemsFrom } from '../../../fixtures/config/config-text.ts';

const fixtures = resolve('test/fixtures/config');
const folder = createConfigFolder();
afterAll(() => folder.remove());

const server = { type: 'stdio', name: 's', command: 'x', args: [], env: {} };

describe('configurations as other programs write them (CONF-02)', () => {
  test.each<[string, Record<string, string>, readonly ServerSettings[]]>([
    [
      'claude-desktop.json',
      {},
      [
        {
          type: 'stdio',
          name: 'filesystem',
          command: 'npx',
          args: ['-y', '@modelcontextprotocol/server-filesystem', '/home/ada/Desktop'],
          env: {},
        },
        {
          type: 'stdio',
          name: 'github',
          command: 'docker',
          args: [
            'run',
            '-i',
            '--rm',
            '-e',
            'GITHUB_PERSONAL_ACCESS_TOKEN',
            'ghcr.io/github/github-mcp-server',
          ],
          env: { GITHUB_PERSONAL_ACCESS_TOKEN: 'ghp_token' },
        },
      ],
    ],
    [
      'claude-code.json',
      { API_KEY: 'key', HOME: '/home/ada' },
      [
        {
          type: 'streamable-http',
          name: 'api',
          url: 'https://api.example.com/mcp',
          headers: { Authorization: 'Bearer key' },
        },
        { type: 'sse', name: 'events', url: 'https://mcp.example.com/sse', headers: {} },
        {
          type: 'stdio',
          name: 'database',
          command: '/home/ada/bin/db-server',
          args: [],
          env: { DB_URL: 'postgres://localhost/app' },
        },
      ],
    ],
    [
      'vscode/.vscode/mcp.json',
      { API_KEY: 'key' },
      [
        { type: 'streamable-http', name: 'github', url: 'https://api.githubcopilot.com/mcp/', headers: {} },
        {
          type: 'stdio',
          name: 'python',
          command: 'python',
          args: ['-m', 'server', '--root', join(fixtures, 'vscode')],
          env: { API_KEY: 'key', PORT: '8080', LOG_LEVEL: 'debug' },
        },
      ],
    ],
    [
      'mcpo.json',
      {},
      [
        {
          type: 'stdio',
          name: 'memory',
          command: 'npx',
          args: ['-y', '@modelcontextprotocol/server-memory'],
          env: {},
        },
        {
          type: 'stdio',
          name: 'time',
          disabledTools: ['convert_time'],
          command: 'uvx',
          args: ['mcp-server-time', '--local-timezone=America/New_York'],
          env: {},
        },
        {
          type: 'sse',
          name: 'mcp_sse',
          url: 'http://127.0.0.1:8001/sse',
          headers: { Authorization: 'Bearer token', 'X-Custom-Header': 'value' },
        },
        {
          type: 'streamable-http',
          name: 'mcp_streamable_http',
          url: 'http://127.0.0.1:8002/mcp',
          headers: {},
          headerForwarding: { allow: ['X-User-*', 'Authorization'], deny: ['X-User-Password'] },
        },
        {
          type: 'streamable-http',
          name: 'protected',
          url: 'http://localhost:8000/mcp',
          headers: {},
          oauth: {
            storage: 'memory',
            callback: { kind: 'loopback', port: 3030 },
            clientMetadata: { client_name: 'My client' },
          },
        },
      ],
    ],
    [
      'cline.json',
      {},
      [
        {
          type: 'stdio',
          name: 'weather',
          callTimeoutMs: 60_000,
          command: 'node',
          args: ['/home/ada/weather/index.js'],
          env: {},
        },
        {
          type: 'streamable-http',
          name: 'search',
          disabledTools: [],
          url: 'https://search.example.com/mcp',
          headers: {},
        },
      ],
    ],
  ])('%s', (name, env, expected) => {
    expect(readConfigFile(join(fixtures, name), { env }).servers).toEqual(expected);
  });
});

test('YAML says the same as JSON with comments and trailing commas, by the name of the file (CONF-01)', () => {
  const env = { WIKI_SECRET: 'wiki' };
  const fromJson = readConfigFile(join(fixtures, 'complete/mcp.jsonc'), { env });
  const fromYaml = readConfigFile(join(fixtures, 'complete/mcp.yaml'), { env });
  expect(fromYaml.servers).toEqual(fromJson.servers);
  expect(fromJson.servers.map(({ name }) => name)).toEqual(['memory', 'tickets', 'wiki', 'files']);
  expect(fromJson.servers[1]).toMatchObject({ headers: { Authorization: 'Bearer ticket-token' } });
});

test.each(['mcp.json', 'mcp.yml', 'mcp', '.mcprc'])(
  'a byte order mark is passed over in %s (CONF-01)',
  (name) => {
    const path = folder.write(name, '\ufeff{"mcpServers": {"s": {"command": "x"}}}');
    expect(readConfigFile(path, { env: {} }).servers).toEqual([server]);
  },
);

test('YAML keeps numbers as they are written, and follows aliases (CONF-12)', () => {
  const path = folder.write(
    'mcp.yaml',
    'x-common: &env { V: 1.10, ON: True, HEX: 0x1F, BIG: 12345678901234567890 }\nservers:\n  s:\n    command: x\n    env: *env\n',
  );
  expect(readConfigFile(path, { env: {} }).servers).toEqual([
    { ...server, env: { V: '1.10', ON: 'True', HEX: '0x1F', BIG: '12345678901234567890' } },
  ]);
});

test('the files that were read are listed, with a digest of what was in them (CONF-21)', () => {
  folder.write('token', 'secret');
  folder.write('vars.env', 'A=1');
  const path = folder.write(
    'mcp.json',
    '{"mcpServers": {"s": {"command": "x", "args": ["${file:token}"], "envFile": "vars.env"}}}',
  );
  const { files } = readConfigFile(path, { env: {} });
  expect([...files.keys()].toSorted()).toEqual([
    join(folder.path, 'mcp.json'),
    join(folder.path, 'token'),
    join(folder.path, 'vars.env'),
  ]);
  expect(new Set(files.values()).size).toBe(3);
});

describe('a file that cannot be read is one problem that says why (CONF-03)', () => {
  test.each([
    ['missing', 'ENOENT'],
    ['.', 'EISDIR'],
  ])('%s', (name, reason) => {
    const path = join(folder.path, name);
    const problems = problemsFrom(() => readConfigFile(path, { env: {} }));
    expect(problems).toEqual([`cannot read the configuration '${path}' (${reason})`]);
  });

  test('one that is not UTF-8', () => {
    const path = folder.write('utf-16.json', Buffer.from('\ufeff{}', 'utf16le'));
    const problems = problemsFrom(() => readConfigFile(path, { env: {} }));
    expect(problems).toEqual([`cannot read the configuration '${path}' (not UTF-8)`]);
  });

  test('one that is far too large', () => {
    const path = folder.write('large.json', Buffer.alloc(4 * 1024 * 1024 + 1, 32));
    const problems = problemsFrom(() => readConfigFile(path, { env: {} }));
    expect(problems).toEqual([`cannot read the configuration '${path}' (larger than 4194304 bytes)`]);
  });
});
