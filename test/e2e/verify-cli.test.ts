import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';

const cli = 'dist/conformance/cli.js';
const zoo = ['node', 'test/fixtures/zoo/server.mjs'];

test('a server without findings gives exit code 0, and a report that fits 80 columns', async () => {
  const { code, stdout } = await run(['--checks', 'wire/ping,wire/id-echoed', '--', ...zoo]);
  expect(code).toBe(0);
  expect(stdout).toContain('ok    wire/ping');
  expect(stdout).toMatch(/because it does not say that it is read-only: forget/);
  expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
});

test('a finding gives exit code 1, with its replay command, which finds it again', async () => {
  const { code, stdout } = await run([
    '--checks',
    'wire/unknown-method',
    '--',
    ...zoo,
    'unknown method answered',
  ]);
  expect(code).toBe(1);
  expect(stdout).toContain('An unknown method is not refused as one');
  const replay = /replay: +mcpo-verify (.*)/.exec(stdout)?.[1] ?? '';
  expect(replay).toMatch(/^--seed \d+ --checks wire\/unknown-method -- node \S+ 'unknown method answered'$/);
  const again = await run([...replay.replace(/ '.*/, '').split(' '), 'unknown method answered']);
  expect(again.code).toBe(1);
});

test('a warning gives exit code 1 only with --fail-on warning', async () => {
  const words = ['--checks', 'listing/descriptions', '--', ...zoo, 'no description'];
  expect((await run(words)).code).toBe(0);
  expect((await run(['--fail-on', 'warning', ...words])).code).toBe(1);
});

test.skipIf(!existsSync('/dev/full'))(
  'a report that cannot be written gives exit code 2, and no stack',
  async () => {
    const { code, stderr } = await run(['--checks', 'wire/ping', '--report', 'json=/dev/full', '--', ...zoo]);
    expect([code, stderr]).toEqual([
      2,
      'mcpo-verify: a report cannot be written: ENOSPC: no space left on device, write\n',
    ]);
  },
);

test.each([
  [['node', 'server.mjs'], 'put -- before the server'],
  [['--', ''], 'the word after -- is empty'],
  [['--cwd', '/no/such/folder', '--', ...zoo], '--cwd: /no/such/folder is no folder'],
  [['--include', 'ecco', '--', ...zoo], "the nearest is 'echo'"],
])('%j gives exit code 2 and says what to do', async (words, advice) => {
  const { code, stderr } = await run(words);
  expect([code, stderr]).toEqual([2, expect.stringContaining(advice)]);
});

test('JSON on stdout is the whole report', async () => {
  const { stdout } = await run(['--checks', 'wire/ping', '--report', 'json=-', '--', ...zoo]);
  const { runs } = JSON.parse(stdout);
  expect(runs).toMatchObject([
    {
      server: { name: 'zoo' },
      checks: [{ id: 'wire/ping', verdict: { kind: 'passed' } }],
      findings: [],
      summary: { checks: { passed: 1 } },
    },
  ]);
});

test.each([
  ['no server', [], 'name the server'],
  ['a server that does not start', ['--', 'no-such-server'], 'command not found: no-such-server'],
  ['a server that exits', ['--', 'node', '-e', 'console.error("no key"); process.exit(3)'], '| no key'],
  ['an unknown check', ['--checks', 'wire/pong', '--', ...zoo], "the nearest is 'wire/ping'"],
  ['a value that is none', ['--concurrency', 'x', '--', ...zoo], "--concurrency: 'x': write a whole number"],
])('%s gives exit code 2 and says why', async (_case, words, reason) => {
  const { code, stderr } = await run(words);
  expect(stderr).toContain(reason);
  expect(code).toBe(2);
});

test('an interrupted run gives exit code 130 and what was found so far', async () => {
  const words = ['--request-timeout', '600', '--', ...zoo, 'call that is never answered'];
  const { code, stdout } = await run(words, 'zoo 1.0.0');
  expect(code).toBe(130);
  expect(stdout).toContain('Interrupted: this is what was found so far.');
});

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** @param interruptAt a text on stdout after which SIGINT is sent */
function run(words: readonly string[], interruptAt?: string): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [cli, '--no-save', ...words], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    let isInterrupted = false;
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString('utf8');
      if (interruptAt === undefined || isInterrupted || !stdout.includes(interruptAt)) return;
      isInterrupted = true;
      child.kill('SIGINT');
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString('utf8');
    });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}
