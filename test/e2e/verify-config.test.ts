import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRemoteServer, type RemoteServer } from '../fixtures/remote-server.ts';
import { runVerify } from './run-verify.ts';

const zoo = resolve('test/fixtures/zoo/server.mjs');
const secret = 'secret-4711';
let folder: string;
let remote: RemoteServer;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'verify-config-'));
  remote = await createRemoteServer('streamable-http');
  remote.intercept = refuseUnknown;
  const servers = {
    clean: { command: 'node', args: [zoo], env: { KEY: secret }, disabledTools: ['echo'] },
    unknown: { command: 'node', args: [zoo, 'unknown method answered', '${KEY:-none}'] },
    far: { url: `${remote.url}?key=${secret}`, headers: { 'X-Key': '${KEY}' } },
    off: { command: 'no-such-server', disabled: true },
  };
  write('mcp.json', { mcpServers: servers });
  write('broken.json', { mcpServers: { gone: { command: 'no-such-server' }, clean: servers.clean } });
});

afterAll(async () => {
  await remote.stop();
  rmSync(folder, { recursive: true });
});

const known = new Set(['initialize', 'ping', 'tools/list', 'tools/call']);

function refuseUnknown(
  { method: verb, body }: RemoteServer['seen'][number],
  response: ServerResponse,
): boolean {
  if (verb !== 'POST') return false;
  const { id, method } = JSON.parse(body) as { readonly id?: number | string; readonly method: string };
  if (id === undefined || known.has(method)) return false;
  const error = { code: -32601, message: 'Method not found' };
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ jsonrpc: '2.0', id, error }));
  return true;
}

function write(name: string, value: object): void {
  writeFileSync(join(folder, name), JSON.stringify(value));
}

function run(words: readonly string[]): ReturnType<typeof runVerify> {
  return runVerify(words, { cwd: folder, env: { KEY: secret } });
}

interface Report {
  readonly runs: readonly {
    readonly run: { readonly server: string };
    readonly tools: readonly { readonly name: string; readonly use: { readonly kind: string } }[];
    readonly findings: readonly { readonly server: string; readonly id: string; readonly replay: string }[];
  }[];
}

test('each server has a run of its own, and the worst of them makes the exit code', async () => {
  const { code, stdout, stderr } = await run([
    '--config',
    'mcp.json',
    '--checks',
    'wire/unknown-method,wire/ping',
    '--save-dir',
    'found',
    '--report',
    'json=report.json',
  ]);
  expect(stdout).toMatch(/Verifying clean of mcp\.json.*Verifying unknown of mcp\.json.*Verifying far of/s);
  expect(code).toBe(1);
  const report = readFileSync(join(folder, 'report.json'), 'utf8');
  const { runs } = JSON.parse(report) as Report;
  expect(runs.map(({ run: { server } }) => server)).toEqual(['clean', 'unknown', 'far']);
  expect(runs.map(({ findings }) => findings.map(({ server }) => server))).toEqual([[], ['unknown'], []]);
  const echo = runs.map(({ tools }) => tools.find(({ name }) => name === 'echo')?.use.kind);
  expect(echo.slice(0, 2)).toEqual(['not-called', 'called']);
  expect(remote.seen.every(({ headers }) => headers['x-key'] === secret)).toBe(true);
  const files = readdirSync(join(folder, 'found')).map((name) =>
    readFileSync(join(folder, 'found', name), 'utf8'),
  );
  expect([stdout, stderr, report, ...files].join('\n')).not.toContain(secret);
  await replay(runs[1]?.findings[0]?.id ?? '');
}, 120_000);

async function replay(id: string): Promise<void> {
  const { code, stdout } = await run(['replay', '--save-dir', 'found', id]);
  expect(stdout).toContain('Still there.');
  expect(code).toBe(1);
}

test('--server chooses, and the replay command does so too', async () => {
  const words = ['--no-save', '--config', 'mcp.json', '--checks', 'wire/unknown-method'];
  const clean = await run([...words, '--server', 'cl*']);
  expect(clean.stdout).toContain('Verifying clean of mcp.json');
  expect(clean.stdout).not.toContain('Verifying unknown');
  expect(clean.code).toBe(0);
  const { stdout } = await run([...words, '--server', 'unknown']);
  expect(stdout).toMatch(/replay: +mcpo-verify --seed \d+ .*--config mcp\.json --server unknown$/m);
}, 60_000);

test('a server that does not start is told, and the others are verified all the same', async () => {
  const { code, stdout } = await run(['--no-save', '--config', 'broken.json', '--checks', 'wire/ping']);
  expect(stdout).toContain('Not verified: the server was not initialized: command not found: no-such-server');
  expect(stdout).toContain('ok    wire/ping');
  expect(code).toBe(2);
}, 60_000);

test.each([
  [['--config', 'none.json'], "cannot read the configuration 'none.json'"],
  [['--config', 'mcp.json', '--server', 'claen'], "--server 'claen' matches none; the nearest is 'clean'"],
  [['--config', 'mcp.json', '--server', 'off'], 'mcp.json has clean, unknown, far'],
  [['--config', 'mcp.json', '--', 'node'], 'name the servers with --config or after --, not both'],
  [['--config', 'mcp.json', '--cwd', '.'], 'write "cwd" at the server'],
  [['--config', 'mcp.json', '--header', 'a: b'], 'write "headers" at the server'],
])('%j gives exit code 2 and says why', async (words, said) => {
  const { code, stderr } = await run(['--no-save', ...words]);
  expect(stderr).toContain(said);
  expect(code).toBe(2);
});
