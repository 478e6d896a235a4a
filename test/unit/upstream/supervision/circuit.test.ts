import { describe, expect, test } from 'vitest';
import { createRig, tick, type Rig } from '../../../fixtures/supervisor-rig.ts';

const call = { tool: 't', argumentsJson: '{}', timeoutMs: 60_000 };
const result = { kind: 'result', resultJson: Buffer.from('{}'), upstreamMs: 1 } as const;

/** Loses the session of the moment, and waits for the attempt after it. */
async function loseAndReopen(rig: Rig): Promise<void> {
  rig.sessions.at(-1)?.onLost('died');
  await advance(rig);
}

/** Lets the next attempt begin, and whatever follows from it at once. */
async function advance(rig: Rig): Promise<void> {
  const { state } = rig.supervisor;
  if (state.kind === 'restarting') rig.clock.advance(state.retryInMs);
  await tick();
}

async function answerPings(rig: Rig, count: number): Promise<void> {
  for (let ping = 0; ping < count; ping += 1) {
    rig.pings.shift()?.(true);
    await tick();
    rig.clock.advance(500);
    await tick();
  }
}

/** A server that has died often enough, and was started once more. */
async function createHalfOpen(): Promise<Rig> {
  const rig = createRig({ healMs: 60_000 });
  await rig.supervisor.start();
  for (let loss = 1; loss <= 5; loss += 1) await loseAndReopen(rig);
  expect(rig.supervisor.circuit).toBe('half_open');
  return rig;
}

