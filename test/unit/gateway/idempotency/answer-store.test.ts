import { array, assert, asyncProperty, constantFrom, integer, nat, record } from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import {
  AnswerStore,
  type AnswerStoreOptions,
  type Asked,
} from '../../../../src/gateway/idempotency/answer-store.ts';
import { createDeferred } from '../../../fixtures/deferred.ts';
import { createManualClock, type ManualClock } from '../../../fixtures/manual-clock.ts';

const ttlMs = 1_000;

interface World {
  readonly clock: ManualClock;
  readonly store: AnswerStore<string>;
}

/** Answers are texts that take a byte a character; those that begin with `!` are not kept. */
function createStore(options: Partial<AnswerStoreOptions<string>> = {}): World {
  const clock = createManualClock();
  const store = new AnswerStore<string>({
    ttlMs,
    clock,
    sizeOf: (answer) => (answer.startsWith('!') ? undefined : answer.length),
    toKept: (answer) => answer,
    ...options,
  });
  return { clock, store };
}

async function ask(
  { store }: World,
  key: string,
  fingerprint: string,
  answer: string,
): Promise<[string, string?]> {
  const asked = store.ask(key, fingerprint, () => Promise.resolve(answer));
  return 'answer' in asked ? [asked.kind, await asked.answer] : [asked.kind];
}

/** The answer that was promised; rejects where none was. */
async function answerOf(asked: Asked<string>): Promise<string> {
  if (!('answer' in asked)) throw new Error(`it is ${asked.kind}`);
  return await asked.answer;
}

function bytesOf(known: readonly { readonly answer: string; readonly isHeld: boolean }[]): number {
  return known.reduce((sum, { answer, isHeld }) => sum + (isHeld ? answer.length : 0), 0);
}

