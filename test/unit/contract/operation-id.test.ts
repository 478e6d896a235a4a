import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { assignOperationIds, type ToolKey } from '../../../src/contract/document/operation-id.ts';

function idsOf(...names: readonly string[]): readonly string[] {
  return assignOperationIds(names.map((tool) => ({ server: '', tool })));
}

test('a valid name is the operationId, with the server before it in a merged document (MAP-44)', () => {
  expect(idsOf('get_current_time', 'a-b', 'a_b')).toEqual(['get_current_time', 'a-b', 'a_b']);
  expect(assignOperationIds([{ server: 'time', tool: 'now' }])).toEqual(['time_now']);
});

test('other characters become underscores (MAP-44)', () => {
  expect(idsOf('admin.tools.list', 'météo')).toEqual(['admin_tools_list', 'm_t_o']);
});

test('a name that is valid as it stands keeps it, and the others that would share it get a digest (MAP-44)', () => {
  const [plain, dotted, slashed] = idsOf('a_b', 'a.b', 'a/b');
  expect(plain).toBe('a_b');
  expect(dotted).toMatch(/^a_b_[0-9a-f]{8}$/);
  expect(slashed).toMatch(/^a_b_[0-9a-f]{8}$/);
  expect(dotted).not.toBe(slashed);
});

test('two servers whose names meet in one id both get a digest (MAP-44)', () => {
  const ids = assignOperationIds([
    { server: 'a', tool: 'b_c' },
    { server: 'a_b', tool: 'c' },
  ]);
  for (const id of ids) expect(id).toMatch(/^a_b_c_[0-9a-f]{8}$/);
});

test('a name of 128 characters is shortened by digest, one without letters or digits is called tool (MAP-44)', () => {
  const [long, other, chinese] = idsOf('x'.repeat(128), 'x'.repeat(127), '天气');
  expect(long).toMatch(/^x{55}_[0-9a-f]{8}$/);
  expect(other).not.toBe(long);
  expect(chinese).toMatch(/^tool_[0-9a-f]{8}$/);
});

test('a name that looks like another tool’s digest does not take its id (MAP-43)', () => {
  const [, dotted = ''] = idsOf('a_b', 'a.b');
  const ids = idsOf('a_b', 'a.b', dotted);
  expect(new Set(ids).size).toBe(3);
  expect(ids[2]).toBe(dotted);
});

const name = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', 'b', '_', '-', '.', '/', 'é'), maxLength: 4 }),
  fc.constantFrom('__proto__', 'constructor', '', 'x'.repeat(64), 'x'.repeat(65), '\ud800', '\udc00', '../a'),
  fc.string({ maxLength: 130 }),
);
const keys = fc.uniqueArray(fc.record({ server: fc.constantFrom('', 'a', 'a_b', 'b'), tool: name }), {
  selector: ({ server, tool }) => JSON.stringify([server, tool]),
});

test('operationIds are valid and unique, whatever the names (MAP-43)', () => {
  fc.assert(
    fc.property(keys, (each) => {
      const ids = assignOperationIds(each);
      for (const id of ids) expect(id).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
      expect(new Set(ids).size).toBe(each.length);
      expect(ids).not.toContain('__proto__');
    }),
  );
});

test('operationIds do not depend on the order of the tools (MAP-43)', () => {
  const shuffled = keys.chain((each) =>
    fc.tuple(fc.constant(each), fc.shuffledSubarray(each, { minLength: each.length })),
  );
  fc.assert(
    fc.property(shuffled, ([each, other]) => {
      expect(toEntries(other).toSorted()).toEqual(toEntries(each).toSorted());
    }),
  );
});

function toEntries(each: readonly ToolKey[]): readonly string[] {
  const ids = assignOperationIds(each);
  return each.map((key, index) => JSON.stringify([key, ids[index]]));
}
