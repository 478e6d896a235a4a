import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createGenerator } from '../../../../conformance/arbitraries/create-generator.ts';
import { generatorOf, sampleOf } from './generator-of.ts';

const draft04 = 'http://json-schema.org/draft-04/schema#';
const draft07 = 'http://json-schema.org/draft-07/schema#';

describe('valid samples satisfy their schema without luck', () => {
  const tree = {
    type: 'object',
    properties: { left: { $ref: '#' }, value: { type: 'integer' } },
    required: ['value'],
  };
  const hard: Readonly<Record<string, unknown>> = {
    'bounds of several branches': { allOf: [{ minimum: 3 }, { maximum: 3.5 }], type: 'number' },
    'exact decimals': { type: 'number', multipleOf: 0.01, minimum: 19.985, maximum: 20.005 },
    'multiples of several numbers': {
      type: 'integer',
      allOf: [{ multipleOf: 6 }, { multipleOf: 4 }],
      minimum: 1,
    },
    'beyond the whole numbers': { type: 'integer', minimum: 1e300 },
    'an open interval of one whole number': { type: 'integer', exclusiveMinimum: 3, exclusiveMaximum: 5 },
    'exclusive bounds of draft-04': {
      $schema: draft04,
      type: 'integer',
      minimum: 1,
      exclusiveMinimum: true,
      maximum: 2,
    },
    'lists of items before 2020-12': {
      $schema: draft07,
      type: 'array',
      items: [{ const: 1 }],
      additionalItems: false,
      minItems: 1,
    },
    'dependencies before 2019-09': {
      $schema: draft07,
      type: 'object',
      required: ['a'],
      dependencies: { a: ['b'] },
    },
    'look-ahead': { type: 'string', pattern: '^(?=.*[a-z])(?=.*[A-Z])(?=.*\\d).{8,}$' },
    'word boundaries': { type: 'string', pattern: '\\bfoo\\b' },
    'back-references': { type: 'string', pattern: '^(a|b)\\1$' },
    'classes without ASCII': { type: 'string', pattern: '^[^\\x00-\\x7F]+$' },
    'a pattern and a length': { type: 'string', pattern: '^[a-z]+$', minLength: 30, maxLength: 35 },
    'two patterns': { type: 'string', allOf: [{ pattern: '^a' }, { pattern: 'z$' }], minLength: 5 },
    'exactly one of overlapping branches': { oneOf: [{ type: 'integer' }, { minimum: 2 }] },
    // oxlint-disable-next-line unicorn/no-thenable -- the keyword has that name
    'a condition': { if: { type: 'string' }, then: { minLength: 3 }, else: { const: 1 } },
    'what must not be': { not: { anyOf: [{ type: 'string' }, { minimum: 0 }, { type: 'object' }] } },
    'unique items of a small set': {
      type: 'array',
      items: { enum: [1, 2, 3] },
      uniqueItems: true,
      minItems: 3,
    },
    'counted items': {
      type: 'array',
      contains: { minimum: 5 },
      minContains: 2,
      maxContains: 2,
      items: { type: 'integer' },
    },
    'names by pattern': { type: 'object', propertyNames: { pattern: '^x_[a-z]{2}$' }, minProperties: 3 },
    'many members': { type: 'object', minProperties: 30, additionalProperties: { type: 'boolean' } },
    'what no branch evaluates': {
      type: 'object',
      anyOf: [
        { properties: { a: { const: 1 } }, required: ['a'] },
        { properties: { b: true }, required: ['b'] },
      ],
      unevaluatedProperties: false,
    },
    'dependent schemas': {
      type: 'object',
      required: ['a'],
      dependentSchemas: { a: { properties: { b: { const: 1 } }, required: ['b'] } },
    },
    'names of the prototype': JSON.parse(
      '{"type":"object","properties":{"__proto__":{"type":"integer"}},"required":["__proto__","constructor"]}',
    ),
    recursion: tree,
    'a recursion that has to go on once': {
      ...tree,
      required: ['left'],
      properties: { left: { anyOf: [{ $ref: '#' }, { type: 'null' }] } },
    },
    'a dynamic reference': {
      $id: 'https://x.example/tree',
      $dynamicAnchor: 'node',
      type: 'object',
      required: ['children'],
      properties: { children: { type: 'array', items: { $dynamicRef: '#node' } } },
    },
    'deep nesting': Array.from({ length: 40 }).reduce<object>(
      (inner) => ({ type: 'object', properties: { a: inner }, required: ['a'] }),
      { type: 'integer' },
    ),
  };

  test.each(Object.entries(hard))('%s', (_name, schema) => {
    const generator = generatorOf(schema);
    for (let seed = 0; seed < 40; seed += 1) expect(generator.judge(generator.generate(seed))).toBe('valid');
    for (const { text } of generator.coverage()) expect(generator.judge(JSON.parse(text))).toBe('valid');
    expect(generator.stats.discarded / generator.stats.made).toBeLessThan(0.05);
  });
});

