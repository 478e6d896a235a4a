import { describe, expect, test } from 'vitest';
import { downgradeDocument } from '../../../../../src/contract/forms/downgrade/downgrade-document.ts';
import type { Loss } from '../../../../../src/contract/forms/loss-report.ts';
import type { JsonObject, JsonValue } from '../../../../../src/json/value.ts';

const onlyNull = { type: 'string', nullable: true, enum: [null] };

describe('MAP-102: types and values', () => {
  test.each<[JsonValue, JsonValue]>([
    [{ type: ['string', 'null'] }, { type: 'string', nullable: true }],
    [{ type: 'null' }, onlyNull],
    [{ type: ['integer', 'number'] }, { type: 'number' }],
    [{ const: 5 }, { enum: [5] }],
    [{ const: 'a', enum: ['b', 'a'] }, { enum: ['a'] }],
    [{ const: 'a', enum: ['b'] }, { not: {} }],
    [{ type: 'array' }, { type: 'array', items: {} }],
    [true, {}],
    [false, { not: {} }],
    [
      { type: ['string', 'integer', 'null'], minLength: 2, title: 'T' },
      { title: 'T', anyOf: [{ type: 'string', minLength: 2, nullable: true }, { type: 'integer' }] },
    ],
    [
      { type: ['string', 'integer', 'null'], enum: ['a', 1, null] },
      {
        anyOf: [
          { type: 'string', enum: ['a', null], nullable: true },
          { type: 'integer', enum: [1] },
        ],
      },
    ],
    [{ type: ['array', 'boolean', 'null', 'number', 'object', 'string'], maxLength: 3 }, { maxLength: 3 }],
    [
      { title: 'T', default: null, anyOf: [{ type: 'string', minLength: 1 }, { type: 'null' }] },
      { title: 'T', default: null, type: 'string', minLength: 1, nullable: true },
    ],
    [
      { anyOf: [{ $ref: '#/components/schemas/Exact' }, { type: 'null' }] },
      { anyOf: [{ $ref: '#/components/schemas/Exact' }, onlyNull] },
    ],
  ])('%j is said as %j', (source, expected) => {
    expect(downgrade(source)).toEqual({ schema: expected, losses: [] });
  });
});

describe('MAP-103: exclusive bounds', () => {
  test.each<[JsonValue, JsonValue]>([
    [{ exclusiveMinimum: 3 }, { minimum: 3, exclusiveMinimum: true }],
    [
      { minimum: 3, exclusiveMinimum: 3 },
      { minimum: 3, exclusiveMinimum: true },
    ],
    [{ minimum: 4, exclusiveMinimum: 3 }, { minimum: 4 }],
    [
      { maximum: 4, exclusiveMaximum: 3 },
      { maximum: 3, exclusiveMaximum: true },
    ],
    [{ maximum: 3, exclusiveMaximum: 4 }, { maximum: 3 }],
  ])('%j is said as %j', (source, expected) => {
    expect(downgrade(source)).toEqual({ schema: expected, losses: [] });
  });
});

