import { describe, expect, test } from 'vitest';
import { generatorOf } from './generator-of.ts';

describe('each assertion is broken alone', () => {
  const cases: readonly (readonly [keyword: string, schema: unknown, pointer?: string])[] = [
    ['minimum', { type: 'integer', minimum: 5 }],
    ['exclusiveMaximum', { type: 'number', exclusiveMaximum: 5 }],
    ['multipleOf', { type: 'number', multipleOf: 0.01 }],
    ['minLength', { type: 'string', minLength: 3 }],
    ['maxLength', { type: 'string', maxLength: 3 }],
    ['pattern', { type: 'string', pattern: '^[a-z]+$' }],
    ['enum', { enum: ['a', 'b'] }],
    ['const', { const: { a: 1 } }],
    ['type', { type: ['string', 'null'] }],
    ['required', { type: 'object', required: ['a'] }],
    ['minItems', { type: 'array', minItems: 2 }],
    ['maxItems', { type: 'array', maxItems: 2 }],
    ['uniqueItems', { type: 'array', uniqueItems: true }],
    ['contains', { type: 'array', contains: { const: 1 } }],
    ['maxContains', { type: 'array', contains: { const: 1 }, maxContains: 2 }],
    ['additionalProperties', { type: 'object', properties: { a: true }, additionalProperties: false }],
    ['unevaluatedProperties', { allOf: [{ properties: { a: true } }], unevaluatedProperties: false }],
    ['minProperties', { type: 'object', minProperties: 1 }],
    ['maxProperties', { type: 'object', maxProperties: 1 }],
    ['dependentRequired', { type: 'object', dependentRequired: { a: ['b'] } }],
    ['not', { not: { type: 'string' } }],
    ['oneOf', { oneOf: [{ minimum: 1 }, { maximum: 5 }] }],
    ['anyOf', { anyOf: [{ type: 'string' }, { type: 'null' }] }],
    ['false', { properties: { a: false } }, '/properties/a'],
    ['minimum', { properties: { a: { items: { minimum: 1 } } } }, '/properties/a/items'],
    [
      'minimum',
      { patternProperties: { '^x': { minimum: 1 } }, additionalProperties: false },
      '/patternProperties/^x',
    ],
    ['maxLength', { propertyNames: { maxLength: 2 } }, '/propertyNames'],
    ['minimum', { additionalProperties: { minimum: 1 } }, '/additionalProperties'],
    // oxlint-disable-next-line unicorn/no-thenable -- the keyword has that name
    ['const', { if: { type: 'string' }, then: { const: 'a' } }, '/then'],
    ['required', { dependentSchemas: { a: { required: ['b'] } } }, '/dependentSchemas/a'],
    ['minimum', { anyOf: [{ minimum: 1 }, { const: -5 }] }, '/anyOf/0'],
    [
      'type',
      { type: 'object', properties: { a: { $ref: '#/$defs/x' } }, $defs: { x: { type: 'string' } } },
      '/$defs/x',
    ],
    [
      'required',
      { type: ['object', 'null'], properties: { a: { type: ['object', 'null'], required: ['b'] } } },
      '/properties/a',
    ],
  ];

  test.each(cases)('%s of %j', (keyword, schema, pointer = '') => {
    const generator = generatorOf(schema);
    const own = [...generator.negatives()].filter(
      ({ site }) => site.keyword === keyword && site.pointer === pointer,
    );
    expect(own.length).toBeGreaterThan(0);
    for (const { text } of own) expect(generator.judge(JSON.parse(text))).toBe('invalid');
    expect(own.some(({ isSingle }) => isSingle)).toBe(true);
    expect(generator.sites()).toContainEqual({ site: { pointer, keyword }, kind: 'covered' });
  });
});

test('sites have the names that the source has for them', () => {
  const schema = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    items: [{ type: 'string' }],
    additionalItems: false,
    dependencies: { a: ['b'], c: { required: ['d'] } },
  };
  const sites = [...generatorOf(schema).negatives()].map(({ site }) => `${site.pointer} ${site.keyword}`);
  expect(new Set(sites)).toEqual(
    new Set(['/items/0 type', ' additionalItems', ' dependencies', '/dependencies/c required']),
  );
});

test('the first to break a bound is next to it', () => {
  const schema = {
    type: 'object',
    properties: { n: { type: 'integer', minimum: 5, maximum: 10 } },
    required: ['n'],
  };
  const broken = [...generatorOf(schema).negatives()].filter(({ site }) => site.keyword.endsWith('imum'));
  expect(broken.map(({ text }) => text)).toEqual(['{"n":4}', '{"n":11}']);
});

test('values that are read as the right type at times are among those of a wrong type', () => {
  const texts = [
    ...generatorOf({ type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] }).negatives(),
  ].map(({ text }) => text);
  expect(texts).toEqual(expect.arrayContaining(['{"n":"5"}', '{"n":null}']));
});

test('a type beside listed values is broken only together with them', () => {
  const generator = generatorOf({ type: 'string', enum: ['a', 'b'] });
  expect(generator.sites()).toContainEqual({
    site: { pointer: '', keyword: 'type' },
    kind: 'joined',
    reason: expect.stringContaining('something else'),
  });
  expect(
    [...generator.negatives()]
      .filter(({ site }) => site.keyword === 'type')
      .every(({ isSingle }) => !isSingle),
  ).toBe(true);
});

test('to break a member takes an object, not another value that the schema accepts', () => {
  const node = {
    type: ['object', 'null'],
    properties: { a: { type: ['array', 'null'], items: { type: 'integer' } } },
  };
  const generator = generatorOf(node);
  expect([...generator.negatives()].length).toBeGreaterThan(3);
  expect(generator.stats.discarded).toBe(0);
});

test('what another branch accepts anyway is untestable, and told', () => {
  const generator = generatorOf({ anyOf: [{ type: 'string', minLength: 2 }, { type: 'string' }] });
  expect(generator.sites()).toContainEqual({
    site: { pointer: '/anyOf/0', keyword: 'minLength' },
    kind: 'untestable',
    reason: expect.stringContaining('no value was found'),
  });
});

test('a schema without assertions has no negatives and no sites', () => {
  const generator = generatorOf({ title: 'anything', properties: { a: {} } });
  expect([...generator.negatives()]).toEqual([]);
  expect(generator.sites()).toEqual([]);
});

test('more rounds bring other values for the same faults', () => {
  const generator = generatorOf({ type: 'string', maxLength: 3 });
  const count = (rounds: number): number => [...generator.negatives(rounds)].length;
  expect(count(5)).toBeGreaterThan(count(1));
});
