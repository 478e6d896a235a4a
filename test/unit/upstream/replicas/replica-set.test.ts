import { afterEach, describe, expect, test } from 'vitest';
import type { Tool } from '../../../../src/tool.ts';
import type { CallOutcome, ToolCall } from '../../../../src/upstream/upstream.ts';
import { createReplicaRig, type ReplicaRig } from '../../../fixtures/replica-rig.ts';
import { tick } from '../../../fixtures/supervisor-rig.ts';

let rig: ReplicaRig;
afterEach(async () => {
  await rig.set.close(0);
  // oxlint-disable-next-line vitest/no-standalone-expect -- of every test
  expect(rig.clock.timers).toBe(0);
});

async function startRig(options?: Parameters<typeof createReplicaRig>[0]): Promise<void> {
  rig = createReplicaRig(options);
  await rig.set.start();
  await tick();
}

async function call(index: number, isRepeatable = false, more: Partial<ToolCall> = {}): Promise<CallOutcome> {
  return await rig.set.callTool({
    tool: 't',
    argumentsJson: String(index),
    timeoutMs: 600_000,
    isRepeatable,
    ...more,
  });
}

async function pass(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 250) {
    rig.clock.advance(250);
    await tick();
  }
}

const counts = (): readonly number[] => rig.servers.map(({ calls }) => calls.size);
const server = (index: number): ReplicaRig['servers'][number] => {
  const found = rig.servers[index];
  if (found === undefined) throw new Error(`there is no replica ${index}`);
  return found;
};

describe('replicas of a server', () => {
  test('are started once the first is ready, and are ready with it (REPL-02)', async () => {
    rig = createReplicaRig({ mode: 'manual' });
    const started = rig.set.start('retry');
    await tick();
    expect([rig.servers.length, rig.set.state.kind]).toStrictEqual([1, 'connecting']);
    server(0).attempt?.open();
    await started;
    expect([rig.servers.length, rig.set.state.kind]).toStrictEqual([3, 'ready']);
    expect(rig.set.replicas).toStrictEqual({ ready: 1, total: 3 });
    server(1).attempt?.open();
    server(2).attempt?.open();
    await tick();
    expect(rig.set.replicas).toStrictEqual({ ready: 3, total: 3 });
  });

  test('are none when the first cannot be started', async () => {
    rig = createReplicaRig({ mode: 'down' });
    await expect(rig.set.start()).rejects.toThrow('failed');
    expect([rig.servers.length, rig.set.state.kind]).toStrictEqual([1, 'closed']);
  });

  test('get each call where the fewest are, in turns among equals (REPL-01)', async () => {
    await startRig({ maxInFlight: 10 });
    for (let index = 0; index < 6; index += 1) void call(index);
    expect(counts()).toStrictEqual([2, 2, 2]);
    server(1).answerAll();
    await tick();
    void call(6);
    void call(7);
    expect(counts()).toStrictEqual([2, 2, 2]);
    for (const each of rig.servers) each.answerAll();
    await tick();
    const used = new Set<number>();
    for (let index = 0; index < 3; index += 1) {
      const done = call(index);
      used.add(counts().indexOf(1));
      for (const each of rig.servers) each.answerAll();
      await done;
    }
    expect(used.size).toBe(3);
  });

  test('lose their own calls alone when they die, and the others go on (REPL-02)', async () => {
    await startRig();
    const calls = [0, 1, 2].map((index) => call(index));
    rig.mode = 'down';
    server(1).die();
    expect([rig.set.state.kind, rig.set.replicas]).toStrictEqual(['ready', { ready: 2, total: 3 }]);
    for (const each of rig.servers) each.answerAll();
    const kinds = (await Promise.all(calls)).map(({ kind }) => kind);
    expect(kinds.toSorted()).toStrictEqual(['lost', 'result', 'result']);
    for (let index = 0; index < 4; index += 1) void call(index);
    expect(counts()).toStrictEqual([2, 0, 2]);
    rig.mode = 'up';
    await pass(1000);
    expect([rig.set.replicas, rig.set.restarts]).toMatchObject([{ ready: 3, total: 3 }, expect.any(Number)]);
  });

  test('take over, at once, calls of one that died: unsent ones, and sent ones that are repeatable (REPL-03)', async () => {
    await startRig({ policy: { min: 2, max: 2 }, maxInFlight: 1 });
    const calls = [call(0, true), call(1), call(2), call(3)];
    expect(counts()).toStrictEqual([1, 1]);
    const [first, other] = server(0).calls.values().next().value === '0' ? [0, 1] : [1, 0];
    server(first).die();
    await tick();
    for (let round = 0; round < 4; round += 1) {
      server(other).answerAll();
      await tick();
    }
    const outcomes = await Promise.all(calls);
    expect(outcomes.map((outcome) => outcome.kind)).toStrictEqual(['result', 'result', 'result', 'result']);
  });

  test('send a repeatable call twice at the most (REPL-03)', async () => {
    await startRig();
    const sent = call(7, true);
    for (let round = 0; round < 2; round += 1) {
      rig.servers.find(({ calls }) => calls.size > 0)?.die();
      await tick();
    }
    await expect(sent).resolves.toStrictEqual({ kind: 'lost', reason: 'died' });
  });

  test('are waited for when all of them died, until an attempt fails (REPL-06)', async () => {
    await startRig({ policy: { min: 2, max: 2 } });
    for (const each of rig.servers) each.die();
    expect(rig.set.state).toMatchObject({ kind: 'restarting', reason: 'died' });
    const waiting = call(1);
    await pass(250);
    for (const each of rig.servers) each.answerAll();
    await expect(waiting).resolves.toMatchObject({ kind: 'result' });
    rig.mode = 'down';
    for (const each of rig.servers) each.die();
    const inVain = call(2);
    await pass(500);
    await expect(inVain).resolves.toMatchObject({ kind: 'not_ready', reason: 'failed' });
  });

  test('refuse calls at once when each keeps dying (REPL-07)', async () => {
    await startRig({ policy: { min: 2, max: 2 } });
    rig.mode = 'down';
    for (const each of rig.servers) each.die();
    expect(rig.set.circuit).toBe('closed');
    await pass(8000);
    expect(rig.set.circuit).toBe('open');
    await expect(call(1, true)).resolves.toMatchObject({ kind: 'not_ready' });
    rig.mode = 'up';
    await pass(40_000);
    expect([rig.set.circuit, rig.set.state.kind]).toStrictEqual(['closed', 'ready']);
  });
});

