import { expect, test } from 'vitest';
import { hostileArguments } from '../../../../conformance/fuzzing/hostile-values.ts';
import { readSchema, type JsonObject } from '../../../../src/index.ts';

const schema = {
  type: 'object',
  properties: {
    name: { type: 'string' },
    note: { anyOf: [{ type: 'string', maxLength: 10 }, { type: 'null' }] },
    size: { type: 'string', enum: ['s', 'm'] },
    count: { $ref: '#/$defs/count' },
    list: { type: 'array', items: { type: 'string' } },
    extra: {},
  },
  required: ['name', 'size'],
  $defs: { count: { type: 'integer', minimum: 0 } },
};
const valid = { name: 'a', size: 's', list: ['b'] };

test('hostile texts stand in all free strings, and leave the others alone', () => {
  expect(valueOf('an astral character')).toEqual({
    name: 'a\u{1f600}b',
    size: 's',
    list: ['a\u{1f600}b'],
    note: 'a\u{1f600}b',
  });
  expect(JSON.stringify(valueOf('a lone surrogate'))).toContain(String.raw`"a\ud800b"`);
});

test('big integers, deep nesting, empty lists and odd members have their turn where the schema takes them', () => {
  expect(valueOf('beyond 2^53')).toMatchObject({ count: 9_007_199_254_740_994 });
  expect(JSON.stringify(valueOf('nested arrays')['extra'])).toMatch(/^\[{500}1\]{500}$/);
  expect(valueOf('an empty array')).toMatchObject({ list: [] });
  expect(JSON.stringify(valueOf('named __proto__'))).toContain('"__proto__":{"isPolluted":true}');
  const closed = { ...schema, additionalProperties: false };
  expect(hostile(closed).some(({ what }) => what.includes('member named'))).toBe(false);
});

test('most are valid, as far as the schema has no bounds of its own', () => {
  const read = readSchema(schema);
  if (read.kind !== 'read') throw new Error(read.reason);
  const invalid = hostile(schema).filter(({ value }) => read.judge(value) === 'invalid');
  // Ten characters hold no hundred marks, and zero is the least.
  expect(invalid.map(({ what }) => what)).toEqual([
    '/name has combining marks',
    '/name has a text of a megabyte',
    '/count has a negative integer beyond 2^63',
  ]);
});

test('a tool that takes nothing gets odd members alone', () => {
  const names = hostile({ type: 'object' }, {}).map(({ what }) => what);
  expect(names).toEqual(['a member named __proto__', 'a member named constructor']);
  expect(hostile(true as never, {})).toEqual([]);
});

test('making them leaves the prototype of objects as it is', () => {
  hostile(schema);
  expect('isPolluted' in {}).toBe(false);
});

function hostile(
  inputSchema: JsonObject,
  from: JsonObject = valid,
): readonly { value: JsonObject; what: string }[] {
  return [...hostileArguments({ name: 'tool', source: { name: 'tool', inputSchema } }, from)];
}

function valueOf(words: string): JsonObject {
  return hostile(schema).find(({ what }) => what.includes(words))?.value ?? {};
}
