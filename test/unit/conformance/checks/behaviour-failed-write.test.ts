import { expect, test } from 'vitest';
import { chooseChecks } from '../../../../conformance/engine/choose-checks.ts';
import { createShelf, key, list, look, toText, tryCheck, writes, type ShelfTool } from './shelf.ts';

const check = 'behaviour/failed-write';
const allow = ['put'];
const isRight = (value: unknown): boolean => typeof value === 'number' && value >= 0;
/** Looks at what it is given before it keeps it. */
const put: ShelfTool = {
  name: 'put',
  annotations: writes,
  properties: { ...key, count: { type: 'integer', minimum: 0, examples: [3] } },
  call: ({ key: name, count }, shelf) => {
    if (!isRight(count) || typeof name !== 'string') return new Error('count must be a number');
    shelf.set(name, toText(count));
    return 'done';
  },
};

test.each([[['*']], [['behaviour']], [['behaviour/*']], [['*/failed-*']]])(
  'with --checks %j, it is not run',
  (wanted) => {
    expect(chooseChecks(wanted, []).probes.map(({ id }) => id)).not.toContain(check);
  },
);

test('named in full it is run, beside others too', () => {
  const { probes } = chooseChecks(['behaviour', check], []);
  expect(probes.map(({ id }) => id)).toEqual(expect.arrayContaining([check, 'behaviour/read-only']));
  expect(chooseChecks([check], ['behaviour']).probes).toEqual([]);
});

test('a tool that keeps nothing of what it refuses passes', async () => {
  const { findings, verdict } = await tryCheck(check, createShelf(put, list, look), { allow });
  expect(findings).toEqual([]);
  expect(verdict).toEqual({ kind: 'passed' });
});

test('what is kept before it is refused is found', async () => {
  const hasty: ShelfTool = {
    ...put,
    call: (args, shelf) => {
      shelf.set(toText(args['key']), toText(args['count']));
      return isRight(args['count']) ? 'done' : new Error('count must be a number');
    },
  };
  const { findings } = await tryCheck(check, createShelf(hasty, list, look), { allow });
  expect(findings).toMatchObject([
    {
      tool: 'put',
      title: expect.stringMatching(/^A call that fails changes what (?:list|look) shows$/),
      severity: 'warning',
      isFlaky: false,
    },
  ]);
  expect(isRight(findings[0]?.arguments?.['count'])).toBe(false);
});

test('what a tool accepts is not judged here', async () => {
  const lenient: ShelfTool = {
    ...put,
    call: ({ key: name }, shelf) => {
      shelf.set(toText(name), 'whatever');
      return 'done';
    },
  };
  const { findings, verdict } = await tryCheck(check, createShelf(lenient, list, look), { allow });
  expect(findings).toEqual([]);
  expect(verdict).toEqual({ kind: 'not-exercised', reason: 'no call of a tool that writes failed' });
});

test('no tool that may not be called is called', async () => {
  const { verdict } = await tryCheck(check, createShelf(put, list));
  expect(verdict).toEqual({ kind: 'not-exercised', reason: 'no tool that writes may be called' });
});