async function settles(): Promise<void> {
  for (const each of rig.servers) each.answerAll();
  await tick();
}

describe('calls that wait for replicas', () => {
  const one = { maxInFlight: 1 };

  test('go to whichever has room first, none to one that is busy (REPL-01)', async () => {
    await startRig(one);
    const long = call(0);
    const busy = rig.servers.find(({ calls }) => calls.size > 0);
    const short = Array.from({ length: 20 }, async (_, index) => await call(index + 1));
    expect(rig.set.traffic).toMatchObject({ queued: 18, window: 3 });
    for (let round = 0; round < 10; round += 1) {
      expect(counts()).toStrictEqual([1, 1, 1]);
      for (const each of rig.servers) if (each !== busy) each.answerAll();
      await tick();
    }
    for (const outcome of await Promise.all(short)) expect(outcome.kind).toBe('result');
    busy?.answerAll();
    await expect(long).resolves.toMatchObject({ kind: 'result' });
  });

  test('go to one that was started again (REPL-01)', async () => {
    await startRig(one);
    const calls = [0, 1, 2, 3, 4].map((index) => call(index));
    rig.mode = 'manual';
    server(1).die();
    await pass(250);
    expect(counts()).toStrictEqual([1, 0, 1]);
    server(1).attempt?.open();
    await tick();
    expect(counts()).toStrictEqual([1, 1, 1]);
    await settles();
    await settles();
    const kinds = (await Promise.all(calls)).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'result')).toHaveLength(4);
  });

  test('go to no replica that does not read, until it does (REPL-01)', async () => {
    await startRig({ ...one, policy: { min: 2, max: 2 } });
    server(0).block(true);
    for (let index = 0; index < 3; index += 1) void call(index);
    expect([counts(), rig.set.traffic.queued]).toStrictEqual([[0, 1], 2]);
    server(0).block(false);
    expect([counts(), rig.set.traffic.queued]).toStrictEqual([[1, 1], 1]);
  });

  test('have one queue, in turns, of as many places as one server has (FLOW-01, FLOW-02, FLOW-03)', async () => {
    await startRig({ ...one, policy: { min: 2, max: 2 }, maxQueue: 3 });
    const sent: string[] = [];
    rig.onSent = (args) => sent.push(args);
    const anna = { client: { identify: () => 'anna' } };
    const ben = { client: { identify: () => 'ben' } };
    const calls = [0, 1, 2, 3, 4].map((index) => call(index, false, anna));
    const next = call(5, false, ben);
    await expect(calls[4]).resolves.toMatchObject({ kind: 'overloaded' });
    await expect(call(6, false, anna)).resolves.toMatchObject({ kind: 'overloaded' });
    for (let round = 0; round < 3; round += 1) await settles();
    await Promise.all([...calls, next]);
    expect(sent).toStrictEqual(['0', '1', '2', '5', '3']);
  });

  test('have the time from when they came, and end when their callers go (FLOW-07, FLOW-10)', async () => {
    await startRig({ ...one, policy: { min: 2, max: 2 } });
    const gone = new AbortController();
    const [first, second, late, unsent, left] = [
      call(0),
      call(1),
      call(2, false, { timeoutMs: 2000 }),
      call(3, false, { timeoutMs: 2000 }),
      call(4, false, { signal: gone.signal }),
    ];
    await pass(1500);
    server(0).answerAll();
    await tick();
    gone.abort();
    await expect(left).resolves.toStrictEqual({ kind: 'cancelled' });
    rig.clock.advance(499);
    expect([rig.set.inFlight, rig.set.traffic.queued]).toStrictEqual([2, 1]);
    rig.clock.advance(1);
    await expect(late).resolves.toStrictEqual({ kind: 'timeout' });
    await expect(unsent).resolves.toMatchObject({ kind: 'overloaded', after: 'waiting' });
    server(1).answerAll();
    await Promise.all([first, second]);
  });

  test('wait for a restart when none is left, and then are dealt out anew (REPL-06)', async () => {
    await startRig({ ...one, policy: { min: 2, max: 2 } });
    const calls = [0, 1, 2, 3].map((index) => call(index));
    for (const each of rig.servers) each.die();
    await pass(250);
    expect(counts()).toStrictEqual([1, 1]);
    await settles();
    const kinds = (await Promise.all(calls)).map(({ kind }) => kind);
    expect(kinds).toStrictEqual(['lost', 'lost', 'result', 'result']);
  });

  test('are not ready when the set is closed', async () => {
    await startRig({ ...one, policy: { min: 2, max: 2 } });
    const calls = [0, 1, 2].map((index) => call(index));
    await rig.set.close(0);
    await expect(calls[2]).resolves.toMatchObject({ kind: 'not_ready' });
  });
});

