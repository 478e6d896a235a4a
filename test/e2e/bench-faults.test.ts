import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { BenchResult } from '../../bench/result.ts';
import { isBuilt } from '../fixtures/gateway-process.ts';

const cli = 'dist/bench/cli.js';
const folder = mkdtempSync(join(tmpdir(), 'bench-faults-'));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(!isBuilt || !existsSync(cli) || !existsSync('/proc/self/stat'))('mcpo-bench --faults', () => {
  test('kills the server under load, and tells that no call was lost, none answered wrongly, and calls went on', async () => {
    const lines = ['lost==0', 'wrong==0', 'recovery<60s', 'budget<100%'];
    const { code, stdout, result } = await run([
      '--users',
      '3',
      '--duration',
      '1s',
      '--warm-up',
      '100ms',
      '--faults',
      '--synthetic',
      'slow',
      '--assert',
      ...lines,
    ]);
    const faults = result?.faults;
    expect(faults).toMatchObject({ users: 3, hangingUp: 1, readingSlowly: 1, lost: 0, wrong: 0 });
    expect(faults).toMatchObject({ gatewayEnding: null });
    expect(faults?.calls).toBeGreaterThan(0);
    expect(faults?.hangUps).toBeGreaterThan(0);
    expect(faults?.recovery?.firstSuccessMs).toBeGreaterThanOrEqual(0);
    const ended = faults?.slices.reduce((sum, { succeeded, failed }) => sum + succeeded + failed, 0);
    expect(ended).toBe((faults?.calls ?? 0) + (faults?.failed ?? 0));
    expect(stdout).toMatch(/^faults: calls succeeded [\d.]+ m?s after the server was killed/m);
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    for (const line of lines) expect(stdout).toContain(`ok     ${line}`);
    expect(code).toBe(0);
  });

  test('a gateway that does not start its server again fails the run', async () => {
    const gateway = `${process.execPath} test/fixtures/bench/locked-gateway.mjs {port}`;
    const { code, stdout, result } = await run([
      '--users',
      '1',
      '--duration',
      '300ms',
      '--warm-up',
      '50ms',
      '--faults',
      '--gateway',
      gateway,
      '--synthetic',
      'echo',
    ]);
    expect(result?.faults).toMatchObject({ wrong: 0 });
    expect(stdout).toMatch(/^faults: (?:NOT recovered|the gateway did not survive)/m);
    expect(code).toBe(1);
  });

  test('a gateway that runs elsewhere is refused', async () => {
    const { code, stderr } = await run(['--faults', '--url', 'http://127.0.0.1:9']);
    expect(stderr).toContain('--faults: with --url, the server is not ours to kill');
    expect(code).toBe(2);
  });
});

let runs = 0;

async function run(words: readonly string[]): Promise<{
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly result: BenchResult | undefined;
}> {
  runs += 1;
  const path = join(folder, `${runs}.json`);
  const child = spawn(process.execPath, [cli, '--report', `json=${path}`, ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  const late = setTimeout(() => child.kill('SIGKILL'), 55_000);
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  clearTimeout(late);
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  // What it writes there is what these tests are about.
  return { code, ...output, result: text === '' ? undefined : (JSON.parse(text) as BenchResult) };
}
