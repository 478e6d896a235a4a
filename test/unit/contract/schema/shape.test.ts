import { describe, expect, test } from 'vitest';
import { findDisagreements } from './comparison.ts';
import { translationOf, translationOfValue, warningsOf } from './translation-of.ts';

describe('shape', () => {
  test('boolean schemas become {} and {not: {}}, additionalProperties keeps its boolean (MAP-25)', () => {
    const source = {
      type: 'array',
      prefixItems: [true, false],
      items: false,
      contains: { type: 'object', properties: { a: true }, additionalProperties: false },
    };
    expect(translationOfValue(source)).toEqual({
      type: 'array',
      prefixItems: [{}, { not: {} }],
      items: { not: {} },
      contains: { type: 'object', properties: { a: {} }, additionalProperties: false },
    });
  });

  test.each([
    [{ enum: [1, 2] }, 'integer'],
    [{ enum: [1, 2.5] }, 'number'],
    [{ enum: ['a', null] }, ['null', 'string']],
    [{ const: 5 }, 'integer'],
    [
      {
        oneOf: [
          { type: 'integer', const: 1 },
          { type: 'number', minimum: 3 },
        ],
      },
      'number',
    ],
    [{ anyOf: [{ type: 'string' }, { type: 'string', enum: ['x'] }] }, 'string'],
    [{ allOf: [{ type: ['string', 'integer'] }, { type: ['integer', 'null'] }] }, 'integer'],
    [{ anyOf: [{ type: 'string' }, { type: 'integer' }] }, undefined],
    [{ oneOf: [{ type: 'string' }, {}] }, undefined],
    [{ minimum: 1 }, undefined],
  ])('%j implies the type %j (MAP-26)', (source, type) => {
    expect(translationOfValue(source)).toEqual(type === undefined ? source : { type, ...source });
  });

  test('an array has items (MAP-27)', () => {
    expect(translationOfValue({ type: ['array', 'null'] })).toEqual({ type: ['array', 'null'], items: {} });
  });

  test('items are not added where an unevaluatedItems would see them (MAP-27)', () => {
    const inner = { type: 'array', prefixItems: [{}] };
    const source = { allOf: [inner], unevaluatedItems: { type: 'string' } };
    expect(translationOfValue(source)).toEqual({ type: 'array', ...source });
  });
});

describe('root', () => {
  test.each([[undefined], [true], [{}]])('%j takes any arguments (MAP-28)', (source) => {
    expect(translationOf(source).root).toEqual({ type: 'object', properties: {} });
  });

  test('a root is an object (MAP-28)', () => {
    expect(translationOf({ type: ['object', 'null'] }).root).toEqual({ type: 'object', properties: {} });
    expect(translationOf({ additionalProperties: { type: 'string' } }).root).toEqual({
      type: 'object',
      properties: {},
      additionalProperties: { type: 'string' },
    });
  });

  test.each([[false], [{ type: 'string' }]])('%j is served, with a warning (MAP-28)', (source) => {
    expect(warningsOf(source)).toEqual([{ pointer: '', message: expect.stringContaining('no object') }]);
  });

  test('a root that refers has the target’s properties as its own (MAP-29)', () => {
    const Args = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] };
    const { root, components } = translationOf({ $ref: '#/$defs/Args', description: 'D', $defs: { Args } });
    expect(root).toEqual({ ...Args, description: 'D' });
    expect(components.size).toBe(0);
  });

  test('a root has the properties of its branches, constrained no further (MAP-30)', () => {
    const a = {
      properties: { kind: { const: 'a' }, x: { type: 'integer', description: 'X' } },
      required: ['kind'],
    };
    const b = { properties: { kind: { const: 'b' } }, required: ['kind'] };
    expect(translationOf({ anyOf: [a, b] }).root).toMatchObject({
      type: 'object',
      properties: {
        kind: {
          type: 'string',
          anyOf: [
            { type: 'string', const: 'a' },
            { type: 'string', const: 'b' },
          ],
        },
        x: { description: 'X', anyOf: [{ type: 'integer', description: 'X' }, {}] },
      },
      required: ['kind'],
    });
  });

  test('where a property would widen the schema, the schema moves into a branch (MAP-30)', () => {
    const allOf = [{ properties: { a: { type: 'string' } }, required: ['a'] }];
    expect(translationOf({ title: 'T', allOf, unevaluatedProperties: false }).root).toEqual({
      title: 'T',
      type: 'object',
      properties: { a: { type: 'string' } },
      required: ['a'],
      allOf: [{ type: 'object', allOf, unevaluatedProperties: { not: {} } }],
    });
  });

  test('a closed root shows the properties of what applies to every object (MAP-37)', () => {
    const Args = { type: 'object', properties: { x: { type: 'integer' } }, required: ['x'] };
    const source = {
      $ref: '#/$defs/Args',
      properties: { m: {} },
      unevaluatedProperties: false,
      $defs: { Args },
    };
    expect(findDisagreements(source, [{ x: 1, m: 1 }, { x: 1, n: 1 }, { x: 'a' }])).toEqual([]);
    expect(translationOf(source).root).toEqual({
      type: 'object',
      properties: { m: {}, x: { type: 'integer' } },
      required: ['x'],
      allOf: [{ $ref: '#/components/schemas/tool.Args' }],
      unevaluatedProperties: { not: {} },
    });
  });

  test.each([{ unevaluatedProperties: false }, { additionalProperties: { type: 'integer' } }])(
    'where %j reads them, the properties of alternatives stand around the root (MAP-37)',
    (reader) => {
      const properties = { m: { type: 'string' } };
      const anyOf = [{ properties: { a: { type: 'integer' } }, required: ['a'] }, { required: ['m'] }];
      const source = { title: 'T', properties, anyOf, ...reader };
      const values = [
        { a: 1 },
        { m: 'm' },
        { m: 'm', a: 'a' },
        { m: 1 },
        { a: 1, m: 'm', z: 1 },
        { a: 1.5 },
        {},
      ];
      expect(findDisagreements(source, values)).toEqual([]);
      expect(translationOf(source).root).toMatchObject({
        title: 'T',
        type: 'object',
        properties: { ...properties, a: { anyOf: [{ type: 'integer' }, {}] } },
        allOf: [{ properties: { m: {} }, anyOf }],
      });
    },
  );

  test('where nothing else can be present, nothing else is shown (MAP-37)', () => {
    const source = {
      properties: { m: {} },
      anyOf: [{ required: ['m'] }, { properties: { a: {} } }],
      additionalProperties: false,
    };
    expect(translationOf(source).root).toEqual({ type: 'object', ...source });
  });

  test.each([{}, { minimum: 1 }, { items: { type: 'integer' } }, { properties: { a: {} } }])(
    '%j is given no list of all types, which would tell generators less (MAP-38)',
    (source) => expect(translationOfValue(source)).toEqual(source),
  );

  test('keys of the prototype are properties like any other (MAP-31)', () => {
    const source: unknown = JSON.parse(
      '{"properties":{"__proto__":{"type":"string"},"constructor":{"type":"null"}}}',
    );
    const text = JSON.stringify(translationOf(source).root);
    expect(text).toBe(
      '{"properties":{"__proto__":{"type":"string"},"constructor":{"type":"null"}},"type":"object"}',
    );
  });
});
