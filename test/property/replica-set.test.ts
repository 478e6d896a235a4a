import { getEventListeners } from 'node:events';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CallOutcome } from '../../src/upstream/upstream.ts';
import { createReplicaRig, type ReplicaServer } from '../fixtures/replica-rig.ts';

type Step =
  | { readonly kind: 'call'; readonly isRepeatable: boolean }
  | { readonly kind: 'answer' | 'die' | 'open' | 'fail' | 'abort'; readonly which: number }
  | { readonly kind: 'block'; readonly which: number; readonly isBlocked: boolean }
  | { readonly kind: 'advance'; readonly ms: number }
  | { readonly kind: 'restart' };

const at = (kind: 'answer' | 'die' | 'open' | 'fail' | 'abort'): fc.Arbitrary<Step> =>
  fc.record({ kind: fc.constant(kind), which: fc.nat(20) });

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('call' as const), isRepeatable: fc.boolean() }) },
  { weight: 5, arbitrary: at('answer') },
  { weight: 2, arbitrary: at('die') },
  { weight: 6, arbitrary: at('open') },
  { weight: 1, arbitrary: at('fail') },
  { weight: 1, arbitrary: at('abort') },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('block' as const), which: fc.nat(20), isBlocked: fc.boolean() }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('advance' as const), ms: fc.nat(2500) }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'restart' as const }) },
);

/** What became of one call. */
interface Caller {
  readonly isRepeatable: boolean;
  readonly abort: AbortController;
  readonly outcomes: CallOutcome[];
  readonly endsAt: number;
  sent: number;
  answered: number;
}

/** Callers of a set whose servers answer, die and come up as the steps say. */
class World {
  readonly rig = createReplicaRig({
    mode: 'manual',
    policy: { min: 2, max: 3 },
    maxInFlight: 2,
    maxQueue: 4,
  });
  readonly callers: Caller[] = [];
  /** Of live replicas' deaths: the calls that were with them. */
  readonly doomed = new Set<number>();
  isBlocked = false;

  constructor() {
    this.rig.onSent = (args) => {
      const caller = this.callers[Number(args)];
      if (caller === undefined || caller.answered > 0) throw new Error('sent again after its answer');
      if (caller.endsAt <= this.rig.clock.now()) throw new Error('sent when its time was over');
      caller.sent += 1;
    };
  }

  run(next: Step): void {
    switch (next.kind) {
      case 'call':
        this.#call(next.isRepeatable);
        break;
      case 'answer':
        this.#answer(this.#server(next.which, ({ calls }) => calls.size > 0));
        break;
      case 'die':
        this.#die(this.#server(next.which, ({ isRunning }) => isRunning));
        break;
      case 'open':
        this.#server(next.which, ({ attempt }) => attempt !== undefined)?.attempt?.open();
        break;
      case 'fail':
        this.#server(next.which, ({ attempt }) => attempt !== undefined)?.attempt?.fail();
        break;
      case 'abort':
        this.callers[next.which]?.abort.abort();
        break;
      case 'block':
        this.#server(next.which, () => true)?.block(next.isBlocked);
        this.isBlocked ||= next.isBlocked;
        break;
      case 'advance':
        this.rig.clock.advance(next.ms);
        break;
      case 'restart':
        if (this.rig.set.state.kind === 'ready') void this.rig.set.restart?.();
        break;
    }
  }

  #server(which: number, is: (server: ReplicaServer) => boolean): ReplicaServer | undefined {
    const fitting = this.rig.servers.filter(is);
    return fitting[which % Math.max(1, fitting.length)];
  }

  #answer(server: ReplicaServer | undefined): void {
    const [entry] = server?.calls ?? [];
    if (entry === undefined) return;
    const caller = this.callers[Number(entry[1])];
    if (caller !== undefined) caller.answered += 1;
    server?.answer(entry[0]);
  }

  #die(server: ReplicaServer | undefined): void {
    for (const args of server?.calls.values() ?? []) this.doomed.add(Number(args));
    server?.die();
  }

  #call(isRepeatable: boolean): void {
    const caller: Caller = {
      isRepeatable,
      abort: new AbortController(),
      outcomes: [],
      endsAt: this.rig.clock.now() + 5000,
      sent: 0,
      answered: 0,
    };
    const index = this.callers.push(caller) - 1;
    const call = {
      tool: 't',
      argumentsJson: String(index),
      timeoutMs: 5000,
      signal: caller.abort.signal,
      isRepeatable,
    };
    void this.rig.set.callTool(call).then((outcome) => caller.outcomes.push(outcome));
  }

  /** True when the one outcome of a call fits what became of it. */
  isTruth(index: number, isClosed: boolean): boolean {
    const caller = this.callers[index];
    const [outcome, ...more] = caller?.outcomes ?? [];
    if (caller === undefined || outcome === undefined || more.length > 0) return false;
    if (caller.sent > (caller.isRepeatable ? 2 : 1)) return false;
    switch (outcome.kind) {
      case 'result':
        return outcome.resultJson.toString() === String(index) && caller.answered === 1;
      case 'lost':
        return caller.sent > 0 && (this.doomed.has(index) || isClosed);
      case 'not_ready':
        return caller.sent === 0;
      case 'cancelled':
        return caller.abort.signal.aborted;
      case 'timeout':
        return caller.sent > 0;
      case 'overloaded':
        return caller.sent === 0;
      case 'error':
      case 'too_large':
      case 'no_session_key':
        return false;
    }
  }
}

describe('a set of replicas', () => {
  test('any interleaving of calls, answers, deaths, starts, restarts and time settles every call once, truly (REPL-02, REPL-03)', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 120 }), async (steps) => {
        const world = new World();
        const { set, servers, clock } = world.rig;
        const started = set.start('retry');
        for (const next of steps) {
          world.run(next);
          await new Promise(setImmediate);
          const running = servers.filter(({ isRunning }) => isRunning).length;
          // One that is retiring, or being proven, is no longer, or not yet, counted.
          expect(set.replicas?.ready).toBeLessThanOrEqual(running);
          expect(set.state.kind === 'ready').toBe((set.replicas?.ready ?? 0) > 0);
          expect(servers.filter(({ isRunning }) => isRunning).length).toBeLessThanOrEqual(5);
          // Nothing waits while one of them has room, and not without bound.
          const { queued, window } = set.traffic;
          expect(queued).toBeLessThanOrEqual(4);
          const isFull = world.isBlocked || set.inFlight >= window;
          expect(queued === 0 || (isFull && set.state.kind === 'ready')).toBe(true);
        }
        const early = world.callers.map(({ outcomes }) => outcomes.length > 0);
        await set.close(1000);
        await started;
        await new Promise(setImmediate);
        for (const [index, wasSettled] of early.entries())
          expect(world.isTruth(index, !wasSettled)).toBe(true);
        for (const { abort } of world.callers)
          expect(getEventListeners(abort.signal, 'abort')).toHaveLength(0);
        expect([set.inFlight, clock.timers]).toStrictEqual([0, 0]);
      }),
      { numRuns: 200 },
    );
  });
});
