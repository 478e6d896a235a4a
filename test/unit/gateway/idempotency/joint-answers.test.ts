import { expect, test } from 'vitest';
import {
  JointAnswers,
  type KeyClaim,
  type KeyOutcome,
} from '../../../../src/gateway/idempotency/joint-answers.ts';
import { createManualClock, type ManualClock } from '../../../fixtures/manual-clock.ts';

const answered: KeyOutcome = { kind: 'answered', stored: { meta: '{}', body: Buffer.from('body') } };

function claim(id: number, more: Partial<KeyClaim> = {}): KeyClaim {
  return { id, key: 'key', fingerprint: 'same', isRepeatable: false, ...more };
}

function create(): { readonly answers: JointAnswers; readonly clock: ManualClock } {
  const clock = createManualClock();
  return { answers: new JointAnswers(60_000, clock), clock };
}

/** What it is by now, undefined while it is pending. */
async function byNow<Value>(promise: Promise<Value>): Promise<Value | undefined> {
  return await Promise.race([
    promise,
    new Promise<undefined>((resolve) => setImmediate(() => resolve(undefined))),
  ]);
}

test('the first calls, the others wait for its answer, later ones get it at once (WORK-06)', async () => {
  const { answers } = create();
  const [one, two] = [answers.join(), answers.join()];
  expect(await one.claim(claim(1))).toEqual({ kind: 'first' });
  const waiting = two.claim(claim(1));
  expect(await byNow(waiting)).toBe(undefined);
  one.settle(1, answered);
  expect(await waiting).toEqual(answered);
  expect(await two.claim(claim(2))).toEqual(answered);
  expect(await two.claim(claim(3, { fingerprint: 'other' }))).toEqual({ kind: 'other_request' });
});

test('an answer is forgotten after its time (WORK-06, IDEM-07)', async () => {
  const { answers, clock } = create();
  const one = answers.join();
  await one.claim(claim(1));
  one.settle(1, answered);
  await one.claim(claim(2));
  clock.advance(60_001);
  expect(await one.claim(claim(3))).toEqual({ kind: 'first' });
});

test('one that sent nothing leaves the call to one of those who wait (WORK-06)', async () => {
  const { answers } = create();
  const [one, two, three] = [answers.join(), answers.join(), answers.join()];
  await one.claim(claim(1));
  const waiting = [two.claim(claim(1)), three.claim(claim(1))] as const;
  one.settle(1, { kind: 'open' });
  expect(await waiting[0]).toEqual({ kind: 'first' });
  expect(await byNow(waiting[1])).toBe(undefined);
  two.settle(1, answered);
  expect(await waiting[1]).toEqual(answered);
});

test('a process that dies of a call has it made by no other, while its answer would be kept (WORK-06)', async () => {
  const { answers } = create();
  const [one, two] = [answers.join(), answers.join()];
  await one.claim(claim(1));
  const waiting = two.claim(claim(1));
  one.leave();
  expect(await waiting).toEqual({ kind: 'unknown' });
  expect(await two.claim(claim(2))).toEqual({ kind: 'unknown' });
  // What it has sent before may arrive after its end.
  one.settle(1, answered);
  expect(await two.claim(claim(3))).toEqual({ kind: 'unknown' });
});

test('unless the call does no harm when it is repeated (WORK-06)', async () => {
  const { answers } = create();
  const [one, two] = [answers.join(), answers.join()];
  await one.claim(claim(1, { isRepeatable: true }));
  const waiting = two.claim(claim(1, { isRepeatable: true }));
  one.leave();
  expect(await waiting).toEqual({ kind: 'first' });
});

test('a process that is gone, or no longer waits, is given no call (WORK-06)', async () => {
  const { answers } = create();
  const [one, two, three] = [answers.join(), answers.join(), answers.join()];
  await one.claim(claim(1));
  const waiting = [two.claim(claim(1)), three.claim(claim(1))] as const;
  two.leave();
  three.settle(1, { kind: 'open' });
  one.settle(1, { kind: 'open' });
  expect(await Promise.all(waiting)).toEqual([{ kind: 'unknown' }, { kind: 'unknown' }]);
  expect(await answers.join().claim(claim(1))).toEqual({ kind: 'first' });
});

test('an answer that was too large to be told is let go, and too many in flight are refused (WORK-06)', async () => {
  const { answers } = create();
  const one = answers.join();
  await one.claim(claim(1));
  one.settle(1, { kind: 'let_go' });
  expect(await one.claim(claim(2))).toEqual({ kind: 'let_go' });
  for (let id = 10; id < 10_010; id += 1) void one.claim(claim(id, { key: `key ${id}` }));
  expect(await one.claim(claim(3, { key: 'one more' }))).toEqual({ kind: 'full' });
});