describe('MAP-104: conditions, dependencies and contains are said with not and anyOf', () => {
  const isA = { required: ['a'] };
  const isB = { required: ['b'] };
  const lacksA = { not: { type: 'object', required: ['a'] } };
  test.each<[JsonValue, JsonValue]>([
    [condition(isA, isB), { anyOf: [{ not: isA }, isB] }],
    [condition(isA, undefined, isB), { anyOf: [isA, isB] }],
    [
      condition(isA, isB, { maxProperties: 1 }),
      { anyOf: [{ not: isA }, isB], allOf: [{ anyOf: [isA, { maxProperties: 1 }] }] },
    ],
    [{ dependentRequired: { a: ['b'] } }, { anyOf: [lacksA, isB] }],
    [{ dependentSchemas: { a: { type: 'object' } } }, { anyOf: [lacksA, { type: 'object' }] }],
    [{ contains: { type: 'string' } }, { not: { type: 'array', items: { not: { type: 'string' } } } }],
    [
      { contains: { type: 'string' }, minContains: 0, maxContains: 0 },
      { items: { not: { type: 'string' } } },
    ],
  ])('%j is said as %j', (source, expected) => {
    expect(downgrade(source)).toEqual({ schema: expected, losses: [] });
  });

  test('what would have to be repeated at each of many levels is widened, in little time', () => {
    let nested: JsonObject = { type: 'string' };
    for (let level = 0; level < 100; level += 1) nested = { contains: nested, maxContains: 0 };
    const { schema, losses } = downgrade(nested);
    expect(JSON.stringify(schema).length).toBeLessThan(2_000_000);
    expect(losses.some(({ keyword }) => keyword === 'maxContains')).toBe(true);
  });

  test('a condition that would have to be repeated without end is widened', () => {
    let nested: JsonObject = { required: ['leaf'] };
    for (let level = 0; level < 40; level += 1) nested = condition(nested, isA, isB);
    const { schema, losses } = downgrade(nested);
    expect(JSON.stringify(schema).length).toBeLessThan(2_000_000);
    expect(losses.some(({ keyword, effect }) => keyword === 'if' && effect === 'wider')).toBe(true);
  });
});

describe('MAP-105: patterns and names of properties', () => {
  const integer = { type: 'integer' };
  test.each<[JsonValue, JsonValue]>([
    [{ patternProperties: { '^(a|b)$': integer } }, { properties: { a: integer, b: integer } }],
    [
      { patternProperties: { '^.*': integer }, properties: { a: { minimum: 1 } } },
      { properties: { a: { allOf: [{ minimum: 1 }, integer] } }, additionalProperties: integer },
    ],
    [{ propertyNames: { enum: ['a'] } }, { properties: { a: {} }, additionalProperties: false }],
    [{ propertyNames: false }, { maxProperties: 0 }],
  ])('%j is said as %j', (source, expected) => {
    expect(downgrade(source)).toEqual({ schema: expected, losses: [] });
  });

  test('what only a pattern tells apart may be either', () => {
    const source = { patternProperties: { '^n': integer }, additionalProperties: { type: 'string' } };
    const { schema, losses } = downgrade(source);
    expect(schema).toEqual({
      additionalProperties: { anyOf: [{ type: 'string' }, integer] },
      'x-patternProperties': { '^n': integer },
    });
    expect(losses).toEqual([expect.objectContaining({ keyword: 'patternProperties', effect: 'wider' })]);
  });
});

describe('MAP-106: tuples', () => {
  test.each<[JsonValue, JsonValue]>([
    [
      { prefixItems: [{ type: 'string' }], items: false },
      { items: { type: 'string' }, maxItems: 1 },
    ],
    [{ prefixItems: [{ type: 'string' }], items: { type: 'string' } }, { items: { type: 'string' } }],
  ])('%j is said as %j', (source, expected) => {
    expect(downgrade(source)).toEqual({ schema: expected, losses: [] });
  });

  test('items of several kinds may be any of them', () => {
    const { schema, losses } = downgrade({
      prefixItems: [{ type: 'string' }, { type: 'integer' }, { type: 'string' }],
      items: false,
    });
    expect(schema).toMatchObject({
      maxItems: 3,
      items: { anyOf: [{ type: 'string' }, { type: 'integer' }] },
    });
    expect(losses).toEqual([
      {
        pointer: `${at}/prefixItems`,
        keyword: 'prefixItems',
        reason: 'OpenAPI 3.0 has one schema for all items',
        effect: 'wider',
      },
    ]);
  });
});