test('what nothing satisfies is said to be untestable, and why', () => {
  for (const schema of [
    false,
    { type: 'integer', exclusiveMinimum: 3, exclusiveMaximum: 4 },
    { type: 'object', properties: { a: { $ref: '#' } }, required: ['a'] },
    { type: 'array', items: { type: 'boolean' }, uniqueItems: true, minItems: 3 },
  ]) {
    expect(createGenerator(schema)).toEqual({
      kind: 'untestable',
      reason: expect.stringContaining('no value was found'),
      isUnsatisfied: true,
    });
  }
});

test('a schema that cannot be read is untestable at its place', () => {
  const generator = createGenerator({ properties: { a: { $ref: '#/$defs/none' } } });
  expect(generator).toEqual({
    kind: 'untestable',
    reason: expect.stringMatching(/^\/properties\/a\/\$ref: /),
    isUnsatisfied: false,
  });
});

test('the same seed makes the same values, whatever was made before', () => {
  const schema = {
    type: 'object',
    properties: { a: { type: 'string', pattern: '^[a-z]+x?$' }, b: { type: 'number' } },
  };
  const [first, second] = [generatorOf(schema), generatorOf(schema)];
  void [...first.coverage(), ...first.negatives()];
  for (let seed = 0; seed < 50; seed += 1) expect(second.generate(seed)).toEqual(first.generate(seed));
});

test('samples come out of their JSON text as they went in', () => {
  const anything = sampleOf({}, 300);
  expect(JSON.parse(JSON.stringify(anything))).toEqual(anything);
});

test('recursive values stay small', () => {
  const schema = {
    type: 'object',
    additionalProperties: { $ref: '#' },
    minProperties: 0,
    properties: { a: { $ref: '#' }, b: { type: 'array', items: { $ref: '#' } } },
  };
  const sizes = sampleOf(schema, 300).map((value) => JSON.stringify(value).length);
  expect(Math.max(...sizes)).toBeLessThan(20_000);
});

test('known formats are written as such, though they are annotations', () => {
  for (const value of sampleOf({ type: 'string', format: 'uuid' }, 20))
    expect(value).toMatch(/^[0-9a-f-]{36}$/);
  for (const value of sampleOf({ type: 'string', format: 'date' }, 20))
    expect(value).toMatch(/^\d{4}-\d\d-\d\d$/);
});

test('members that no schema names are made up only where that is wanted', () => {
  const schema = { type: 'object', properties: { a: true } };
  const names = (hasStrangers: boolean): Set<string> => {
    const { generate } = generatorOf(schema, { hasStrangers });
    return new Set(
      Array.from({ length: 100 }, (_sample, seed) => Object.keys(Object(generate(seed)))).flat(),
    );
  };
  expect(names(false)).toEqual(new Set(['a']));
  expect(names(true).size).toBeGreaterThan(3);
});

test('a failure shrinks to the smallest value that the schema accepts', () => {
  const { valid } = generatorOf({
    type: 'object',
    properties: {
      limit: { type: 'integer', minimum: 3, maximum: 900 },
      tags: { type: 'array', items: { type: 'string', minLength: 2 } },
    },
    required: ['limit'],
  });
  const property = fc.property(
    valid,
    (value) => Object(value).limit < 50 || Object(value).tags === undefined,
  );
  const { counterexample } = fc.check(property, { seed: 1, numRuns: 500 });
  expect(counterexample).toEqual([{ limit: 50, tags: [] }]);
});

test('a value from elsewhere shrinks too', () => {
  const { valid } = generatorOf({ type: 'array', items: { type: 'integer' } });
  const shrunk = [...valid.shrink([5, 900], undefined)].map(({ value }) => value);
  expect(shrunk).toContainEqual([900]);
  expect(shrunk).not.toContainEqual([5, 'a']);
});
