import { expect, test } from 'vitest';
import { coverageOf, generatorOf } from './generator-of.ts';

test('examples and defaults come first, where the schema accepts them', () => {
  const schema = { type: 'integer', minimum: 5, examples: [7, 1], default: 9 };
  expect(coverageOf(schema).slice(0, 3)).toEqual([7, 9, 5]);
});

test('numbers stand at their bounds and next to them', () => {
  expect(coverageOf({ type: 'integer', minimum: 1, maximum: 100 })).toEqual(
    expect.arrayContaining([1, 2, 99, 100]),
  );
  expect(coverageOf({ type: 'number', multipleOf: 0.1, exclusiveMinimum: 0, maximum: 1 })).toEqual(
    expect.arrayContaining([0.1, 0.2, 0.9, 1]),
  );
});

test('strings and arrays are at their shortest and longest', () => {
  const lengths = coverageOf({ type: 'string', minLength: 2, maxLength: 20 }).map(
    (text) => String(text).length,
  );
  expect(lengths).toEqual(expect.arrayContaining([2, 3, 19, 20]));
  const sizes = coverageOf({ type: 'array', items: { type: 'integer' }, minItems: 1, maxItems: 4 }).map(
    (items) => Object(items).length,
  );
  expect(sizes).toEqual(expect.arrayContaining([1, 2, 3, 4]));
});

test('every listed value and every branch is there, and null', () => {
  const schema = { anyOf: [{ enum: ['a', 'b'] }, { type: 'boolean' }, { const: 3 }, { type: 'null' }] };
  expect(new Set(coverageOf(schema))).toEqual(new Set(['a', 'b', false, true, 3, null]));
});

test('optional members are left out, alone, and all there', () => {
  const flag = { const: true };
  const schema = {
    type: 'object',
    properties: { a: flag, b: flag, c: flag },
    required: ['a'],
    additionalProperties: false,
  };
  expect(coverageOf(schema)).toEqual([
    { a: true },
    { a: true, b: true, c: true },
    { a: true, b: true },
    { a: true, c: true },
  ]);
});

test('every variant of a large union has its turn', () => {
  const values = coverageOf({ oneOf: Array.from({ length: 80 }, variant) });
  expect(new Set(values.map((value) => Object(value).kind)).size).toBe(80);
});

test('the values of a member stand in the object, and say where', () => {
  const schema = {
    type: 'object',
    properties: { limit: { type: 'integer', maximum: 9 } },
    required: ['limit'],
  };
  const found = [...generatorOf(schema).coverage()].find(({ what }) => what === '/limit is 9');
  expect(found?.text).toBe('{"limit":9}');
});

test('no text comes twice', () => {
  const texts = [...generatorOf({ type: 'array', items: {} }).coverage()].map(({ text }) => text);
  expect(new Set(texts).size).toBe(texts.length);
});

function variant(_variant: unknown, index: number): object {
  return {
    type: 'object',
    properties: { kind: { const: `k${index}` }, n: { type: 'integer', minimum: index } },
    required: ['kind', 'n'],
  };
}
