import { describe, expect, test } from 'vitest';
import { createScripted, isAlive, scriptPath } from '../../fixtures/scripted-upstream.ts';

const pidOf = (json: string): number => (JSON.parse(json) as { pid: number }).pid;

describe.skipIf(process.platform === 'win32')('close', () => {
  test('ends a server that behaves by closing its input', async () => {
    const scripted = createScripted();
    await scripted.upstream.start();
    const { pid } = await scripted.facts();
    const startedAt = performance.now();
    await scripted.upstream.close(10_000);
    expect(performance.now() - startedAt).toBeLessThan(2000);
    expect(isAlive(pid)).toBe(false);
  });

  test('settles the calls in flight, and each later one', async () => {
    const scripted = createScripted();
    await scripted.upstream.start();
    const inFlight = scripted.call('never');
    const closed = scripted.upstream.close(1000);
    await expect(inFlight).resolves.toMatchObject({ kind: 'lost' });
    await expect(scripted.call('echo')).resolves.toMatchObject({ kind: 'not_ready' });
    await closed;
    await scripted.upstream.close(1000);
  });

  test('kills a server that ignores both, within the deadline', async () => {
    const scripted = createScripted(['stubborn']);
    await scripted.upstream.start();
    const { pid } = await scripted.facts();
    const startedAt = performance.now();
    await scripted.upstream.close(600);
    expect(performance.now() - startedAt).toBeLessThan(1500);
    expect(isAlive(pid)).toBe(false);
  });

  test('is hastened by a second close with less patience', async () => {
    const scripted = createScripted(['stubborn']);
    await scripted.upstream.start();
    const { pid } = await scripted.facts();
    const patient = scripted.upstream.close(60_000);
    await scripted.upstream.close(100);
    expect(isAlive(pid)).toBe(false);
    await patient;
  });

  test('kills a server that was stopped and cannot hear', async () => {
    const scripted = createScripted();
    await scripted.upstream.start();
    const { pid } = await scripted.facts();
    process.kill(pid, 'SIGSTOP');
    await expect(scripted.call('echo', {}, { timeoutMs: 50 })).resolves.toStrictEqual({ kind: 'timeout' });
    await scripted.upstream.close(500);
    expect(isAlive(pid)).toBe(false);
  });

  test('leaves nothing of a wrapper such as npx, its server and what that started', async () => {
    const scripted = createScripted([], { args: [scriptPath('wrapper.mjs')] });
    await scripted.upstream.start();
    const { pid: server } = await scripted.facts();
    const child = pidOf(await scripted.text('grandchild'));
    const stubborn = pidOf(await scripted.text('grandchild', { stubborn: true }));
    expect([server, child, stubborn].map(isAlive)).toStrictEqual([true, true, true]);
    await scripted.upstream.close(3000);
    expect([server, child, stubborn].map(isAlive)).toStrictEqual([false, false, false]);
  });

  test('also waits for a lost server that has not ended', async () => {
    const scripted = createScripted(['stubborn']);
    await scripted.upstream.start();
    const { pid } = await scripted.facts();
    await expect(scripted.call('close_stdout')).resolves.toMatchObject({ kind: 'lost' });
    expect(isAlive(pid)).toBe(true);
    await scripted.upstream.close(300);
    expect(isAlive(pid)).toBe(false);
  });

  test('leaves nothing when the server does not start', async () => {
    const { upstream, logger } = createScripted(['pid', 'stubborn', 'hang'], { startTimeoutMs: 300 });
    await expect(upstream.start()).rejects.toThrow('no answer');
    const pid = Number(logger.lines.find(({ fields }) => 'stream' in fields)?.message);
    expect(pid).toBeGreaterThan(0);
    expect(isAlive(pid)).toBe(false);
  });
});