const tools = (...names: readonly string[]): readonly Tool[] =>
  names.map((name) => ({ name, inputSchema: { type: 'object' } }));
const served = (): readonly string[] => rig.set.catalog?.tools.map(({ name }) => name) ?? [];
const warnings = (): readonly object[] =>
  rig.logger.lines.filter(({ message }) => message.includes('other tools')).map(({ fields }) => fields);

describe('the listing of a set of replicas', () => {
  test('stays the same object when another replica with the same tools becomes the first (REPL-04)', async () => {
    await startRig();
    const { catalog } = rig.set;
    server(0).die();
    await tick();
    expect(rig.set.catalog).toBe(catalog);
    expect(warnings()).toStrictEqual([]);
  });

  test('is that of the first that is ready; what differs is logged once (REPL-04)', async () => {
    rig = createReplicaRig({ mode: 'manual' });
    const started = rig.set.start('retry');
    await tick();
    server(0).attempt?.open();
    await started;
    server(1).tools = tools('t', 'u');
    server(1).attempt?.open();
    await tick();
    expect(served()).toStrictEqual(['t']);
    expect(warnings()).toStrictEqual([{ replica: 2, missing: [], added: ['u'], changed: [] }]);
    server(2).attempt?.open();
    await tick();
    expect(warnings()).toHaveLength(1);
    server(0).die();
    expect(served()).toStrictEqual(['t', 'u']);
  });

  test('is asked for everywhere when one announces a change (REPL-04)', async () => {
    await startRig();
    let changes = 0;
    rig.set.onChange(() => (changes += 1));
    const next = tools('t', 'new');
    for (const each of rig.servers) each.tools = next;
    server(2).change(next);
    await tick();
    expect(rig.servers.map(({ refreshes }) => refreshes > 0)).toStrictEqual([true, true, false]);
    expect(served()).toStrictEqual(['t', 'new']);
    expect(changes).toBeGreaterThan(0);
    expect(warnings()).toStrictEqual([]);
  });
});

