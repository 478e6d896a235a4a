import { expect, test } from 'vitest';
import { createShelf, key, list, look, reads, toText, tryCheck, type ShelfTool } from './shelf.ts';

const check = 'behaviour/idempotent';
const allow = ['put'];
const put: ShelfTool = {
  name: 'put',
  annotations: { idempotentHint: true },
  properties: { ...key, value: { type: 'string', examples: ['fresh'] } },
  call: ({ key: name, value }, shelf) => {
    shelf.set(toText(name), toText(value));
    return 'done';
  },
};

test('a tool that puts the same in the same place passes', async () => {
  expect(await tryCheck(check, createShelf(put, list, look), { allow })).toEqual({
    findings: [],
    verdict: { kind: 'passed' },
  });
});

test('what a repetition adds is found by asking for what the call names', async () => {
  const append: ShelfTool = {
    ...put,
    call: ({ key: name, value }, shelf) => {
      shelf.set(toText(name), `${shelf.get(toText(name)) ?? ''}${value as string}`);
      return 'done';
    },
  };
  const { findings } = await tryCheck(check, createShelf(append, list, look), { allow });
  expect(findings).toMatchObject([
    {
      tool: 'put',
      title: 'An idempotent tool changes what look shows, when called again',
      severity: 'error',
      arguments: { key: 'milk', value: 'fresh' },
      expected: expect.stringContaining('look {"key":"milk"} still answers, as after the first call'),
      seen: expect.stringContaining('freshfresh'),
      isFlaky: false,
    },
  ]);
});

test('the time of the last change may be another', async () => {
  const stamp: ShelfTool = {
    ...put,
    call: ({ key: name }, shelf) => {
      shelf.set(toText(name), `changed at ${new Date().toISOString()}`);
      return 'done';
    },
  };
  const { findings } = await tryCheck(check, createShelf(stamp, list, look), { allow });
  expect(findings).toEqual([]);
});

test('a repetition that fails is a warning', async () => {
  const once: ShelfTool = {
    ...put,
    call: (args, shelf, server) =>
      shelf.has(toText(args['key'])) ? new Error('it is there') : put.call(args, shelf, server),
  };
  const { findings } = await tryCheck(check, createShelf(once, list, look), { allow });
  expect(findings).toMatchObject([
    { title: 'An idempotent tool fails when called again', severity: 'warning', isFlaky: false },
  ]);
});

test.each([
  [[list, look], {}, 'no tool that may be called says that it is idempotent'],
  [[put, list], {}, 'no tool that may be called says that it is idempotent'],
  [[put], { allow }, 'no read-only tool that may be called shows what the others do'],
  [[{ ...put, call: () => new Error('full') }, list], { allow }, 'no idempotent tool gave a result'],
  // For what reads, the hint means nothing.
  [
    [list, { ...look, annotations: { ...reads, idempotentHint: true } }],
    {},
    'no tool that may be called says that it is idempotent',
  ],
])('without anything to judge, that is told (%#)', async (tools, options, reason) => {
  const { verdict } = await tryCheck(check, createShelf(...tools), options);
  expect(verdict).toEqual({ kind: 'not-exercised', reason });
});
