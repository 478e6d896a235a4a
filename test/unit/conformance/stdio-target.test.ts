import { existsSync } from 'node:fs';
import { afterEach, expect, test, vi } from 'vitest';
import { createDeferred } from '../../fixtures/deferred.ts';
import { createStdioTarget, type Ending, type Target } from '../../../conformance/index.ts';

const targets: Target[] = [];

afterEach(async () => {
  vi.unstubAllEnvs();
  for (const target of targets.splice(0)) await target.dispose();
});

test('the child gets a small environment, what was given for it, and a folder that is removed', async () => {
  vi.stubEnv('SECRET_OF_OURS', 'x');
  const script = 'console.log(JSON.stringify({ cwd: process.cwd(), env: process.env }))';
  const target = create({ command: process.execPath, args: ['-e', script], env: { GIVEN: 'y' } });
  const { lines } = await runToEnd(target);
  const { cwd, env } = JSON.parse(lines[0] ?? '') as { cwd: string; env: Record<string, string> };
  expect(env['GIVEN']).toBe('y');
  expect(env).not.toHaveProperty('SECRET_OF_OURS');
  expect(cwd).not.toBe(process.cwd());
  expect(existsSync(cwd)).toBe(true);
  await target.dispose();
  expect(existsSync(cwd)).toBe(false);
});

test('files named from here are found from the folder of its own', async () => {
  const target = create({ command: 'node', args: ['test/fixtures/zoo/server.mjs', 'clean'] });
  const { ending } = await runToEnd(target);
  expect(ending).toMatchObject({ kind: 'exited', code: 0 });
});

test('a command that does not exist is told, with its name', async () => {
  const { ending } = await runToEnd(create({ command: 'no-such-server' }));
  expect(ending).toEqual({ kind: 'not-started', message: 'command not found: no-such-server' });
});

test('a child that ignores the end of its input is ended with all it started', async () => {
  const inner = 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000); console.log(process.pid)';
  const script = `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(inner)}], { stdio: 'inherit' }); setInterval(() => {}, 1000)`;
  const target = create({ command: process.execPath, args: ['-e', script] });
  const pid = createDeferred<number>();
  const channel = target.open({ onText: ({ text }) => pid.resolve(Number(text)), onEnded: () => {} });
  const innerPid = await pid.promise;
  await channel.close(50);
  await vi.waitFor(() => expect(() => process.kill(innerPid, 0)).toThrow('ESRCH'), { timeout: 20_000 });
});

function create(options: Parameters<typeof createStdioTarget>[0]): Target {
  const target = createStdioTarget(options);
  targets.push(target);
  return target;
}

async function runToEnd(target: Target): Promise<{ readonly lines: string[]; readonly ending: Ending }> {
  const lines: string[] = [];
  const ending = await new Promise<Ending>((resolve) => {
    const channel = target.open({ onText: ({ text }) => lines.push(text), onEnded: resolve });
    channel.endInput();
  });
  return { lines, ending };
}
