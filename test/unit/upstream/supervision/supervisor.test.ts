import { describe, expect, test } from 'vitest';
import { createRig, tick } from '../../../fixtures/supervisor-rig.ts';

describe('the supervisor', () => {
  test('waits twice as long after each failure, up to the maximum, and says how long', async () => {
    const rig = createRig({ breakAfter: Infinity });
    await rig.supervisor.start();
    rig.isDown = true;
    expect(rig.sessions[0]?.onLost('gone')).toBe(250);
    const waits: number[] = [];
    for (let round = 0; round < 9; round += 1) {
      const { state } = rig.supervisor;
      if (state.kind !== 'restarting') throw new Error(state.kind);
      waits.push(state.retryInMs);
      rig.clock.advance(state.retryInMs);
      await tick();
    }
    expect(waits).toStrictEqual([250, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
    expect(rig.supervisor.restarts).toBe(9);
    rig.isDown = false;
    rig.clock.advance(30_000);
    await tick();
    expect(rig.supervisor.state).toStrictEqual({ kind: 'ready' });
    await rig.supervisor.close(0);
  });

  test('takes half of the wait at least, and the rest by chance', async () => {
    const rig = createRig({ random: () => 0 });
    await rig.supervisor.start();
    expect(rig.sessions[0]?.onLost('gone')).toBe(125);
    await rig.supervisor.close(0);
  });

  test('keeps doubling while sessions die young and begins anew after a stable one', async () => {
    const rig = createRig();
    await rig.supervisor.start();
    rig.sessions[0]?.onLost('young');
    rig.clock.advance(250);
    await tick();
    expect(rig.sessions[1]?.onLost('young again')).toBe(500);
    rig.clock.advance(500);
    await tick();
    rig.clock.advance(30_000);
    expect(rig.sessions[2]?.onLost('old')).toBe(250);
    await rig.supervisor.close(0);
  });

  test('tells the time left to those who call meanwhile', async () => {
    const rig = createRig();
    await rig.supervisor.start();
    rig.sessions[0]?.onLost('gone');
    rig.clock.advance(100);
    await expect(
      rig.supervisor.callTool({ tool: 't', argumentsJson: '{}', timeoutMs: 1 }),
    ).resolves.toStrictEqual({ kind: 'not_ready', retryAfterMs: 150, reason: 'gone' });
    await rig.supervisor.close(0);
  });

  test('tells listeners of each state and catalog, until they stop listening', async () => {
    const rig = createRig();
    const seen: string[] = [];
    const stop = rig.supervisor.onChange(() => {
      seen.push(`${rig.supervisor.state.kind} ${rig.supervisor.catalog?.serverInfo.version}`);
    });
    rig.supervisor.onChange(() => {
      throw new Error('a listener’s own defect');
    });
    await rig.supervisor.start();
    rig.sessions[0]?.onCatalog();
    rig.sessions[0]?.onLost('gone');
    rig.clock.advance(250);
    await tick();
    stop();
    await rig.supervisor.close(0);
    expect(seen).toStrictEqual(['ready 1', 'ready 1', 'restarting 1', 'ready 2']);
    expect(rig.clock.timers).toBe(0);
  });

  test('is closed for good when the first attempt fails', async () => {
    const rig = createRig();
    rig.isDown = true;
    await expect(rig.supervisor.start()).rejects.toThrow('down');
    expect(rig.supervisor.state).toStrictEqual({ kind: 'closed' });
    await expect(rig.supervisor.start()).rejects.toThrow('start() was called before');
  });
});

describe('calls that were never run', () => {
  const call = { tool: 't', argumentsJson: '{}', timeoutMs: 10_000 };
  const notReady = { kind: 'not_ready', reason: 'gone', retryAfterMs: 1 } as const;
  const result = { kind: 'result', resultJson: Buffer.from('{}'), upstreamMs: 1 } as const;

  test('wait for the next session while it heals, and no longer', async () => {
    const rig = createRig({ healMs: 1000, healsUnsent: true });
    await rig.supervisor.start();
    rig.sessions[0]?.onLost('gone');
    rig.outcomes.push(result);
    const waiting = rig.supervisor.callTool(call);
    rig.clock.advance(250);
    await expect(waiting).resolves.toStrictEqual(result);
    rig.isDown = true;
    rig.sessions[1]?.onLost('gone');
    const inVain = rig.supervisor.callTool(call);
    rig.clock.advance(999);
    await tick();
    rig.clock.advance(1);
    await expect(inVain).resolves.toMatchObject({ kind: 'not_ready' });
    await expect(rig.supervisor.callTool(call)).resolves.toMatchObject({ kind: 'not_ready' });
    await rig.supervisor.close(0);
    expect(rig.clock.timers).toBe(0);
  });

  test('are not ready, rather than late, when their own time ends the wait (FLOW-10)', async () => {
    const rig = createRig({ healMs: 1000, healsUnsent: true });
    await rig.supervisor.start();
    rig.isDown = true;
    rig.sessions[0]?.onLost('gone');
    const waiting = rig.supervisor.callTool({ ...call, timeoutMs: 100 });
    rig.clock.advance(100);
    await expect(waiting).resolves.toMatchObject({ kind: 'not_ready' });
    await rig.supervisor.close(0);
  });

  test('for the second time, though for the first they may have been, are lost', async () => {
    const rig = createRig({ healMs: 1000, healsUnsent: true });
    await rig.supervisor.start();
    rig.outcomes.push({ kind: 'lost', reason: 'gone' }, { kind: 'overloaded', retryAfterMs: 1 });
    await expect(rig.supervisor.callTool({ ...call, isRepeatable: true })).resolves.toStrictEqual({
      kind: 'lost',
      reason: 'gone',
    });
    await rig.supervisor.close(0);
  });

  test('are sent three times at the most', async () => {
    const rig = createRig({ healMs: 1000, healsUnsent: true });
    await rig.supervisor.start();
    rig.sessions[0]?.onLost('gone');
    rig.clock.advance(250);
    await tick();
    rig.outcomes.push(notReady, notReady, notReady, result);
    await expect(rig.supervisor.callTool(call)).resolves.toStrictEqual(notReady);
    expect(rig.outcomes).toStrictEqual([result]);
    await rig.supervisor.close(0);
  });

  test('wait in bounded number', async () => {
    const rig = createRig({ healMs: 1000, healsUnsent: true, maxWaiting: 1 });
    await rig.supervisor.start();
    rig.sessions[0]?.onLost('gone');
    const first = rig.supervisor.callTool(call);
    await expect(rig.supervisor.callTool(call)).resolves.toMatchObject({ kind: 'overloaded' });
    await rig.supervisor.close(0);
    await expect(first).resolves.toMatchObject({ kind: 'not_ready' });
  });

  test('do not wait where there is no time to heal', async () => {
    const rig = createRig();
    await rig.supervisor.start();
    rig.outcomes.push(notReady);
    await expect(rig.supervisor.callTool({ ...call, isRepeatable: true })).resolves.toStrictEqual(notReady);
    await rig.supervisor.close(0);
  });
});
