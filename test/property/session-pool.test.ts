import { getEventListeners } from 'node:events';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CallOutcome } from '../../src/upstream/upstream.ts';
import { createUserWorld, settled, type UserWorld } from '../fixtures/user-world.ts';

const users = ['ada', 'bob', 'cleo', 'dan', 'eve'] as const;

type Step =
  | {
      readonly kind: 'call';
      readonly user: string;
      readonly timeoutMs: number;
      readonly isRepeatable: boolean;
    }
  | { readonly kind: 'advance'; readonly ms: number }
  | { readonly kind: 'abort' | 'open' | 'fail' | 'answer' | 'crash'; readonly which: number };

const onSome = (kind: 'abort' | 'open' | 'fail' | 'answer' | 'crash'): fc.Arbitrary<Step> =>
  fc.record({ kind: fc.constant(kind), which: fc.nat(20) });

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('call' as const),
      user: fc.constantFrom(...users),
      timeoutMs: fc.constantFrom(100, 1_000, 5_000),
      isRepeatable: fc.boolean(),
    }),
  },
  { weight: 5, arbitrary: onSome('open') },
  { weight: 4, arbitrary: onSome('answer') },
  { weight: 1, arbitrary: onSome('fail') },
  { weight: 1, arbitrary: onSome('crash') },
  { weight: 1, arbitrary: onSome('abort') },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('advance' as const), ms: fc.nat(700) }) },
);

interface Call {
  readonly user: string;
  readonly abort: AbortController;
  readonly outcomes: CallOutcome[];
}

function run(world: UserWorld, calls: Call[], next: Step): void {
  switch (next.kind) {
    case 'call': {
      const call: Call = { user: next.user, abort: new AbortController(), outcomes: [] };
      calls.push(call);
      const { user, timeoutMs, isRepeatable } = next;
      void observe(call, world.callAs(user, { timeoutMs, isRepeatable, signal: call.abort.signal }));
      return;
    }
    case 'advance':
      world.clock.advance(next.ms);
      return;
    case 'abort':
      calls[next.which]?.abort.abort();
      return;
    default: {
      const upstream = world.running[next.which % Math.max(1, world.running.length)];
      if (next.kind === 'open') upstream?.finishStart();
      else if (next.kind === 'fail') upstream?.failStart('failed');
      else if (next.kind === 'answer') upstream?.answer();
      else upstream?.crash(200);
    }
  }
}

async function observe(call: Call, outcome: Promise<CallOutcome>): Promise<void> {
  call.outcomes.push(await outcome);
}

/** True when the call has settled once, and an answer is from the session of its own user. */
function isTruth({ user, abort, outcomes }: Call): boolean {
  const [outcome, ...more] = outcomes;
  if (outcome === undefined || more.length > 0) return false;
  if (outcome.kind === 'result') return outcome.resultJson.toString() === user;
  if (outcome.kind === 'cancelled') return abort.signal.aborted;
  return outcome.kind !== 'no_session_key';
}

describe('a pool of sessions', () => {
  test('in any interleaving it keeps its bound, tells users apart, answers every call once, and ends all (SESS-03, SESS-04)', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 100 }),
        fc.integer({ min: 1, max: 3 }),
        fc.constantFrom(0, 300),
        async (steps, max, endMs) => {
          const world = createUserWorld({ max, endMs, idleTimeoutMs: 500 });
          const calls: Call[] = [];
          for (const next of steps) {
            run(world, calls, next);
            expect(world.running.length).toBeLessThanOrEqual(max);
            await settled();
            expect(world.running.length).toBeLessThanOrEqual(max);
            expect(world.pool.sessions).toBeLessThanOrEqual(max);
          }
          for (const { user, calls: received } of world.upstreams) {
            for (const { callerHeaders } of received) {
              expect(callerHeaders?.['x-user-id']).toBe(user?.origin.headers?.['x-user-id']);
            }
          }
          const closed = world.pool.close(100);
          await settled();
          world.clock.advance(100);
          await closed;
          await settled();
          expect(calls.filter((call) => !isTruth(call))).toEqual([]);
          for (const { abort } of calls) expect(getEventListeners(abort.signal, 'abort')).toHaveLength(0);
          expect([world.running.length, world.listing.isRunning]).toEqual([0, false]);
          // The deadline of a call that is over may still be due; it is the last of it.
          world.clock.advance(1_000);
          await settled();
          expect([world.pool.inFlight, world.pool.sessions, world.clock.timers]).toEqual([0, 0, 0]);
        },
      ),
      { numRuns: 400 },
    );
  });
});
