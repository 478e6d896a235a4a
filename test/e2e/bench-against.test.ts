import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { BenchResult } from '../../bench/result.ts';
import { isBuilt } from '../fixtures/gateway-process.ts';

const cli = 'dist/bench/cli.js';
const locked = `'${process.execPath}' test/fixtures/bench/locked-gateway.mjs {port}`;
const folder = mkdtempSync(join(tmpdir(), 'bench-against-'));
const short = ['--users', '2', '--duration', '400ms', '--warm-up', '50ms', '--rounds', '4'];

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(!isBuilt || !existsSync(cli))('mcpo-bench --against', () => {
  test('another gateway is measured in turn, and the ratios are told with their intervals', async () => {
    const [json, markdown] = [join(folder, 'r.json'), join(folder, 'r.md')];
    const reports = ['--report', `json=${json}`, '--report', `markdown=${markdown}`];
    const { code, stdout } = await run([...short, ...reports, '--against', locked, '--synthetic', 'echo']);
    expect(code).toBe(0);
    // What it writes there is what this test is about.
    const { against, target } = JSON.parse(readFileSync(json, 'utf8')) as BenchResult;
    expect(against).toMatchObject({ gateway: target.gateway, other: locked, rounds: 4 });
    expect(against?.steps.map(({ users }) => users)).toEqual([1, 2]);
    for (const step of against?.steps ?? []) {
      expect(step).toMatchObject({ failed: 0, otherFailed: 0 });
      for (const pair of [step.callsPerSecond, step.p50Ms]) {
        expect(pair?.ours).toBeGreaterThan(0);
        expect(pair?.other).toBeGreaterThan(0);
        expect(pair?.ratio.count).toBe(4);
        expect(pair?.ratio.low).toBeLessThanOrEqual(pair?.ratio.high ?? 0);
      }
      // Nothing is read of processes where there is no /proc.
      expect(step.cpuUs?.ratio.count).toBe(existsSync('/proc/self/stat') ? 4 : undefined);
    }
    expect(stdout).toMatch(/^1 +calls\/s +\d.* x \d.* to \d/m);
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(readFileSync(markdown, 'utf8')).toMatch(/^\| users \|.*\| A \/ B \| interval \|$/m);
  }, 120_000);

  test.each<[string, readonly string[], string]>([
    ['no port', ['--against', 'gateway'], '--against: write {port} where its port belongs'],
    ['a quote that does not end', ['--against', "'x {port}"], '--against: a quote does not end'],
    [
      'a command that is not there',
      ['--against', 'no-such-gateway {port}'],
      '--against: the gateway did not',
    ],
    [
      'a gateway that answers nothing',
      [
        '--against',
        `'${process.execPath}' -e 'http.createServer((q,s)=>{s.statusCode=q.method==="GET"?200:404;s.end()}).listen({port})'`,
      ],
      '--against: POST /echo (echo) is not answered: HTTP 404',
    ],
  ])(
    '%s gives exit code 2 and a line before any load',
    async (_case, words, reason) => {
      const { code, stdout, stderr } = await run([...short, ...words, '--synthetic', 'echo']);
      expect(stderr).toContain(reason);
      expect(stderr).toMatch(/^mcpo-bench: .*\n(?: {2}\| .*\n)*$/);
      expect(stdout).toBe('');
      expect(code).toBe(2);
    },
    120_000,
  );

  test('a gateway that runs has no server for another one', async () => {
    const { code, stderr } = await run(['--url', 'http://127.0.0.1:9', '--against', locked]);
    expect(stderr).toContain('--against: name the server with --');
    expect(code).toBe(2);
  }, 120_000);
});

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(options: readonly string[]): Promise<Ran> {
  const child = spawn(process.execPath, [cli, ...options], {
    env: { ...process.env, GITHUB_ACTIONS: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  const late = setTimeout(() => child.kill('SIGKILL'), 110_000);
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  clearTimeout(late);
  return { code, ...output };
}
