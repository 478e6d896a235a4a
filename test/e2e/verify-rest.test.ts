import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runVerify, zoo, type EndedVerify } from '../fixtures/verify-process.ts';
// @ts-expect-error -- plain JavaScript, as the zoo is
import * as zooGateway from '../fixtures/zoo/start-gateway.mjs';

interface ZooGateway {
  readonly rest: { readonly baseUrl: string };
  readonly stop: () => Promise<void>;
}
// The module above exports this.
const { startGateway } = zooGateway as { readonly startGateway: (name?: string) => Promise<ZooGateway> };

const header = ['--rest-header', 'Authorization: Bearer ${ZOO_KEY}'];
const env = { ZOO_KEY: 'zoo-key' };

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'verify-rest-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a server gets a gateway of its own, whose contract holds', async () => {
  const { code, stdout } = await verifyContract(['--', ...zoo]);
  expect(stdout).toContain('ok contract/rest-equals-mcp');
  expect(stdout).toContain('ok contract/invalid-stays-out');
  expect(stdout).toContain('no contract was given; see --contract');
  expect(code).toBe(0);
});

test('a gateway that runs is compared with the server behind it; findings name no key', async () => {
  const { rest, stop } = await startGateway('null members dropped');
  try {
    const checks = ['--checks', 'contract/rest-equals-mcp', '--include', 'receipt'];
    const { code, stdout } = await verifyContract([
      ...checks,
      '--rest',
      rest.baseUrl,
      ...header,
      '--',
      ...zoo,
    ]);
    expect(code).toBe(1);
    expect(stdout).toContain('A call through REST gives something else than over MCP');
    expect(stdout).toContain('$MCPO_API_KEY');
    expect(stdout).toContain(`--rest ${rest.baseUrl} --rest-header 'Authorization: Bearer \${ZOO_KEY}'`);
    expect(stdout).not.toContain('zoo-key');
  } finally {
    await stop();
  }
});

test('a gateway without a server beside it is held to its own document', async () => {
  const { rest, stop } = await startGateway('numbers and booleans coerced');
  try {
    const { code, stdout } = await verifyContract(['--rest', rest.baseUrl, ...header]);
    expect(stdout).toContain('Arguments of the wrong type are accepted through REST');
    expect(stdout).toContain('no MCP server was named to compare it with');
    expect(code).toBe(1);
  } finally {
    await stop();
  }
});

test('a gateway that does not answer gives exit code 2 and says why', async () => {
  const gone = 'http://127.0.0.1:49151';
  const alone = await verifyContract(['--rest', gone]);
  expect(alone.code).toBe(2);
  expect(alone.stderr).toContain(`${gone}/openapi.json cannot be read`);
  const beside = await verifyContract(['--rest', gone, '--', ...zoo]);
  expect(beside.code).toBe(2);
  expect(beside.stdout).toContain('cannot be read');
});

test('a gateway that wants a key, or another one, gives exit code 2: nothing would be looked at', async () => {
  const { rest, stop } = await startGateway('clean gateway');
  try {
    const without = await verifyContract(['--rest', rest.baseUrl]);
    expect([without.code, without.stderr]).toEqual([
      2,
      expect.stringContaining('asks for credentials: --rest-header'),
    ]);
    const wrong = await verifyContract([
      '--rest',
      rest.baseUrl,
      '--rest-header',
      'Authorization: Bearer other',
    ]);
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('refuses the credentials (40')]);
  } finally {
    await stop();
  }
});

test.each([
  [['--rest-header', 'A: b', '--', ...zoo], '--rest-header goes with --rest'],
  [['--rest', 'localhost'], "'localhost' is no http(s) address"],
  [
    ['--rest', 'http://x', '--rest-header', 'A'],
    "--rest-header: this is no header; write it as --rest-header '",
  ],
  [['--contract', 'no-such.json', '--', ...zoo], '--contract: cannot read no-such.json (ENOENT)'],
])('%j is refused with advice', async (words, advice) => {
  const { code, stderr } = await verifyContract(words);
  expect(stderr).toContain(advice);
  expect(code).toBe(2);
});

test('tools that are those of the contract pass; one that takes less than it did is a finding', async () => {
  const path = join(folder, 'openapi.json');
  const printed = await run(['dist/src/cli/serve.js', '--print-openapi', '--', ...zoo]);
  writeFileSync(path, printed);
  const words = ['--checks', 'contract/drift', '--contract', path, '--', ...zoo];
  const same = await verifyContract(words);
  expect(same.stdout).toContain('ok contract/drift');
  expect(same.code).toBe(0);
  writeFileSync(path, printed.replace('"maximum": 400', '"maximum": 500'));
  const narrowed = await verifyContract(words);
  expect(narrowed.stdout).toContain('A change breaks the committed contract');
  expect(narrowed.code).toBe(1);
});

test('who may call what, where the contract was written, is nothing that a server could keep (AUTHZ-09)', async () => {
  const rules = join(folder, 'rules.json');
  writeFileSync(rules, JSON.stringify([{ scopes: ['some:scope'], allow: ['*'] }]));
  const path = join(folder, 'ruled.json');
  const flags = ['--api-key', 'k', '--authorization', rules, '--print-openapi'];
  const printed = await run(['dist/src/cli/serve.js', ...flags, '--', ...zoo]);
  expect(printed).toContain('some:scope');
  writeFileSync(path, printed);
  const { code, stdout } = await verifyContract([
    '--checks',
    'contract/drift',
    '--contract',
    path,
    '--',
    ...zoo,
  ]);
  expect([code, stdout]).toEqual([0, expect.stringContaining('ok contract/drift') as string]);
});

test('the tee passes on what is sent to the server, byte for byte, and keeps it', async () => {
  const place = mkdtempSync(join(folder, 'tee-'));
  const server = {
    command: process.execPath,
    args: ['-e', 'process.stdin.pipe(process.stdout)'],
    env: {},
    cwd: place,
  };
  writeFileSync(join(place, 'server.json'), JSON.stringify(server));
  const text = '{"a":9007199254740993,"b":"ü\u2028"}\r\n{"half":';
  expect(await run([resolve('dist/conformance/tee.js'), place], text)).toBe(text);
  expect(readFileSync(join(place, 'sent.ndjson'), 'utf8')).toBe(text);
});

/** Lines are as wide as a terminal is: what is looked for may go over two. */
async function verifyContract(words: readonly string[]): Promise<EndedVerify> {
  const own = words.includes('--checks') ? [] : ['--checks', 'contract'];
  const ended = await runVerify(['--no-save', '--no-settings', ...own, ...words], { env });
  return { ...ended, stdout: ended.stdout.replaceAll(/\s+/g, ' ') };
}

/** What a program writes to stdout. */
function run(words: readonly string[], input = ''): Promise<string> {
  return new Promise((done, reject) => {
    const child = spawn(process.execPath, [...words], { stdio: ['pipe', 'pipe', 'inherit'] });
    let stdout = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString('utf8')));
    child.once('error', reject);
    child.once('close', () => done(stdout));
    child.stdin.end(input);
  });
}
