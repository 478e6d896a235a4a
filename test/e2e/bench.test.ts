import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { isBuilt } from '../fixtures/gateway-process.ts';

const program = fileURLToPath(new URL('../../bench/targets/run.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'bench-test-'));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What these tests look at of the file of results. */
interface Results {
  readonly machine: Readonly<Record<string, unknown>>;
  readonly rows: ReadonlyArray<{
    readonly title: string;
    readonly verdict: string;
    readonly measured: string;
    readonly notes: readonly string[];
  }>;
}

describe.skipIf(!isBuilt)('npm run bench', () => {
  test('prints a row with its verdict within 80 columns, and keeps it with the machine that made it', () => {
    const { status, stdout, results } = runBench(['--quick', '--only', 'pipelining']);
    // Whether a busy machine is quick enough is not what is tested.
    expect([0, 1]).toContain(status);
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(stdout).toMatch(/^100 users of a 100 ms tool +<= 115 ms +\d+ \[\d+, \d+\] ms +(?:met|missed)/m);
    expect(results?.machine).toMatchObject({ cores: expect.any(Number), node: process.version });
    const seen = results?.rows.find(({ title }) => title === 'calls seen at the server');
    // On a busy machine the first may be answered before the last has come.
    expect(Number(seen?.measured)).toBeGreaterThan(1);
    expect(Number(seen?.measured)).toBeLessThanOrEqual(100);
  });

  test('counts answers that are errors as no throughput at all', () => {
    const cli = join(folder, 'dist', 'src', 'cli');
    mkdirSync(cli, { recursive: true });
    writeFileSync(join(folder, 'dist', 'package.json'), '{"type":"module"}');
    writeFileSync(
      join(cli, 'serve.js'),
      `import { createServer } from 'node:http';
      const server = createServer((request, response) => {
        request.resume();
        response.writeHead(503, { 'content-length': 0 }).end();
      });
      server.listen(0, '127.0.0.1', () => {
        const url = \`http://127.0.0.1:\${server.address().port}\`;
        console.log(JSON.stringify({ url, pid: process.pid }));
      });`,
    );
    const { status, results } = runBench(['--quick', '--only', 'latency', '--dist', join(folder, 'dist')]);
    expect(status).toBe(1);
    expect(results?.rows).toMatchObject([{ verdict: 'failed', notes: ['300 calls failed, 0 succeeded'] }]);
  });

  test.each([
    [['--only', 'speed'], /There is no row speed; there are cpu, /],
    [['--quick', '--long'], /opposites/],
    [['--dist', '/nowhere'], /npm run build/],
    [['--fast'], /--fast/],
  ])('refuses %j in one line, before anything is measured', (words, message) => {
    const { status, stdout, stderr } = runBench(words);
    expect(status).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});

function runBench(words: readonly string[]): {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly results: Results | undefined;
} {
  const out = join(folder, 'results.json');
  const run = spawnSync(process.execPath, [program, ...words, '--out', out], {
    encoding: 'utf8',
    timeout: 55_000,
  });
  return {
    ...run,
    results: run.status === 2 ? undefined : (JSON.parse(readFileSync(out, 'utf8')) as Results),
  };
}
