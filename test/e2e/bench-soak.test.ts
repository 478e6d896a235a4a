import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { bench } from '../../bench/bench.ts';
import type { BenchResult } from '../../bench/result.ts';
import { isBuilt } from '../fixtures/gateway-process.ts';

const cli = 'dist/bench/cli.js';
const folder = mkdtempSync(join(tmpdir(), 'bench-soak-'));
const words = ['--users', '2', '--duration', '200ms', '--warm-up', '50ms', '--synthetic', 'echo'];

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(!isBuilt || !existsSync(cli))('mcpo-bench --soak', () => {
  test('looks at memory, open files and latency over the time, and calls seconds too short to judge them', async () => {
    const path = join(folder, 'soak.json');
    const { code, stdout } = await run([...words, '--soak', '2s', '--report', `json=${path}`]);
    // What it writes there is what this test is about.
    const { soak } = JSON.parse(readFileSync(path, 'utf8')) as BenchResult;
    expect(soak).toMatchObject({ users: 2, durationMs: 2_000, failed: 0, wrong: 0, gatewayEnding: null });
    expect(soak?.samples.length).toBeGreaterThan(1);
    const first = soak?.samples[0];
    expect(first?.p50Ms).toBeGreaterThan(0);
    expect(first?.p99Ms).toBeGreaterThanOrEqual(first?.p50Ms ?? 0);
    const hasProc = existsSync('/proc/self/stat');
    expect((first?.gatewayRssMb ?? 0) > 10).toBe(hasProc);
    expect((first?.gatewayFiles ?? 0) > 3).toBe(hasProc);
    expect((first?.serverRssMb ?? 0) > 10).toBe(hasProc);
    expect(new Set(soak?.trends.map(({ drift }) => drift.kind))).toEqual(new Set(['too-short']));
    expect(stdout).toMatch(/^soak: 2 users for [\d.]+ s, \d+ calls, 0 failed, 0 wrong$/m);
    expect(stdout).toContain('too short to say');
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(code).toBe(0);
  });

  test('an interruption reports the soak as far as it came', async () => {
    const interruption = new AbortController();
    const result = await bench({
      target: {
        kind: 'command',
        words: [process.execPath, 'dist/bench/upstreams/synthetic.js', 'echo'],
        env: {},
        headers: {},
      },
      wanted: [],
      users: 1,
      durationMs: 200,
      warmUpMs: 50,
      soakMs: 600_000,
      seed: 1,
      assertions: [],
      signal: interruption.signal,
      onProgress: ({ stage, callsPerSecond }) => {
        if (stage.startsWith('soak') && callsPerSecond === undefined)
          setTimeout(() => interruption.abort(), 300);
      },
    });
    expect(result.isInterrupted).toBe(true);
    expect(result.soak?.samples).toHaveLength(1);
    expect(result.soak?.calls).toBeGreaterThan(0);
  });
});

async function run(
  all: readonly string[],
): Promise<{ readonly code: number | null; readonly stdout: string }> {
  const child = spawn(process.execPath, [cli, ...all], { stdio: ['ignore', 'pipe', 'inherit'] });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  const late = setTimeout(() => child.kill('SIGKILL'), 55_000);
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  clearTimeout(late);
  return { code, stdout };
}