describe('an answer store', () => {
  test('calls once for a key and repeats the answer', async () => {
    const world = createStore();
    expect(await ask(world, 'k', 'f', 'one')).toEqual(['first', 'one']);
    expect(await ask(world, 'k', 'f', 'two')).toEqual(['repeated', 'one']);
    expect(await ask(world, 'l', 'f', 'three')).toEqual(['first', 'three']);
  });

  test('lets who asks meanwhile wait for the same answer', async () => {
    const { store } = createStore();
    const call = createDeferred<string>();
    const asked = [1, 2, 3].map(() => store.ask('k', 'f', () => call.promise));
    expect(asked.map(({ kind }) => kind)).toEqual(['first', 'repeated', 'repeated']);
    call.resolve('one');
    expect(await Promise.all(asked.map(answerOf))).toEqual(['one', 'one', 'one']);
  });

  test('calls only after ask has returned', async () => {
    const { store } = createStore();
    const call = vi.fn<() => Promise<string>>(() => Promise.resolve('one'));
    const asked = store.ask('k', 'f', call);
    expect(call).not.toHaveBeenCalled();
    await answerOf(asked);
    expect(call).toHaveBeenCalledOnce();
  });

  test('refuses a key of another request, in flight and afterwards', async () => {
    const world = createStore();
    const asked = world.store.ask('k', 'f', () => Promise.resolve('one'));
    expect(await ask(world, 'k', 'g', 'two')).toEqual(['other_request']);
    await answerOf(asked);
    expect(await ask(world, 'k', 'g', 'two')).toEqual(['other_request']);
    expect(await ask(world, 'k', 'f', 'two')).toEqual(['repeated', 'one']);
  });

  test('keeps nothing of what was never sent, and gives it to those who waited', async () => {
    const world = createStore();
    const call = createDeferred<string>();
    const first = world.store.ask('k', 'f', () => call.promise);
    const second = world.store.ask('k', 'f', () => call.promise);
    call.resolve('!not ready');
    expect(await answerOf(first)).toBe('!not ready');
    expect(await answerOf(second)).toBe('!not ready');
    expect(world.store.size).toBe(0);
    expect(await ask(world, 'k', 'g', 'one')).toEqual(['first', 'one']);
  });

  test('keeps nothing of a call that throws, and throws it to those who waited', async () => {
    const world = createStore();
    const call = createDeferred<string>();
    const first = world.store.ask('k', 'f', () => call.promise);
    const second = world.store.ask('k', 'f', () => call.promise);
    call.reject(new Error('a defect'));
    await expect(answerOf(first)).rejects.toThrow('a defect');
    await expect(answerOf(second)).rejects.toThrow('a defect');
    expect(await ask(world, 'k', 'f', 'one')).toEqual(['first', 'one']);
  });

  test('forgets an answer after its time, counted from when it came, with one timer for all', async () => {
    const world = createStore();
    const { clock, store } = world;
    const call = createDeferred<string>();
    const slow = store.ask('slow', 'f', () => call.promise);
    await ask(world, 'k', 'f', 'one');
    expect(clock.timers).toBe(1);
    clock.advance(ttlMs - 1);
    await ask(world, 'l', 'f', 'two');
    expect(clock.timers).toBe(1);
    clock.advance(1);
    expect(store.size).toBe(2);
    expect(store.bytes).toBe(3);
    call.resolve('late');
    await answerOf(slow);
    clock.advance(ttlMs - 1);
    expect(await ask(world, 'slow', 'f', 'again')).toEqual(['repeated', 'late']);
    clock.advance(1);
    expect(await ask(world, 'slow', 'f', 'again')).toEqual(['first', 'again']);
    clock.advance(ttlMs);
    expect({ size: store.size, bytes: store.bytes, timers: clock.timers }).toEqual({
      size: 0,
      bytes: 0,
      timers: 0,
    });
  });

  test('forgets the oldest key for one more than it may have, but none in flight', async () => {
    const world = createStore({ maxEntries: 3 });
    const call = createDeferred<string>();
    world.store.ask('running', 'f', () => call.promise);
    for (const key of ['a', 'b', 'c', 'd']) await ask(world, key, 'f', key);
    expect(world.store.size).toBe(3);
    expect(await ask(world, 'd', 'f', 'x')).toEqual(['repeated', 'd']);
    expect(await ask(world, 'running', 'g', 'x')).toEqual(['other_request']);
    world.store.ask('running 2', 'f', () => call.promise);
    world.store.ask('running 3', 'f', () => call.promise);
    expect(await ask(world, 'e', 'f', 'x')).toEqual(['full']);
    call.resolve('done');
    await call.promise;
  });

  test('lets the oldest answers go for their memory, and remembers that they were given', async () => {
    const world = createStore({ maxBytes: 10, maxAnswerBytes: 6 });
    await ask(world, 'a', 'f', 'aaaa');
    await ask(world, 'b', 'f', 'bbbb');
    await ask(world, 'c', 'f', 'cccc');
    expect(world.store.bytes).toBe(8);
    expect(await ask(world, 'a', 'f', 'x')).toEqual(['let_go']);
    expect(await ask(world, 'a', 'g', 'x')).toEqual(['other_request']);
    expect(await ask(world, 'b', 'f', 'x')).toEqual(['repeated', 'bbbb']);
    world.clock.advance(ttlMs);
    expect(await ask(world, 'a', 'f', 'x')).toEqual(['first', 'x']);
  });

  test('keeps the newest within its bounds, whatever comes in which order', async () => {
    const step = record({
      key: integer({ min: 0, max: 12 }),
      size: nat(7),
      waitMs: constantFrom(0, 0, 300),
    });
    await assert(
      asyncProperty(array(step, { maxLength: 60 }), async (steps) => {
        const world = createStore({ maxEntries: 5, maxBytes: 12, maxAnswerBytes: 6 });
        let known: { key: string; answer: string; isHeld: boolean; expiresAt: number }[] = [];
        for (const { key: number, size, waitMs } of steps) {
          world.clock.advance(waitMs);
          const [now, key, answer] = [world.clock.now(), `k${number}`, 'x'.repeat(size)];
          known = known.filter(({ expiresAt }) => expiresAt > now);
          const before = known.find((one) => one.key === key);
          const asked = await ask(world, key, 'f', answer);
          const repeated = before?.isHeld === true ? ['repeated', before.answer] : ['let_go'];
          expect(asked).toEqual(before === undefined ? ['first', answer] : repeated);
          if (before === undefined) {
            if (known.length === 5) known.shift();
            known.push({ key, answer, isHeld: size <= 6, expiresAt: now + ttlMs });
            for (const one of known) if (bytesOf(known) > 12) one.isHeld = false;
          }
          expect([world.store.size, world.store.bytes]).toEqual([known.length, bytesOf(known)]);
        }
        world.store.clear();
        expect([world.store.size, world.store.bytes, world.clock.timers]).toEqual([0, 0, 0]);
      }),
    );
  });

  test('does not copy an answer that is too large to be kept', async () => {
    const toKept = vi.fn<(answer: string) => string>((answer) => answer);
    const world = createStore({ maxAnswerBytes: 6, toKept });
    expect(await ask(world, 'k', 'f', 'too large')).toEqual(['first', 'too large']);
    expect(toKept).not.toHaveBeenCalled();
    expect(world.store.bytes).toBe(0);
    expect(await ask(world, 'k', 'f', 'x')).toEqual(['let_go']);
  });

  test('forgets all and its timer when it is cleared, also what is in flight', async () => {
    const world = createStore();
    await ask(world, 'k', 'f', 'one');
    const call = createDeferred<string>();
    const old = world.store.ask('l', 'f', () => call.promise);
    world.store.clear();
    expect(world.clock.timers).toBe(0);
    const asked = world.store.ask('l', 'g', () => new Promise(() => {}));
    expect(asked.kind).toBe('first');
    call.resolve('old');
    expect(await answerOf(old)).toBe('old');
    expect(await ask(world, 'l', 'f', 'x')).toEqual(['other_request']);
    expect(world.store.size).toBe(1);
  });
});
