import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { AnswerStore } from '../../src/gateway/idempotency/answer-store.ts';
import { createDeferred, type Deferred } from '../fixtures/deferred.ts';
import { createManualClock } from '../fixtures/manual-clock.ts';

const ttlMs = 1_000;
const limits = { maxEntries: 4, maxBytes: 60, maxAnswerBytes: 40 };

/** One call that was made, and how it is to end. */
interface Made {
  readonly key: string;
  readonly fingerprint: string;
  readonly settle: Deferred<Answer>;
  endedAt?: number;
  end?: 'kept' | 'unsent' | 'rejected';
}

interface Answer {
  readonly from: Made;
  /** Undefined: never sent. */
  readonly bytes: number | undefined;
}

type Step =
  | { readonly kind: 'ask'; readonly key: string; readonly fingerprint: string }
  | { readonly kind: 'answer'; readonly which: number; readonly bytes: number }
  | { readonly kind: 'unsent' | 'rejected'; readonly which: number }
  | { readonly kind: 'advance'; readonly ms: number };

const onSome = <Kind extends string>(kind: Kind): fc.Arbitrary<{ kind: Kind; which: number }> =>
  fc.record({ kind: fc.constant(kind), which: fc.nat(6) });

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('ask' as const),
      key: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
      fingerprint: fc.constantFrom('one', 'one', 'one', 'two'),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('answer' as const), which: fc.nat(6), bytes: fc.nat(50) }),
  },
  { weight: 1, arbitrary: onSome('unsent') },
  { weight: 1, arbitrary: onSome('rejected') },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('advance' as const), ms: fc.constantFrom(1, 499, 999, 1_000) }),
  },
);

/** A store under test, and what has been seen of it that may not be. */
class World {
  readonly clock = createManualClock();
  readonly store = new AnswerStore<Answer>({
    ttlMs,
    clock: this.clock,
    sizeOf: ({ bytes }) => bytes,
    toKept: (answer) => ({ ...answer }),
    ...limits,
  });
  readonly made: Made[] = [];
  readonly faults: string[] = [];

  get running(): readonly Made[] {
    return this.made.filter(({ end }) => end === undefined);
  }

  async run(step: Step): Promise<void> {
    switch (step.kind) {
      case 'ask':
        await this.#ask(step.key, step.fingerprint);
        break;
      case 'advance':
        this.clock.advance(step.ms);
        break;
      case 'answer':
        this.end(this.#some(step.which), 'kept', step.bytes);
        break;
      case 'unsent':
      case 'rejected':
        this.end(this.#some(step.which), step.kind);
    }
    await turn();
    const { store, running, clock } = this;
    this.#demand('the bound on keys', store.size <= limits.maxEntries);
    this.#demand('the bound on memory', store.bytes <= limits.maxBytes);
    this.#demand('one timer, for answers', clock.timers === (store.size > running.length ? 1 : 0));
  }

  end(call: Made | undefined, end: 'kept' | 'unsent' | 'rejected', bytes?: number): void {
    if (call === undefined) return;
    call.end = end;
    call.endedAt = this.clock.now();
    if (end === 'rejected') call.settle.reject(new Error('a defect'));
    else call.settle.resolve({ from: call, bytes });
  }

  #some(which: number): Made | undefined {
    const { running } = this;
    return running[which % running.length];
  }

  async #ask(key: string, fingerprint: string): Promise<void> {
    const own: Made = { key, fingerprint, settle: createDeferred<Answer>() };
    const before = this.made.findLast((call) => call.key === key);
    const inFlight = before !== undefined && before.end === undefined ? before : undefined;
    const asked = this.store.ask(key, fingerprint, () => {
      this.made.push(own);
      return own.settle.promise;
    });
    await turn();
    this.#demand('a call for the first alone', this.made.includes(own) === (asked.kind === 'first'));
    if (inFlight !== undefined) {
      const isSame = inFlight.fingerprint === fingerprint;
      this.#demand('no second call', asked.kind === (isSame ? 'repeated' : 'other_request'));
    }
    if (asked.kind === 'full') this.#demand('room', this.running.length === limits.maxEntries);
    const isKept = before?.end === 'kept' && this.clock.now() - (before.endedAt ?? -Infinity) < ttlMs;
    if (isKept && this.made.length <= limits.maxEntries)
      this.#demand('nothing forgotten early', asked.kind !== 'first');
    if (asked.kind !== 'first' && asked.kind !== 'repeated') return;
    const wanted = asked.kind === 'first' ? own : before;
    this.#demand('the answer to the same request', wanted?.fingerprint === fingerprint);
    if (asked.kind === 'repeated' && inFlight === undefined) {
      this.#demand('an answer to keep, in its time', isKept);
    }
    asked.answer.then(
      ({ from }) => this.#demand('the answer of the first', from === wanted),
      () => this.#demand('its failure', wanted?.end === 'rejected'),
    );
  }

  #demand(what: string, isMet: boolean): void {
    if (!isMet) this.faults.push(what);
  }
}

/** Lets what has been settled reach those who wait. */
async function turn(): Promise<void> {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
}

test('whatever comes in whatever order: one call a key, one answer for all who wait, and bounded memory (IDEM-02, IDEM-07)', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyStep, { minLength: 10, maxLength: 80 }), async (steps) => {
      const world = new World();
      for (const next of steps) await world.run(next);
      for (const call of world.running) world.end(call, 'kept', 1);
      await turn();
      world.clock.advance(ttlMs);
      const { store, clock } = world;
      expect(world.faults).toEqual([]);
      expect([store.size, store.bytes, clock.timers]).toEqual([0, 0, 0]);
    }),
    { numRuns: 300 },
  );
});
