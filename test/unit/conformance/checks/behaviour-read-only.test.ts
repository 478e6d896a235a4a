import { expect, test } from 'vitest';
import { maskTimes } from '../../../../conformance/checks/mask-times.ts';
import { createShelf, key, list, look, toText, tryCheck, writes, type ShelfTool } from './shelf.ts';

const check = 'behaviour/read-only';
const passed = { findings: [], verdict: { kind: 'passed' } };
const quiet: ShelfTool = { ...look, name: 'quiet', call: () => 'nothing to tell' };

test('tools that only read pass', async () => {
  expect(await tryCheck(check, createShelf(list, look))).toEqual(passed);
});

test('a read-only tool that writes is named, with the call and the look before and after it', async () => {
  const search: ShelfTool = {
    ...quiet,
    name: 'search',
    call: ({ key: name }, shelf) => {
      shelf.set(toText(name), 'searched for');
      return 'no hits';
    },
  };
  const { findings } = await tryCheck(check, createShelf(quiet, list, search));
  expect(findings).toMatchObject([
    {
      tool: 'search',
      title: 'A read-only tool changes what list shows',
      severity: 'error',
      arguments: { key: 'milk' },
      expected: expect.stringContaining('list {} still answers'),
      seen: expect.stringContaining('holds milk'),
      isFlaky: false,
    },
  ]);
  // The tool that shows it has to be there in a replay.
  expect(findings[0]?.replay).toBe('mcpo-verify --seed 1 --checks behaviour/read-only -- memory');
  expect(findings[0]?.lines.map(({ text }) => /"name":"(\w+)"/.exec(text)?.[1])).toEqual(
    expect.arrayContaining(['list', 'search']),
  );
});

test('a look that takes away what it shows is found, though nothing is left to see later', async () => {
  const pop: ShelfTool = {
    ...look,
    name: 'pop',
    call: ({ key: name }, shelf) => {
      const found = shelf.get('milk') ?? 'there';
      shelf.set('milk', 'gone');
      return name === 'milk' ? found : new Error('nothing is there');
    },
  };
  const { findings } = await tryCheck(check, createShelf(pop, list));
  expect(findings).toMatchObject([{ tool: 'pop', arguments: { key: 'milk' }, isFlaky: false }]);
});

test('what changes by itself is nobody’s doing', async () => {
  let ticks = 0;
  const clock: ShelfTool = { ...list, name: 'clock', call: () => `tick ${(ticks += 1)}` };
  const dice: ShelfTool = { ...list, name: 'dice', call: () => `${Math.floor(Math.random() * 3)}` };
  const seconds: ShelfTool = {
    ...list,
    name: 'seconds',
    call: () => `up for ${Math.floor(performance.now() / 200)} fifths of a second`,
  };
  expect(await tryCheck(check, createShelf(clock, dice, seconds, list, look))).toEqual(passed);
});

test('when something was last read is no change', async () => {
  const stat: ShelfTool = {
    ...list,
    name: 'stat',
    call: (_args, shelf) => `read ${shelf.get('read') ?? '1970-01-01T00:00:00Z'}`,
  };
  const read: ShelfTool = {
    ...quiet,
    call: (_args, shelf) => {
      shelf.set('read', new Date().toISOString());
      return 'text';
    },
  };
  expect(await tryCheck(check, createShelf(stat, read))).toEqual(passed);
});

test('what one tool alone shows cannot be told from its own doing', async () => {
  const put: ShelfTool = { ...look, name: 'put', annotations: writes };
  const { verdict } = await tryCheck(check, createShelf(list, put));
  expect(verdict).toEqual({
    kind: 'not-exercised',
    reason: 'there are no two read-only tools that may be called',
  });
});

test.each([
  ['2026-11-23T05:41:44.123Z', '(time)'],
  ['modified: Mon Nov 23 2026 05:41:44 GMT+0000', 'modified: Mon Nov 23 2026 (time) GMT+0000'],
  ['"mtimeMs":1795412504123.25,"size":17', '"mtimeMs":(time),"size":17'],
  ['1795412504', '(time)'],
  ['12345 notes, 3 of 4, version 1.2.3', '12345 notes, 3 of 4, version 1.2.3'],
])('of %j, times alone are masked', (text, masked) => {
  expect(maskTimes(text)).toBe(masked);
});

test('the arguments that a user fixed are those that it is called with', async () => {
  const seen = new Set<unknown>();
  const spy: ShelfTool = {
    ...quiet,
    properties: key,
    call: (args) => {
      seen.add(args['key']);
      return 'x';
    },
  };
  await tryCheck(check, createShelf(spy, list), { arguments: { quiet: { key: 'mine' } } });
  expect([...seen]).toEqual(['mine']);
});
