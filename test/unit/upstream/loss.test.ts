import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createScripted, isAlive, until, type ScriptedUpstream } from '../../fixtures/scripted-upstream.ts';

describe('a server that is lost', () => {
  let scripted: ScriptedUpstream;
  beforeEach(async () => {
    scripted = createScripted();
    await scripted.upstream.start();
  });
  afterEach(() => scripted.upstream.close(2000));

  const isReady = (): boolean => scripted.upstream.state.kind === 'ready';

  test.each([
    ['exit', { code: 7 }, 'the server exited with code 7'],
    ['kill', {}, 'the server was killed by SIGKILL'],
    ['half_line_then_exit', {}, 'the server exited with code 4'],
    ['close_stdout', {}, 'the server closed its output'],
  ])(
    'fails its calls in flight at once and is restarted, which later calls wait for (REPL-06): %s',
    async (tool, args, reason) => {
      const { pid } = await scripted.facts();
      const waiting = scripted.call('never');
      const startedAt = performance.now();
      await expect(scripted.call(tool, args)).resolves.toStrictEqual({ kind: 'lost', reason });
      await expect(waiting).resolves.toStrictEqual({ kind: 'lost', reason });
      expect(performance.now() - startedAt).toBeLessThan(1000);
      expect(scripted.upstream.state).toMatchObject({ kind: 'restarting', reason });
      expect(scripted.upstream.catalog?.tools.length).toBeGreaterThan(0);
      // It waits for the restart.
      await expect(scripted.text('echo', { a: 1 })).resolves.toBe('{"a":1}');
      expect(isReady()).toBe(true);
      expect(isAlive(pid)).toBe(false);
      expect(scripted.upstream.restarts).toBe(1);
    },
  );

  test('a server that closes its input is lost with the next call', async () => {
    void scripted.call('close_stdin');
    await until(() => scripted.upstream.inFlight === 1);
    // The first may still find the pipe open, and even be read.
    await scripted.call('echo', {}, { timeoutMs: 500 });
    await expect(scripted.call('echo', {}, { timeoutMs: 500 })).resolves.not.toMatchObject({
      kind: 'result',
    });
    await until(isReady);
    expect(scripted.upstream.restarts).toBe(1);
  });

  test('the last words before an exit are heard', async () => {
    await expect(scripted.text('answer_then_exit', { a: 1 })).resolves.toBe('{"a":1}');
    await until(() => scripted.upstream.restarts === 1 && isReady());
  });

  test('a repeatable call is sent once more after the restart', async () => {
    const never = scripted.call('sleep', { ms: 300 }, { isRepeatable: true });
    const { pid } = await scripted.facts();
    process.kill(pid, 'SIGKILL');
    await expect(never).resolves.toMatchObject({ kind: 'result' });
    expect((await scripted.facts()).calls).toBe(2);
  });

  test('a repeatable call that kills the server each time is lost the second time', async () => {
    await expect(scripted.call('exit', { code: 1 }, { isRepeatable: true })).resolves.toMatchObject({
      kind: 'lost',
    });
    await until(isReady);
    expect(scripted.upstream.restarts).toBe(2);
  });

  test('a repeatable call keeps its own deadline, and its caller may go, while there is no server', async () => {
    const slow = createScripted([], {
      recovery: { healMs: 0 },
      backoff: { minBackoffMs: 60_000, maxBackoffMs: 60_000 },
    });
    await slow.upstream.start();
    const abort = new AbortController();
    const timed = slow.call('exit', { code: 1 }, { isRepeatable: true, timeoutMs: 400 });
    const aborted = slow.call('never', {}, { isRepeatable: true, signal: abort.signal });
    const closed = slow.call('never', {}, { isRepeatable: true });
    await expect(timed).resolves.toStrictEqual({ kind: 'timeout' });
    abort.abort();
    await expect(aborted).resolves.toStrictEqual({ kind: 'cancelled' });
    await slow.upstream.close(1000);
    await expect(closed).resolves.toMatchObject({ kind: 'lost' });
  });

  test('calls never sent are not ready rather than lost', async () => {
    const narrow = createScripted([], { maxInFlight: 1 });
    await narrow.upstream.start();
    const { pid } = await narrow.facts();
    const sent = narrow.call('sleep', { ms: 10_000 });
    const queued = narrow.call('echo');
    process.kill(pid, 'SIGKILL');
    await expect(sent).resolves.toMatchObject({ kind: 'lost' });
    await expect(queued).resolves.toMatchObject({ kind: 'not_ready' });
    await narrow.upstream.close(1000);
  });
});