const total = (): number | undefined => rig.set.replicas?.total;

describe('the number of replicas', () => {
  const options = { policy: { min: 1, max: 3 }, maxInFlight: 10 };
  test('grows while all are saturated, one at a time, up to the maximum (REPL-05)', async () => {
    await startRig(options);
    for (let index = 0; index < 8; index += 1) void call(index);
    await pass(2000);
    expect(total()).toBe(1);
    await pass(1000);
    expect(total()).toBe(2);
    for (let index = 0; index < 8; index += 1) void call(index);
    await pass(3000);
    expect(total()).toBe(3);
    for (let index = 0; index < 40; index += 1) void call(index);
    await pass(10_000);
    expect(total()).toBe(3);
  });

  test('grows while calls wait, and those go to the new ones (REPL-05)', async () => {
    await startRig({ policy: { min: 1, max: 4 }, maxInFlight: 4 });
    const calls = Array.from({ length: 100 }, async (_, index) => await call(index));
    for (const replicas of [2, 3, 4]) {
      await pass(3000);
      expect(counts()).toStrictEqual(Array.from({ length: replicas }, () => 4));
    }
    for (let round = 0; round < 7; round += 1) {
      for (const each of rig.servers) each.answerAll();
      await tick();
    }
    for (const outcome of await Promise.all(calls)) expect(outcome.kind).toBe('result');
  });

  test('stays when the load is short, or another is still starting (REPL-05)', async () => {
    await startRig(options);
    for (let index = 0; index < 8; index += 1) void call(index);
    await pass(2000);
    server(0).answerAll();
    await pass(3000);
    expect(total()).toBe(1);
    for (let index = 0; index < 16; index += 1) void call(index);
    rig.mode = 'manual';
    await pass(10_000);
    expect(rig.set.replicas).toStrictEqual({ ready: 1, total: 2 });
  });

  test('shrinks after a minute without need, and lets calls finish first (REPL-05)', async () => {
    await startRig(options);
    const first = Array.from({ length: 8 }, async (_, index) => await call(index));
    await pass(3000);
    const last = call(8);
    expect(counts()).toStrictEqual([8, 1]);
    server(0).answerAll();
    await Promise.all(first);
    // Half of what one takes: no less would do.
    const others = [9, 10, 11, 12].map((index) => call(index));
    await pass(61_000);
    expect(total()).toBe(2);
    server(0).answerAll();
    await pass(61_000);
    expect([total(), server(1).isRunning]).toStrictEqual([1, true]);
    server(1).answerAll();
    await expect(last).resolves.toMatchObject({ kind: 'result' });
    await tick();
    expect(server(1).isRunning).toBe(false);
    await Promise.all(others);
  });
});

describe('a rolling restart', () => {
  test('replaces one at a time, starts the new before it ends the old, and loses no call (REPL-11)', async () => {
    await startRig();
    const calls = [0, 1, 2].map((index) => call(index));
    rig.mode = 'manual';
    const rolled = rig.set.restart?.();
    expect(rig.set.restart?.()).toBe(rolled);
    for (let index = 0; index < 3; index += 1) {
      await tick();
      expect([rig.servers.length, rig.set.replicas]).toStrictEqual([4 + index, { ready: 3, total: 4 }]);
      server(3 + index).attempt?.open();
      await tick();
      expect([server(index).isRunning, server(index).calls.size]).toStrictEqual([true, 1]);
      server(index).answerAll();
      await tick();
      expect(server(index).isRunning).toBe(false);
    }
    await rolled;
    for (const outcome of await Promise.all(calls)) expect(outcome.kind).toBe('result');
    expect(rig.set.replicas).toStrictEqual({ ready: 3, total: 3 });
  });

  test('ends with the first that cannot be started, and leaves the old ones (REPL-11)', async () => {
    await startRig();
    rig.mode = 'down';
    await rig.set.restart?.();
    expect(rig.set.replicas).toStrictEqual({ ready: 3, total: 3 });
    expect(rig.logger.lines.at(-1)).toMatchObject({ level: 'error' });
  });
});
