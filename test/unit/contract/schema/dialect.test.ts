import { describe, expect, test } from 'vitest';
import { draft, faultOf, translationOf, translationOfValue, warningsOf } from './translation-of.ts';

describe('dialects', () => {
  test('without $schema a schema is 2020-12 (MAP-01)', () => {
    expect(translationOfValue({ type: 'array', prefixItems: [{ const: 1 }] })).toEqual({
      type: 'array',
      prefixItems: [{ type: 'integer', const: 1 }],
      items: {},
    });
  });

  test('an embedded resource may have a dialect of its own (MAP-01)', () => {
    const old = { $id: 'old.json', $schema: draft.four, const: 1, minimum: 1, exclusiveMinimum: true };
    expect(translationOfValue(old)).toEqual({ 'x-const': 1, exclusiveMinimum: 1 });
  });

  test.each(['https://json-schema.org/draft-07/schema', 'https://spec.openapis.org/oas/3.1/dialect/base'])(
    '%s is known however it is spelled (MAP-01)',
    ($schema) => expect(faultOf({ $schema, type: 'object' })).toBeUndefined(),
  );

  test('an unknown dialect is reported with those that are known (MAP-01)', () => {
    expect(faultOf({ $schema: 'http://json-schema.org/draft-03/schema#' })).toEqual({
      kind: 'unservable',
      pointer: '/$schema',
      reason: expect.stringContaining('draft-04, -06, -07, 2019-09 or 2020-12'),
    });
  });

  test.each([
    ['const in draft-04', draft.four, { const: 5 }, { 'x-const': 5 }],
    ['if in draft-06', draft.six, { if: { type: 'string' } }, { 'x-if': { type: 'string' } }],
    ['minContains in draft-07', draft.seven, { minContains: 2 }, { 'x-minContains': 2 }],
    ['prefixItems in 2019-09', draft.nineteen, { prefixItems: [false] }, { 'x-prefixItems': [false] }],
    ['$recursiveRef in 2020-12', draft.twenty, { $recursiveRef: '#' }, { 'x-$recursiveRef': '#' }],
  ])('%s asserts nothing and is kept for the reader (MAP-02)', (_, dialect, source, expected) => {
    expect(translationOfValue(source, dialect)).toEqual(expected);
  });

  test('up to draft-07 only annotations count beside $ref (MAP-03)', () => {
    const source = { $ref: '#/definitions/s', description: 'kept', maxLength: 1 };
    const definitions = { definitions: { s: { type: 'string' } } };
    expect(translationOfValue(source, draft.seven, definitions)).toEqual({
      type: 'string',
      description: 'kept',
      'x-maxLength': 1,
    });
    expect(translationOfValue(source, draft.nineteen, definitions)).toMatchObject({ maxLength: 1 });
  });
});

describe('keywords that changed', () => {
  test.each([undefined, draft.seven, draft.nineteen])(
    'array items become prefixItems in %s (MAP-04)',
    (dialect) => {
      const tuple = { type: 'array', items: [{ type: 'string' }, true], additionalItems: false };
      expect(translationOfValue(tuple, dialect)).toEqual({
        type: 'array',
        prefixItems: [{ type: 'string' }, {}],
        items: { not: {} },
      });
    },
  );

  test('additionalItems without array items is ignored (MAP-04)', () => {
    const list = { type: 'array', items: { type: 'string' }, additionalItems: false };
    expect(translationOfValue(list, draft.seven)).toEqual({ type: 'array', items: { type: 'string' } });
  });

  test('dependencies become dependentRequired and dependentSchemas (MAP-05)', () => {
    const source = { dependencies: { a: ['b'], c: { required: ['d'] } } };
    const expected = { dependentRequired: { a: ['b'] }, dependentSchemas: { c: { required: ['d'] } } };
    for (const dialect of [undefined, draft.four, draft.twenty]) {
      expect(translationOfValue(source, dialect)).toEqual(expected);
    }
  });

  test('dependencies beside their successors are joined with them (MAP-05)', () => {
    const source = { dependencies: { a: ['b'] }, dependentRequired: { a: ['c'] } };
    expect(translationOfValue(source)).toEqual({ dependentRequired: { a: ['b', 'c'] } });
  });

  test('contains up to 2019-09 leaves items unevaluated (MAP-06)', () => {
    const source = { contains: { type: 'string' }, minContains: 2, unevaluatedItems: false };
    expect(translationOfValue(source, draft.nineteen)).toMatchObject({
      allOf: [{ not: { not: { contains: { type: 'string' }, minContains: 2 } } }],
    });
    expect(translationOfValue(source, draft.twenty)).toMatchObject({ contains: { type: 'string' } });
  });

  test('boolean exclusive bounds become numeric (MAP-07)', () => {
    const source = {
      type: 'number',
      minimum: 1,
      exclusiveMinimum: true,
      maximum: 9,
      exclusiveMaximum: false,
    };
    for (const dialect of [undefined, draft.four]) {
      expect(translationOfValue(source, dialect)).toEqual({
        type: 'number',
        exclusiveMinimum: 1,
        maximum: 9,
      });
    }
  });

  test('an enum without values allows none, a list of one type is that type (MAP-08)', () => {
    expect(translationOfValue({ enum: [] })).toEqual({ allOf: [{ not: {} }] });
    expect(translationOfValue({ type: ['string'] })).toEqual({ type: 'string' });
  });
});

describe('annotations', () => {
  test('titles, examples, formats, extensions and unknown keywords are kept (MAP-09)', () => {
    const source = {
      type: 'string',
      title: 'T',
      description: 'D',
      format: 'x-unknown',
      contentMediaType: 'text/html',
      default: { a: [null] },
      examples: ['e'],
      deprecated: true,
      'x-order': 1,
      markdownDescription: '**D**',
    };
    expect(translationOfValue(source)).toEqual(source);
  });

  test('an annotation of the wrong type is served as an extension, with a warning (MAP-10)', () => {
    const source = { type: 'object', properties: { a: { title: null, examples: 'one' } } };
    expect(translationOf(source).root['properties']).toEqual({ a: { 'x-title': null, 'x-examples': 'one' } });
    expect(warningsOf(source).map(({ pointer }) => pointer)).toEqual([
      '/properties/a/examples',
      '/properties/a/title',
    ]);
  });

  test('a schema that is used twice warns once (MAP-10)', () => {
    const source = { properties: { a: { title: null }, b: { $ref: '#/properties/a' } } };
    expect(warningsOf(source)).toHaveLength(1);
  });

  test('words that validators read and no draft has are served as extensions (MAP-10)', () => {
    expect(translationOfValue({ type: 'string', nullable: true, id: '#x', $async: true })).toEqual({
      type: 'string',
      'x-nullable': true,
      'x-id': '#x',
      'x-$async': true,
    });
  });

  test('values with a member named $ref are spelled out, annotations with one left out (MAP-11)', () => {
    const source = { const: { $ref: '#/a' }, default: { $ref: '#/a' } };
    expect(translationOfValue(source)).toEqual({
      type: 'object',
      allOf: [
        {
          type: 'object',
          properties: { $ref: { type: 'string', const: '#/a' } },
          required: ['$ref'],
          maxProperties: 1,
        },
      ],
    });
  });
});