describe('the circuit breaker', () => {
  test('opens when a server dies five times in a row, and refuses calls at once (REPL-07)', async () => {
    const rig = createRig({ healMs: 60_000 });
    await rig.supervisor.start();
    for (let loss = 1; loss <= 4; loss += 1) await loseAndReopen(rig);
    expect([rig.supervisor.circuit, rig.supervisor.state.kind]).toStrictEqual(['closed', 'ready']);
    rig.sessions.at(-1)?.onLost('died');
    expect([rig.supervisor.circuit, rig.supervisor.state.kind]).toStrictEqual(['open', 'restarting']);
    const failures = { inARow: 5, death: 'died' };
    const refusal = { kind: 'not_ready', reason: 'died', retryAfterMs: 4000, failures };
    await expect(rig.supervisor.callTool(call)).resolves.toStrictEqual(refusal);
    await expect(rig.supervisor.callTool({ ...call, isRepeatable: true })).resolves.toStrictEqual(refusal);
    await rig.supervisor.close(0);
    expect(rig.clock.timers).toBe(0);
  });

  test('lets no call wait any longer once it opens, not even one that may be sent again (REPL-07)', async () => {
    const rig = createRig({ healMs: 60_000 });
    await rig.supervisor.start();
    for (let loss = 1; loss <= 3; loss += 1) await loseAndReopen(rig);
    rig.outcomes.push({ kind: 'lost', reason: 'died' });
    const sent = rig.supervisor.callTool({ ...call, isRepeatable: true });
    rig.isDown = true;
    rig.sessions.at(-1)?.onLost('died');
    const unsent = rig.supervisor.callTool(call);
    await tick();
    expect([rig.supervisor.circuit, rig.clock.timers]).toStrictEqual(['closed', 3]);
    await advance(rig);
    expect(rig.supervisor.circuit).toBe('open');
    await expect(sent).resolves.toStrictEqual({ kind: 'lost', reason: 'died' });
    await expect(unsent).resolves.toMatchObject({ kind: 'not_ready', reason: 'down' });
    await rig.supervisor.close(0);
  });

  test('counts attempts that fail as well, and says once that it is open (REPL-07)', async () => {
    const rig = createRig();
    rig.isDown = true;
    await rig.supervisor.start('retry');
    for (let attempt = 2; attempt <= 8; attempt += 1) {
      expect(rig.supervisor.circuit).toBe(attempt <= 5 ? 'closed' : 'open');
      await advance(rig);
    }
    const said = rig.logger.lines.filter(({ message }) => message.includes('it gets no calls until'));
    // It has never lived.
    expect(said.map(({ message }) => message)).toStrictEqual([
      'the server does not come up; it gets no calls until it has answered pings for a moment',
    ]);
    await expect(rig.supervisor.callTool(call)).resolves.toMatchObject({ failures: { inARow: 8 } });
    await rig.supervisor.close(0);
  });

  test('counts no losses where a session may be lost though the server is well', async () => {
    const rig = createRig({ isLossFailure: false });
    await rig.supervisor.start();
    for (let loss = 1; loss <= 8; loss += 1) await loseAndReopen(rig);
    expect([rig.supervisor.circuit, rig.supervisor.state.kind]).toStrictEqual(['closed', 'ready']);
    await rig.supervisor.close(0);
  });

  test('lets calls in when the next session has answered pings for a moment (REPL-08)', async () => {
    const rig = await createHalfOpen();
    expect(rig.supervisor.state.kind).toBe('restarting');
    await expect(rig.supervisor.callTool(call)).resolves.toMatchObject({ kind: 'not_ready' });
    await answerPings(rig, 2);
    expect(rig.supervisor.circuit).toBe('half_open');
    await answerPings(rig, 1);
    expect([rig.supervisor.circuit, rig.supervisor.state.kind]).toStrictEqual(['closed', 'ready']);
    expect(rig.logger.lines.slice(-2).map(({ message }) => message)).toStrictEqual([
      'the server has answered pings; it gets calls again',
      'connected to the server again',
    ]);
    rig.outcomes.push(result);
    await expect(rig.supervisor.callTool(call)).resolves.toStrictEqual(result);
    await rig.supervisor.close(0);
    expect(rig.clock.timers).toBe(0);
  });

  test('opens again when a ping is not answered, and the server is ended (REPL-08)', async () => {
    const rig = await createHalfOpen();
    const { closed } = rig;
    await answerPings(rig, 1);
    rig.pings.shift()?.(false);
    await tick();
    expect([rig.supervisor.circuit, rig.closed]).toStrictEqual(['open', closed + 1]);
    expect(rig.supervisor.state).toMatchObject({ kind: 'restarting', reason: 'the server answers no ping' });
    await rig.supervisor.close(0);
  });

  test('opens again when the session is lost before it is proven, without waiting for the ping (REPL-08)', async () => {
    const rig = await createHalfOpen();
    rig.sessions.at(-1)?.onLost('died again');
    await tick();
    expect(rig.supervisor.circuit).toBe('open');
    expect(rig.supervisor.state).toMatchObject({ kind: 'restarting', reason: 'died again' });
    await rig.supervisor.close(0);
  });

  test('opens again with the next loss, until a session has been stable (REPL-08)', async () => {
    const rig = await createHalfOpen();
    await answerPings(rig, 3);
    rig.clock.advance(29_000);
    await loseAndReopen(rig);
    expect(rig.supervisor.circuit).toBe('half_open');
    await answerPings(rig, 3);
    rig.clock.advance(30_000);
    await loseAndReopen(rig);
    expect([rig.supervisor.circuit, rig.supervisor.state.kind]).toStrictEqual(['closed', 'ready']);
    await rig.supervisor.close(0);
  });

  test('ends what is being probed when the upstream is closed', async () => {
    const rig = await createHalfOpen();
    const { closed } = rig;
    await rig.supervisor.close(0);
    expect([rig.supervisor.state.kind, rig.closed, rig.clock.timers]).toStrictEqual([
      'closed',
      closed + 1,
      0,
    ]);
  });
});

describe('the time to heal', () => {
  test('ends with the first attempt that fails, where only a loss is to be healed (REPL-06)', async () => {
    const rig = createRig({ healMs: 60_000, healsOnlyLoss: true });
    await rig.supervisor.start();
    rig.isDown = true;
    rig.sessions[0]?.onLost('died');
    const waiting = rig.supervisor.callTool(call);
    await advance(rig);
    await expect(waiting).resolves.toMatchObject({ kind: 'not_ready', reason: 'down' });
    await rig.supervisor.close(0);
    expect(rig.clock.timers).toBe(0);
  });

  test('begins anew with each death, until the circuit opens (REPL-06, REPL-07)', async () => {
    const rig = createRig({ healMs: 5000, healsOnlyLoss: true });
    await rig.supervisor.start();
    for (let death = 1; death <= 4; death += 1) {
      rig.sessions.at(-1)?.onLost('died');
      const waiting = rig.supervisor.callTool(call);
      rig.outcomes.push(result);
      await advance(rig);
      await expect(waiting).resolves.toStrictEqual(result);
    }
    rig.sessions.at(-1)?.onLost('died');
    await expect(rig.supervisor.callTool(call)).resolves.toMatchObject({ kind: 'not_ready' });
    await rig.supervisor.close(0);
    expect(rig.clock.timers).toBe(0);
  });
});
