import { expect, test } from 'vitest';
import { createShelf, key, tryCheck, type ShelfTool } from './shelf.ts';

const check = 'behaviour/deterministic';
const promised = { tools: { 'h*': { isDeterministic: true } } };
const hash: ShelfTool = {
  name: 'hash',
  annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
  properties: key,
  call: (args) => `#${JSON.stringify(args)}`,
};

test('equal answers pass', async () => {
  const { findings, verdict } = await tryCheck(check, createShelf(hash), promised);
  expect(findings).toEqual([]);
  expect(verdict).toEqual({ kind: 'passed' });
});

test('an answer that differs within a session is found', async () => {
  let count = 0;
  const counted: ShelfTool = { ...hash, call: () => `${(count += 1)}` };
  const { findings } = await tryCheck(check, createShelf(counted), promised);
  expect(findings[0]).toMatchObject({
    tool: 'hash',
    title: 'A tool said to be deterministic answers otherwise in one session',
    arguments: { key: 'milk' },
    isFlaky: false,
  });
});

test('an answer that differs from one start to the next is found', async () => {
  const salted: ShelfTool = { ...hash, call: (_args, _shelf, { starts }) => `salt ${starts}` };
  const { findings } = await tryCheck(check, createShelf(salted), promised);
  expect(findings).toMatchObject([
    { title: 'A tool said to be deterministic answers otherwise in a server started anew', isFlaky: false },
  ]);
});

test('hints alone promise nothing', async () => {
  const random: ShelfTool = { ...hash, call: () => String(Math.random()) };
  const { verdict } = await tryCheck(check, createShelf(random));
  expect(verdict).toEqual({
    kind: 'not-exercised',
    reason: 'no tool that may be called has the setting "deterministic": true',
  });
});
