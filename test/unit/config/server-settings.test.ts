import { expect, test } from 'vitest';
import { serverNameFor } from '../../../src/config/server-settings.ts';

test.each<[string, readonly string[], string]>([
  ['npx', ['-y', '@modelcontextprotocol/server-everything'], 'server-everything'],
  ['npx', ['-y', '@modelcontextprotocol/server-memory@2026.1.0'], 'server-memory'],
  ['npx', ['some-server@latest', '--flag'], 'some-server'],
  ['uvx', ['mcp-server-time', '--local-timezone', 'UTC'], 'mcp-server-time'],
  ['uv', ['tool', 'run', 'mcp-server-git'], 'mcp-server-git'],
  ['node', ['build/index.js'], 'index'],
  ['node', ['./my-server.mjs'], 'my-server'],
  ['python3.12', ['server.py'], 'server'],
  [String.raw`C:\Program Files\nodejs\node.exe`, [String.raw`C:\servers\weather.js`], 'weather'],
  ['/opt/bin/my-server', ['--port', '1'], 'my-server'],
  ['my-server.cmd', [], 'my-server'],
  ['npx', [], 'npx'],
  ['node', ['-e', 'process.exit()'], 'node'],
  ['/', [], '/'],
])('%s %j is called %s', (command, args, name) => {
  expect(serverNameFor(command, args)).toBe(name);
});
