import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../../src/json/value.ts';
import { findDisagreements } from './comparison.ts';
import { findLostKeywords } from './kept-keywords.ts';
import { translationOf, translationOfValue } from './translation-of.ts';

const text = { type: 'string' };
const whole = { type: 'integer' };
const none = { type: 'null' };
const Model = { type: 'object', description: 'inner', properties: { x: whole } };
const $defs = { Model, Either: { anyOf: [text, whole] }, Bare: { properties: { x: whole }, title: 'inner' } };

function valueOf(source: JsonObject): unknown {
  const schema = { type: 'object', properties: { value: source }, $defs };
  expect(findDisagreements(schema, values)).toEqual([]);
  expect(findLostKeywords(schema, translationOf(schema))).toEqual([]);
  return translationOfValue(source, undefined, { $defs });
}

const values = ['a', 1, 1.5, null, {}, { x: 1 }, { x: 'a' }, { a: 'a', x: 1 }, [], [1], ['a']].map(
  (value) => ({
    value,
  }),
);

describe('a union', () => {
  test.each([
    ['or null', [{ anyOf: [text, whole] }, none], [text, whole, none]],
    ['alone', [{ anyOf: [text, whole] }], [text, whole]],
    ['with null, or null', [{ anyOf: [text, whole, none] }, none], [text, whole, none]],
    ['in a union, or null', [none, { anyOf: [{ anyOf: [text, whole] }, none] }], [text, whole, none]],
    ['of one, or null', [{ anyOf: [text] }, none], [text, none]],
  ])('%s is one union (MAP-33)', (_, anyOf, flat) => {
    expect(valueOf({ anyOf, description: 'D' })).toEqual({ anyOf: flat, description: 'D' });
  });

  test.each([
    ['among others', [{ anyOf: [text, none] }, whole]],
    ['described, with a type that is not known', [{ anyOf: [{}, text], description: 'inner' }, none]],
  ])('%s stays as it is (MAP-33)', (_, anyOf) => {
    expect(valueOf({ anyOf })).toEqual({ anyOf });
  });

  test.each([
    [
      { anyOf: [text, whole], description: 'inner' },
      { anyOf: [text, whole], description: 'inner' },
    ],
    [{ $ref: '#/$defs/Either' }, { $ref: '#/components/schemas/tool.Either' }],
  ])(
    'like %j, or null, stands under allOf with its types (MAP-34)',
    (branch: JsonObject, inner: JsonObject) => {
      expect(valueOf({ anyOf: [branch, none] })).toEqual({
        anyOf: [{ type: ['integer', 'string'], allOf: [inner] }, none],
      });
    },
  );
});

describe('the only branch beside null', () => {
  test('keeps its annotations below those of the schema around it (MAP-34)', () => {
    const branch = { ...text, enum: ['a', 'b'], title: 'T', description: 'inner' };
    expect(valueOf({ anyOf: [branch, none], title: 'T', description: 'outer' })).toEqual({
      anyOf: [{ ...text, enum: ['a', 'b'], title: 'T', allOf: [{ description: 'inner' }] }, none],
      title: 'T',
      description: 'outer',
    });
  });

  test('is referred to under allOf when the target has annotations of its own (MAP-34)', () => {
    const Ref = { $ref: '#/components/schemas/tool.Model' };
    const branch = { $ref: '#/$defs/Model' };
    expect(valueOf({ anyOf: [branch, none], description: 'outer' })).toEqual({
      anyOf: [{ type: 'object', allOf: [Ref] }, none],
      description: 'outer',
    });
    expect(valueOf({ anyOf: [branch, none], title: 'T' })).toEqual({ anyOf: [Ref, none], title: 'T' });
  });

  test('keeps its assertions below those of the same name (MAP-34)', () => {
    const source = {
      type: 'object',
      properties: { a: text },
      anyOf: [{ properties: { x: whole }, required: ['x'], additionalProperties: false }],
    };
    expect(valueOf(source)).toEqual({ ...source, anyOf: [{ allOf: source.anyOf }] });
  });

  test('moves into the allOf that is there (MAP-34)', () => {
    const branch = { allOf: [Model] };
    expect(valueOf({ allOf: [{ minProperties: 1 }], anyOf: [branch, none] })).toEqual({
      type: ['null', 'object'],
      allOf: [{ minProperties: 1 }, { anyOf: [{ type: 'object', ...branch }, none] }],
    });
  });

  test('stays as it is where it would be called a string (MAP-34)', () => {
    const source = { anyOf: [{ $ref: '#/$defs/Bare' }, none], title: 'outer' };
    expect(valueOf(source)).toEqual({
      anyOf: [{ $ref: '#/components/schemas/tool.Bare' }, none],
      title: 'outer',
    });
  });

  test('stays as it is beside a discriminator (MAP-34)', () => {
    const anyOf = [{ $ref: '#/components/schemas/tool.Model' }];
    const discriminator = { propertyName: 'x' };
    const source = { anyOf: [{ $ref: '#/$defs/Model' }], discriminator, description: 'outer' };
    expect(valueOf(source)).toEqual({ type: 'object', anyOf, discriminator, description: 'outer' });
  });
});

describe('items beside allOf', () => {
  test('are those of the branches (MAP-39)', () => {
    const list = { type: 'array', items: whole, description: 'inner' };
    const source = { $ref: '#/$defs/List', description: 'outer' };
    expect(translationOfValue(source, undefined, { $defs: { List: list } })).toEqual({
      type: 'array',
      items: whole,
      allOf: [{ $ref: '#/components/schemas/tool.List' }],
      description: 'outer',
    });
  });

  test.each([
    ['follow a tuple', { type: 'array', prefixItems: [text], items: whole }],
    ['are long', { type: 'array', items: { ...text, description: 'x'.repeat(2_000) } }],
    ['recur', { type: 'array', items: { type: 'array', items: { $ref: '#/$defs/List' } } }],
  ])('are not repeated where they %s (MAP-39)', (_, list) => {
    const List = { ...list, description: 'inner' };
    const source = { $ref: '#/$defs/List', description: 'outer' };
    expect(findDisagreements({ properties: { value: source }, $defs: { List } }, values)).toEqual([]);
    expect(translationOfValue(source, undefined, { $defs: { List } })).toMatchObject({ items: {} });
    expect(translationOfValue(source, undefined, { $defs: { List } })).not.toMatchObject({ items: whole });
  });
});
