import { expect, test } from 'vitest';
import { Wire, type Answer } from '../../../../src/cli/workers/wire.ts';

/** Two ends; what the second is asked, `answer` answers. */
function connect(answer: Answer): readonly [Wire, Wire] {
  const one: Wire = new Wire(
    { send: (message) => queueMicrotask(() => two.receive(message)) },
    () => undefined,
  );
  const two: Wire = new Wire({ send: (message) => queueMicrotask(() => one.receive(message)) }, answer);
  return [one, two];
}

test('each question gets its own answer, in whatever order they come', async () => {
  const resolvers: (() => void)[] = [];
  const [one] = connect(
    async (question, detail) =>
      await new Promise((resolve) => resolvers.unshift(() => resolve(`${question} ${String(detail)}`))),
  );
  const asked = [one.ask('a', 1, 5_000), one.ask('b', 2, 5_000)];
  await Promise.resolve();
  await Promise.resolve();
  for (const resolve of resolvers) resolve();
  expect(await Promise.all(asked)).toEqual(['a 1', 'b 2']);
});

test('what the other end throws is told', async () => {
  const [one] = connect(() => {
    throw new Error('no idea');
  });
  await expect(one.ask('a', undefined, 5_000)).rejects.toThrow('no idea');
});

test('one that is silent, and one that is gone, are not waited for', async () => {
  const wire = new Wire({ send: () => undefined }, () => undefined);
  await expect(wire.ask('a', undefined, 10)).rejects.toThrow('a: no answer within 10 ms');
  const waiting = wire.ask('b', undefined, 60_000);
  wire.cut();
  await expect(waiting).rejects.toThrow('nobody is there any more');
  await expect(wire.ask('c', undefined, 60_000)).rejects.toThrow('c: nobody is there');
});

test('messages of others on the same channel are passed over', () => {
  const wire = new Wire({ send: () => expect.unreachable() }, () => undefined);
  for (const message of [null, 'text', { told: 7, value: 1 }, { cmd: 'NODE_CLUSTER' }]) wire.receive(message);
});
