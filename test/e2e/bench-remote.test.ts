import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { BenchResult } from '../../bench/result.ts';
import { createEverythingServer } from '../fixtures/everything-server.ts';

const cli = 'dist/bench/cli.js';

test.skipIf(!existsSync(cli))(
  'an MCP server at a URL is measured behind the gateway, without a baseline, which is said',
  async () => {
    const server = await createEverythingServer('streamable-http');
    const folder = mkdtempSync(join(tmpdir(), 'bench-remote-'));
    try {
      const path = join(folder, 'result.json');
      const short = ['--users', '2', '--duration', '400ms', '--warm-up', '100ms'];
      const work = ['--tool', 'echo', '--data', '{"message":"hello {{token}}"}'];
      const { code, stdout } = await run([...short, ...work, '--report', `json=${path}`, '--', server.url]);
      expect(stdout).toContain('note: the server is at a URL: no baseline over stdio');
      expect(code).toBe(0);
      // What it writes there is what this test is about.
      const result = JSON.parse(readFileSync(path, 'utf8')) as BenchResult;
      expect(result.target).toMatchObject({ name: server.url });
      expect(result.work).toMatchObject([{ tool: 'echo', hasToken: true }]);
      expect(result.sweep.steps.map(({ users }) => users)).toEqual([1, 2]);
      for (const step of result.sweep.steps) expect(step).toMatchObject({ failed: 0, wrong: 0 });
      expect(result.baseline).toBeUndefined();
      expect(result.pipelining).toBeUndefined();
    } finally {
      rmSync(folder, { recursive: true, force: true });
      await server.stop();
    }
  },
);

async function run(words: readonly string[]): Promise<{ code: number | null; stdout: string }> {
  const child = spawn(process.execPath, [cli, ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  const late = setTimeout(() => child.kill('SIGKILL'), 50_000);
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  clearTimeout(late);
  return { code, stdout };
}
