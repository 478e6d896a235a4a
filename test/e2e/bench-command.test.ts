import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { BenchResult } from '../../bench/result.ts';
import { isBuilt, startGateway } from '../fixtures/gateway-process.ts';

const cli = 'dist/bench/cli.js';
const lockedGateway = 'test/fixtures/bench/locked-gateway.mjs';
const folder = mkdtempSync(join(tmpdir(), 'bench-test-'));
const short = ['--users', '4', '--duration', '400ms', '--warm-up', '100ms'];
const echo = [process.execPath, 'dist/bench/upstreams/synthetic.js', 'echo'];

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(!isBuilt || !existsSync(cli))('mcpo-bench', () => {
  test('chooses a read-only tool, tells what it measured within 80 columns, and keeps it as JSON', async () => {
    const { code, stdout, result } = await run([...short, '--synthetic', 'echo']);
    expect(code).toBe(0);
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(stdout).toContain('echo {"text":"{{token}}"} (generated)');
    expect(result?.work).toMatchObject([{ tool: 'echo', source: 'generated', hasToken: true }]);
    expect(result?.sweep).toMatchObject({ loop: 'closed' });
    expect(result?.sweep.steps.map(({ users }) => users)).toEqual([1, 2, 4]);
    expect(result?.baseline?.levels.map(({ users }) => users)).toEqual([1, 4]);
    for (const step of [...(result?.sweep.steps ?? []), ...(result?.baseline?.levels ?? [])]) {
      expect(step).toMatchObject({ failed: 0, wrong: 0 });
      expect(step.calls).toBeGreaterThan(0);
      expect(step.latencyMs.p50).toBeLessThanOrEqual(step.latencyMs.p99);
      expect(step.latencyMs.p99).toBeLessThanOrEqual(step.latencyMs.max);
      expect(step.histogram.reduce((sum, [, count]) => sum + count, 0)).toBe(step.calls);
    }
    expect(result?.pipelining?.verdict.kind).toBe('pipelined');
    expect(result?.pipelining?.mostAtPipe).toBeGreaterThan(1);
    expect(result?.pipelining?.correlation).toMatchObject({ wrong: 0 });
    expect(result?.pipelining?.correlation.checked).toBe(result?.pipelining?.behindGateway.calls);
  });

  test('a server that blocks is what serialises, and a line that expects otherwise fails the run', async () => {
    const { code, stdout, result } = await run([
      ...short,
      '--synthetic',
      'blocking',
      '--assert',
      'pipelining>0.9',
      'errors==0',
    ]);
    expect(result?.pipelining?.verdict).toMatchObject({ kind: 'serialised', by: 'server' });
    // The gateway is not to blame: all calls are at the pipe.
    expect(result?.pipelining?.mostAtPipe).toBe(4);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^FAILED pipelining>0\.9: pipelining is 0\.\d+$/m);
    expect(stdout).toMatch(/^ok +errors==0: errors is 0$/m);
  });

  test.each(['slow', 'echo-sdk', 'large', 'flaky'])('the server %s is pipelined', async (kind) => {
    const { result } = await run([...short, '--synthetic', kind]);
    expect(result?.pipelining?.verdict).toMatchObject({ kind: 'pipelined', by: null });
  });

  test('fast calls beside a slow one that waits are not held up', async () => {
    const { result } = await run([...short, '--synthetic', 'mixed']);
    expect(result?.pipelining?.verdict).toMatchObject({ kind: 'pipelined', by: null });
    expect(result?.headOfLine).toMatchObject({ slowTool: 'slow', fastTool: 'fast', blockedBy: null });
  });

  test('a gateway with a lock is what serialises', async () => {
    const gateway = `${process.execPath} ${lockedGateway} {port}`;
    const { code, result } = await run([...short, '--gateway', gateway, '--synthetic', 'slow']);
    expect(result?.pipelining?.verdict).toMatchObject({ kind: 'serialised', by: 'gateway' });
    expect(result?.pipelining?.mostAtPipe).toBe(1);
    expect(code).toBe(0);
  });

  test('answers that go to the wrong caller fail the run', async () => {
    const gateway = `${process.execPath} ${lockedGateway} {port} swap`;
    const { code, stdout, result } = await run([...short, '--gateway', gateway, '--synthetic', 'echo']);
    expect(code).toBe(1);
    expect(result?.pipelining?.correlation.wrong).toBeGreaterThan(0);
    expect(stdout).toContain('WRONG');
  });

  test('a gateway that runs is measured without a baseline, which is said', async () => {
    const gateway = await startGateway(echo, { flags: ['--api-key', 'key'] });
    try {
      const words = ['--url', gateway.url, '--tool', 'echo', '--data', '{"text":"hello"}'];
      const { code, stdout, result } = await run([...short, ...words], { MCPO_API_KEY: 'key' });
      expect(code).toBe(0);
      expect(result?.baseline).toBeUndefined();
      expect(result?.sweep.steps.at(-1)?.cpuUsPerCall.gateway).toBeNull();
      expect(stdout).toContain('note: the gateway was not started here: no baseline');
      const refused = await run(['--url', gateway.url]);
      expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('add --api-key') });
    } finally {
      await gateway.stop();
    }
  });

  test('a rate makes an open loop: as many calls are made as are due', async () => {
    const { stdout, result } = await run([
      ...short,
      '--duration',
      '1s',
      '--rate',
      '50',
      '--synthetic',
      'slow',
    ]);
    expect(stdout).toContain('open loop: 50 calls/s are due');
    expect(result?.sweep).toMatchObject({ loop: 'open', steps: [{ users: 4 }] });
    expect(result?.sweep.steps[0]?.calls).toBeLessThanOrEqual(60);
  });

  test('calls that fail are counted with their reason, and are no throughput', async () => {
    const { code, stdout, result } = await run([...short, '--synthetic', 'flaky', '--assert', 'errors==0']);
    const steps = result?.sweep.steps ?? [];
    const failed = steps.reduce((sum, step) => sum + step.failed, 0);
    expect(failed).toBeGreaterThan(0);
    for (const step of steps)
      expect(step.histogram.reduce((sum, [, count]) => sum + count, 0)).toBe(step.calls);
    expect(code).toBe(1);
    expect(stdout).toMatch(/\d+ calls failed \(424\):[^]*now and\s+then/);
  });

  test('calls come from a file, as often as their weights say', async () => {
    const path = join(folder, 'calls.ndjson');
    writeFileSync(
      path,
      '{"tool":"fast","arguments":{"text":"a"},"weight":3}\n{"tool":"slow","arguments":{"text":"b"}}\n',
    );
    const { result } = await run([...short, '--data-file', path, '--synthetic', 'mixed']);
    expect(result?.work).toMatchObject([
      { tool: 'fast', weight: 3, source: 'file' },
      { tool: 'slow', weight: 1, source: 'file' },
    ]);
  });

  test('CSV and Markdown hold the same steps', async () => {
    const [csv, markdown] = [join(folder, 'steps.csv'), join(folder, 'steps.md')];
    await run([
      ...short,
      '--users',
      '1',
      '--report',
      `csv=${csv}`,
      '--report',
      `markdown=${markdown}`,
      '--synthetic',
      'echo',
    ]);
    expect(readFileSync(csv, 'utf8').split('\r\n')).toHaveLength(4);
    expect(readFileSync(markdown, 'utf8')).toContain('| users | calls/s |');
  });

  test('Ctrl-C reports what was measured until then', async () => {
    const { code, stdout, result } = await run(
      ['--users', '2', '--duration', '60s', '--synthetic', 'slow'],
      {},
      6_000,
    );
    expect(code).toBe(130);
    expect(stdout).toContain('Interrupted: this is what was measured until then.');
    expect(result?.isInterrupted).toBe(true);
  });

  test.each<[string, readonly string[], string]>([
    ['no server', [], 'name the server'],
    ['no users', ['--users', '0', '--', ...echo], "--users: '0': write a whole number from 1 on"],
    [
      'a tool that is not there',
      ['--tool', 'ecco', '--', ...echo],
      'there is no tool ecco; the nearest is echo',
    ],
    ['data that is no JSON', ['--tool', 'echo', '--data', '{', '--', ...echo], "--data: '{': it is not JSON"],
    ['data without a tool', ['--data', '{}', '--', ...echo], 'name the tool before it, by --tool'],
    ['data against the contract', ['--tool', 'echo', '--data', '{"n":-1}', '--', ...echo], '2 violations'],
    ['a command that is not there', ['--', 'no-such-server'], 'command not found: no-such-server'],
    [
      'a server that dies at once',
      ['--', process.execPath, '-e', 'console.error("no key"); process.exit(3)'],
      '| no key',
    ],
    ['a URL where nobody is', ['--url', 'http://127.0.0.1:9'], 'http://127.0.0.1:9 cannot be reached'],
    ['a URL that is none', ['--url', 'localhost'], "--url: 'localhost' is no address"],
    ['an empty command', ['--', ''], 'name the server'],
    [
      'a quote that does not end',
      ['--gateway', "a 'b {port}", '--', ...echo],
      '--gateway: a quote does not end',
    ],
    [
      'a remote server that is not there',
      ['--', 'http://127.0.0.1:9/mcp'],
      '| mcpo-serve: http://127.0.0.1:9/mcp: the connection was refused',
    ],
    ['two things to measure', ['--synthetic', 'echo', '--', ...echo], '--synthetic and --: choose one thing'],
    [
      'an assertion that is none',
      ['--assert', 'p99<fast', '--', ...echo],
      "--assert: 'p99<fast' is no assertion",
    ],
    ['a kind that is none', ['--synthetic', 'quick'], 'Allowed choices are echo, '],
    [
      'a file that is not there',
      ['--data-file', '/nowhere', '--', ...echo],
      '--data-file: cannot read /nowhere',
    ],
    [
      'a report that cannot be written',
      ['--report', 'json=/nowhere/r', '--', ...echo],
      '--report: cannot write',
    ],
  ])('%s gives exit code 2 and says why in a line', async (_case, words, reason) => {
    const { code, stdout, stderr } = await run(words);
    expect(stderr).toContain(reason);
    expect(stderr).toMatch(/^mcpo-bench: .*\n(?: {2}\| .*\n)*$/);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });
});

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The JSON report; undefined when there is none. */
  readonly result: BenchResult | undefined;
}

let runs = 0;

/** @param interruptMs after which Ctrl-C is sent */
async function run(
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
  interruptMs?: number,
): Promise<Ran> {
  runs += 1;
  const path = join(folder, `${runs}.json`);
  const child = spawn(process.execPath, [cli, '--report', `json=${path}`, ...words], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  if (interruptMs !== undefined) setTimeout(() => child.kill('SIGINT'), interruptMs).unref();
  const late = setTimeout(() => child.kill('SIGKILL'), 110_000);
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  clearTimeout(late);
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  // What it writes there is what these tests are about.
  return { code, ...output, result: text === '' ? undefined : (JSON.parse(text) as BenchResult) };
}
