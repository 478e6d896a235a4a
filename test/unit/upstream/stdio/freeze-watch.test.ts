import { afterEach, describe, expect, test } from 'vitest';
import { PendingCall } from '../../../../src/upstream/calls/pending-call.ts';
import { FreezeWatch } from '../../../../src/upstream/stdio/freeze-watch.ts';
import { createManualClock } from '../../../fixtures/manual-clock.ts';
import {
  createScripted,
  isAlive,
  until,
  type ScriptedUpstream,
} from '../../../fixtures/scripted-upstream.ts';
import { tick } from '../../../fixtures/supervisor-rig.ts';

interface Rig {
  readonly clock: ReturnType<typeof createManualClock>;
  readonly watch: FreezeWatch;
  /** Signs of life so far. */
  signs: number;
  /** Ids of calls that wait. */
  waiting: number[];
  readonly pings: ((isAnswered: boolean) => void)[];
  readonly frozen: string[];
  /** Calls `id` and gives it up `ms` later. */
  giveUp(id: number, ms?: number, hasGone?: boolean): void;
}

function createRig(): Rig {
  const clock = createManualClock();
  const rig: Rig = {
    clock,
    signs: 0,
    waiting: [],
    pings: [],
    frozen: [],
    watch: new FreezeWatch(
      clock,
      {},
      {
        signsOfLife: () => rig.signs,
        waitingIds: () => rig.waiting,
        ping: () => new Promise((resolve) => rig.pings.push(resolve)),
        onFrozen: (reason) => rig.frozen.push(reason),
      },
    ),
    giveUp(id, ms = 1000, hasGone = false) {
      const signal = { aborted: hasGone, addEventListener: () => {}, removeEventListener: () => {} };
      const call = { tool: 't', argumentsJson: '{}', timeoutMs: 1000, signal };
      const pending = new PendingCall(
        call,
        () => {},
        () => {},
      );
      pending.id = id;
      pending.sentAt = clock.now();
      clock.advance(ms);
      rig.watch.givenUp(pending);
    },
  };
  return rig;
}

describe('a server that says nothing', () => {
  test('is frozen when three calls in a row get no answer, nor a ping in ten seconds (REPL-09)', async () => {
    const rig = createRig();
    rig.giveUp(1);
    rig.giveUp(2);
    expect(rig.pings).toHaveLength(0);
    rig.giveUp(3);
    rig.giveUp(4);
    expect(rig.pings).toHaveLength(1);
    rig.pings[0]?.(false);
    await tick();
    rig.clock.advance(10_000);
    await tick();
    expect(rig.frozen).toStrictEqual([
      'the server was frozen: 4 calls in a row got no answer, nor did a ping within 10 s',
    ]);
    expect(rig.clock.timers).toBe(0);
  });

  test('has its ten seconds also when the ping could not be sent', async () => {
    const rig = createRig();
    for (const id of [1, 2, 3]) rig.giveUp(id);
    rig.pings[0]?.(false);
    await tick();
    rig.clock.advance(9999);
    await tick();
    expect(rig.frozen).toHaveLength(0);
    rig.clock.advance(1);
    await tick();
    expect(rig.frozen).toHaveLength(1);
  });

  test('is slow when it answers the ping, or says anything meanwhile (REPL-10)', async () => {
    const rig = createRig();
    for (const id of [1, 2, 3]) rig.giveUp(id);
    rig.pings[0]?.(true);
    await tick();
    for (const id of [4, 5, 6]) rig.giveUp(id);
    expect(rig.pings).toHaveLength(2);
    rig.signs += 1;
    rig.pings[1]?.(false);
    await tick();
    rig.clock.advance(10_000);
    await tick();
    expect(rig.frozen).toHaveLength(0);
  });

  test('is not asked when it said something between the calls (REPL-10)', () => {
    const rig = createRig();
    for (const id of [1, 2, 3, 4, 5]) {
      rig.giveUp(id);
      if (id % 2 === 0) rig.signs += 1;
    }
    expect(rig.pings).toHaveLength(0);
  });

  test('is not asked while an older call is within its deadline: it may be busy with that (REPL-10)', () => {
    const rig = createRig();
    rig.waiting = [1];
    for (const id of [2, 3, 4, 5]) rig.giveUp(id);
    expect(rig.pings).toHaveLength(0);
    rig.waiting = [7];
    rig.giveUp(1);
    expect(rig.pings).toHaveLength(1);
  });

  test('is not judged by callers who left early, but by those who waited (REPL-10)', () => {
    const rig = createRig();
    for (const id of [1, 2, 3]) rig.giveUp(id, 9999, true);
    expect(rig.pings).toHaveLength(0);
    for (const id of [4, 5, 6]) rig.giveUp(id, 10_000, true);
    expect(rig.pings).toHaveLength(1);
  });

  test('is not judged after the connection is over', async () => {
    const rig = createRig();
    for (const id of [1, 2, 3]) rig.giveUp(id);
    rig.watch.stop();
    rig.pings[0]?.(false);
    await tick();
    expect([rig.frozen, rig.clock.timers]).toStrictEqual([[], 0]);
  });
});

describe.skipIf(process.platform === 'win32')('a child that is stopped', () => {
  let scripted: ScriptedUpstream;
  afterEach(() => scripted.upstream.close(2000));
  const start = async (): Promise<number> => {
    scripted = createScripted([], { recovery: { freeze: { pingMs: 300 } } });
    await scripted.upstream.start();
    return (await scripted.facts()).pid;
  };

  test('is killed and restarted; its calls are lost (REPL-09)', async () => {
    const pid = await start();
    process.kill(pid, 'SIGSTOP');
    const timedOut = [1, 2, 3].map(() => scripted.call('echo', {}, { timeoutMs: 100 }));
    const younger = scripted.call('echo');
    for (const outcome of await Promise.all(timedOut)) expect(outcome).toMatchObject({ kind: 'timeout' });
    await expect(younger).resolves.toMatchObject({
      kind: 'lost',
      reason: expect.stringContaining('the server was frozen'),
    });
    await until(() => scripted.upstream.state.kind === 'ready');
    expect([isAlive(pid), scripted.upstream.restarts]).toStrictEqual([false, 1]);
    await expect(scripted.text('echo', { a: 1 })).resolves.toBe('{"a":1}');
  });

  test('is left alone when it goes on in time (REPL-10)', async () => {
    const pid = await start();
    process.kill(pid, 'SIGSTOP');
    const timedOut = [1, 2, 3].map(() => scripted.call('echo', {}, { timeoutMs: 50 }));
    await Promise.all(timedOut);
    process.kill(pid, 'SIGCONT');
    await expect(scripted.text('sleep', { ms: 600 })).resolves.toContain('600');
    expect([isAlive(pid), scripted.upstream.restarts]).toStrictEqual([true, 0]);
  });
});