describe('MAP-107: unevaluated properties', () => {
  test('what allOf evaluates for certain is listed', () => {
    const source = {
      properties: { a: {} },
      allOf: [{ properties: { b: {} } }],
      unevaluatedProperties: false,
    };
    expect(downgrade(source)).toEqual({
      schema: {
        properties: { a: {} },
        allOf: [{ properties: { b: {} } }, { properties: { a: {}, b: {} }, additionalProperties: false }],
      },
      losses: [],
    });
  });

  test('what one of several branches may evaluate is allowed, and reported', () => {
    const { schema, losses } = downgrade({
      anyOf: [{ properties: { a: {} } }, { properties: { b: {} } }],
      unevaluatedProperties: false,
    });
    expect(schema).toMatchObject({ properties: { a: {}, b: {} }, additionalProperties: false });
    expect(losses).toMatchObject([{ keyword: 'unevaluatedProperties', effect: 'wider' }]);
  });
});

describe('MAP-108: nothing gets narrower because a part of it gets wider', () => {
  const tuple = { prefixItems: [{ type: 'string' }, { type: 'integer' }] };

  test('what is negated is said exactly or not at all', () => {
    const { schema, losses } = downgrade({ not: tuple });
    expect(schema).toEqual({ 'x-not': tuple });
    expect(losses.map(({ keyword }) => keyword)).toEqual(['not', 'prefixItems']);
  });

  test('a reference is as exact as what it leads to', () => {
    expect(downgrade({ not: { $ref: '#/components/schemas/Outer' } }).schema).toEqual({});
    expect(downgrade({ not: { $ref: '#/components/schemas/Exact' } }).schema).toEqual({
      not: { $ref: '#/components/schemas/Exact' },
    });
  });

  test('oneOf with a branch that accepts more is said as anyOf', () => {
    const { schema, losses } = downgrade({ oneOf: [tuple, { type: 'string' }] });
    expect(schema).toHaveProperty('anyOf');
    expect(losses.map(({ keyword }) => keyword)).toEqual(['oneOf', 'prefixItems']);
  });

  test('under a condition that accepts more, either branch may hold', () => {
    const { schema } = downgrade(condition(tuple, { minItems: 2 }, { maxItems: 1 }));
    expect(schema).toMatchObject({ anyOf: [{ minItems: 2 }, { maxItems: 1 }] });
  });
});

describe('MAP-109: patterns', () => {
  test.each(['^[a-z]+$', String.raw`\d{3}\.\w`, '(?:a|b)(?=c)', String.raw`é`])('%s is kept', (pattern) => {
    expect(downgrade({ pattern })).toEqual({ schema: { pattern }, losses: [] });
  });

  test.each([String.raw`\p{L}`, '(?<=a)b', '(?<name>a)', String.raw`\u{1F600}`, '[😀]'])(
    '%s, newer than ECMA-262 edition 5.1, is kept for the reader',
    (pattern) => {
      const { schema, losses } = downgrade({ pattern });
      expect(schema).toEqual({ 'x-pattern': pattern });
      expect(losses).toMatchObject([{ keyword: 'pattern', effect: 'wider' }]);
    },
  );
});

describe('MAP-110: annotations', () => {
  test.each<[JsonValue, JsonValue, readonly string[]]>([
    [{ examples: [1] }, { example: 1 }, []],
    [{ examples: [1, 2] }, { example: 1, 'x-examples': [1, 2] }, ['examples']],
    [{ contentEncoding: 'base64' }, { format: 'byte' }, []],
    [{ contentMediaType: 'application/octet-stream' }, { format: 'binary' }, []],
    [{ contentMediaType: 'image/png' }, { 'x-contentMediaType': 'image/png' }, ['contentMediaType']],
    [{ readOnly: true }, { 'x-readOnly': true }, ['readOnly']],
    [
      { $comment: 'c', nullable: true, 'x-own': 1 },
      { 'x-$comment': 'c', 'x-nullable': true, 'x-own': 1 },
      ['$comment', 'nullable'],
    ],
    [{ externalDocs: { url: 'no url' } }, { 'x-externalDocs': { url: 'no url' } }, ['externalDocs']],
    [
      { deprecated: true, default: null, format: 'date' },
      { deprecated: true, default: null, format: 'date' },
      [],
    ],
  ])('%j is said as %j', (source, expected, reported) => {
    const { schema, losses } = downgrade(source);
    expect(schema).toEqual(expected);
    expect(losses.map(({ keyword }) => keyword)).toEqual(reported);
    expect(losses.every(({ effect }) => effect === 'annotation')).toBe(true);
  });
});

