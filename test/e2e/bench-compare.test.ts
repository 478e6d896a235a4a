import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Base } from '../../bench/compare/base.ts';
import type { RoundSample } from '../../bench/compare/comparison.ts';
import type { BenchResult } from '../../bench/result.ts';
import { isBuilt } from '../fixtures/gateway-process.ts';

const cli = 'dist/bench/cli.js';
const folder = mkdtempSync(join(tmpdir(), 'bench-compare-'));
const saved = join(folder, 'base.json');
const summary = join(folder, 'summary.md');
const report = join(folder, 'report.json');
const short = ['--users', '2', '--duration', '400ms', '--warm-up', '50ms', '--rounds', '4'];
const words = [...short, '--synthetic', 'slow', '--tool', 'steady'];

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(!isBuilt || !existsSync(cli))('mcpo-bench --save and --compare', () => {
  let base: Base;

  beforeAll(async () => {
    const { code, stderr } = await run([...words, '--save', saved]);
    if (code !== 0) throw new Error(`nothing was saved: ${stderr}`);
    // What --save writes is what these tests are about.
    base = JSON.parse(readFileSync(saved, 'utf8')) as Base;
  }, 120_000);

  test('a run is kept with its machine, versions, work and every round', () => {
    expect(base).toMatchObject({
      format: 'mcpo-bench-base/1',
      machine: { node: process.version },
      options: { users: 2, rounds: 4 },
      work: [{ tool: 'steady' }],
    });
    expect(base.steps.map(({ users }) => users)).toEqual([1, 2]);
    for (const { rounds } of base.steps) {
      expect(rounds).toHaveLength(4);
      for (const round of rounds) expect(round).toMatchObject({ failed: 0, wrong: 0 });
    }
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test('a run that is far slower than the saved one is worse, in every report, and fails', async () => {
    const path = plant('fast.json', { machine: { ...base.machine, cores: 999, node: 'v1.0.0' } }, 0.01);
    const env = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary };
    writeFileSync(summary, 'before\n');
    const { code, stdout } = await run([...words, '--compare', path, '--report', `json=${report}`], env);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^WORSE than /m);
    expect(stdout).toMatch(/^1 +\d.* worse$/m);
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('was saved on another machine (999 cores, now');
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('was saved with Node v1.0.0');
    const markdown = readFileSync(summary, 'utf8');
    expect(markdown).toMatch(/^before\n## mcpo-bench/);
    expect(markdown).toContain('**WORSE than');
    const result = JSON.parse(readFileSync(report, 'utf8')) as BenchResult; // as above
    expect(result.comparison).toMatchObject({ verdict: 'worse', steps: [{ users: 1 }, { users: 2 }] });
    expect(result.comparison?.steps[0]?.metrics.map(({ metric }) => metric)).toEqual([
      'callsPerSecond',
      'p50Ms',
      'p99Ms',
      'cpuUs',
    ]);
  }, 120_000);

  test('a run that is far faster than the saved one is better, and may take its place', async () => {
    const path = plant('slow.json', {}, 100);
    const { code, stdout, stderr } = await run([...words, '--compare', path, '--save', path]);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^better than /m);
    expect(code).toBe(0);
    const replaced = JSON.parse(readFileSync(path, 'utf8')) as Base; // as above
    expect(replaced.savedAt).not.toBe(base.savedAt);
  }, 120_000);

  test.each<[string, () => readonly string[], string]>([
    ['a file that is not there', () => ['--compare', '/nowhere/b'], '--compare: cannot read /nowhere/b'],
    ['a file that is no run', () => ['--compare', 'package.json'], 'package.json is no saved run'],
    ['other options', () => ['--users', '1', '--compare', saved], 'is of other options (--users 2 '],
    ['other work', () => ['--tool', 'varied', '--compare', saved], 'is of other work (steady '],
    ['a place that is none', () => ['--save', '/nowhere/b'], '--save: cannot write /nowhere/b'],
    [
      'too few rounds',
      () => ['--rounds', '1', '--save', saved],
      "--rounds: '1': write a whole number from 4 on",
    ],
  ])(
    '%s gives exit code 2 and a line before any load',
    async (_case, more, reason) => {
      const before = readFileSync(saved, 'utf8');
      const { code, stdout, stderr } = await run([...words, ...more()]);
      expect(stderr).toContain(reason);
      expect(stderr).toMatch(/^mcpo-bench: .*\n$/);
      expect(stdout).toBe('');
      expect(code).toBe(2);
      expect(readFileSync(saved, 'utf8')).toBe(before);
    },
    120_000,
  );

  /** The saved run, as if all of its times had been so many times as long. */
  function plant(name: string, changes: Partial<Base>, factor: number): string {
    const scale = (round: RoundSample): RoundSample => ({
      ...round,
      callsPerSecond: round.callsPerSecond / factor,
      p50Ms: (round.p50Ms ?? 0) * factor,
      p99Ms: (round.p99Ms ?? 0) * factor,
      cpuUs: round.cpuUs === null ? null : round.cpuUs * factor,
    });
    const steps = base.steps.map((step) => ({ ...step, rounds: step.rounds.map(scale) }));
    const path = join(folder, name);
    writeFileSync(path, JSON.stringify({ ...base, ...changes, steps }));
    return path;
  }
});

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(options: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> {
  const child = spawn(process.execPath, [cli, ...options], {
    env: { ...process.env, GITHUB_ACTIONS: '', ...env },
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