test('MAP-111: what 3.0 has no place for in a document is kept under x-', () => {
  const document = downgradeDocument({
    openapi: '3.1.0',
    jsonSchemaDialect: 'https://spec.openapis.org/oas/3.1/dialect/base',
    info: { title: 'T', version: '1', summary: 'S', license: { name: 'MIT', identifier: 'MIT' } },
    webhooks: {},
    components: { pathItems: {}, responses: { R: { $ref: '#/components/responses/S', description: 'D' } } },
  });
  expect(document).toMatchObject({
    openapi: '3.0.3',
    'x-jsonSchemaDialect': 'https://spec.openapis.org/oas/3.1/dialect/base',
    info: { title: 'T', version: '1', 'x-summary': 'S', license: { name: 'MIT', 'x-identifier': 'MIT' } },
    'x-webhooks': {},
    paths: {},
    components: { 'x-pathItems': {}, responses: { R: { $ref: '#/components/responses/S' } } },
  });
  expect((document['x-loss-report'] as unknown as readonly Loss[]).map(({ pointer }) => pointer)).toEqual([
    '/components/pathItems',
    '/components/responses/R/description',
    '/info/license/identifier',
    '/info/summary',
    '/jsonSchemaDialect',
    '/webhooks',
  ]);
});

test('MAP-101: a reference has no siblings, and what holds a reference is not kept under x-', () => {
  expect(downgrade({ $ref: '#/components/schemas/Exact', description: 'D' }).schema).toEqual({
    description: 'D',
    allOf: [{ $ref: '#/components/schemas/Exact' }],
  });
  const reference = { $ref: '#/components/schemas/Exact' };
  const { schema, losses } = downgrade({ propertyNames: reference });
  expect(schema).toEqual({});
  expect(losses).toMatchObject([{ keyword: 'propertyNames', effect: 'wider' }]);
});

test('MAP-101: the report is there, and empty, when nothing is lost', () => {
  expect(downgradeDocument({ openapi: '3.1.0', info: {}, paths: {} })['x-loss-report']).toEqual([]);
});

const at = '/components/headers/H/schema';

/** A schema in 3.0, beside a component that is exact, one that is not, and one that refers to that. */
function downgrade(source: JsonValue): { readonly schema: JsonValue; readonly losses: readonly Loss[] } {
  const document = downgradeDocument({
    components: {
      headers: { H: { schema: source } },
      schemas: {
        Exact: { type: 'string' },
        Inner: { prefixItems: [{ type: 'string' }, { type: 'integer' }] },
        Outer: { properties: { inner: { $ref: '#/components/schemas/Inner' } } },
      },
    },
  });
  const { components } = document as unknown as { components: { headers: { H: { schema: JsonValue } } } };
  const losses = document['x-loss-report'] as unknown as readonly Loss[];
  return {
    schema: components.headers.H.schema,
    losses: losses.filter(({ pointer }) => pointer.startsWith(at)),
  };
}

/** Written so that no object here has a member named `then`, which linters take for a promise. */
function condition(when: JsonValue, then: JsonValue | undefined, otherwise?: JsonValue): JsonObject {
  const entries: [string, JsonValue | undefined][] = [
    ['if', when],
    ['then', then],
    ['else', otherwise],
  ];
  return Object.fromEntries(entries.filter(([, schema]) => schema !== undefined)) as JsonObject;
}
