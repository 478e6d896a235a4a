import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../../../../src/json/value.ts';
import { findFaults, toSeverities, type Row } from './diff-fixture.ts';

/** Narrower from `old` to `new`, by one keyword; the row that goes back is made of it. */
function narrowing(keyword: string, old: JsonValue, next: JsonValue, lost: JsonValue): readonly Row[] {
  return [
    { old, new: next, input: `breaking ${keyword}`, output: `compatible ${keyword}`, lost },
    { old: next, new: old, input: `compatible ${keyword}`, output: `breaking ${keyword}`, gained: lost },
  ];
}

function same(old: JsonValue, next: JsonValue): readonly Row[] {
  return [
    { old, new: next, input: '', output: '' },
    { old: next, new: old, input: '', output: '' },
  ];
}

const open = { type: 'object' } as const;
const closed = { type: 'object', additionalProperties: false } as const;
function condition(when: JsonValue, consequence: JsonValue): JsonValue {
  // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
  return { if: when, then: consequence };
}

const text = { type: 'string' } as const;
const kind = (name: string): JsonValue => ({
  type: 'object',
  properties: { kind: { const: name } },
  required: ['kind'],
});

const tables: Record<string, readonly Row[]> = {
  'types are sets, and listed values are tried (MAP-82)': [
    ...narrowing('type', { type: 'number' }, { type: 'integer' }, 1.5),
    ...narrowing('type', { type: ['string', 'null'] }, text, null),
    ...narrowing('type', {}, text, 1),
    ...narrowing('enum', { enum: ['a', 'b'] }, { enum: ['b'] }, 'a'),
    ...narrowing('enum', text, { type: 'string', enum: ['b'] }, 'a'),
    ...same({ type: 'boolean' }, { enum: [true, false] }),
    ...same({ enum: ['a', 'b'] }, { oneOf: [{ const: 'b' }, { const: 'a' }] }),
    ...same({ enum: ['a'] }, { const: 'a' }),
    ...same({ enum: ['ab', 'abc'], minLength: 2 }, { enum: ['a', 'ab', 'abc'], minLength: 2 }),
    {
      old: { type: 'string' },
      new: { type: 'integer' },
      input: 'breaking type',
      output: 'breaking type',
      lost: 'a',
      gained: 1,
    },
    {
      old: { const: 1 },
      new: { const: 2 },
      input: 'breaking const, compatible const',
      output: 'breaking const, compatible const',
      lost: 1,
      gained: 2,
    },
  ],
  'bounds (MAP-83)': [
    ...narrowing('minimum', { type: 'number', minimum: 1 }, { type: 'number', minimum: 2 }, 1),
    ...narrowing(
      'exclusiveMinimum',
      { type: 'number', minimum: 1 },
      { type: 'number', exclusiveMinimum: 1 },
      1,
    ).slice(0, 1),
    ...narrowing('maximum', { type: 'number' }, { type: 'number', maximum: 2 }, 3),
    ...same({ type: 'integer', exclusiveMinimum: 0 }, { type: 'integer', minimum: 1 }),
    ...narrowing('multipleOf', { type: 'integer', multipleOf: 2 }, { type: 'integer', multipleOf: 6 }, 2),
    ...narrowing('multipleOf', { type: 'number', multipleOf: 0.1 }, { type: 'number', multipleOf: 0.5 }, 0.1),
    ...same({ type: 'integer' }, { type: 'integer', multipleOf: 0.5 }),
    {
      old: { multipleOf: 2 },
      new: { multipleOf: 3 },
      input: 'breaking multipleOf',
      output: 'breaking multipleOf',
      lost: 2,
      gained: 3,
    },
    ...narrowing('minLength', text, { type: 'string', minLength: 1 }, ''),
    ...narrowing('maxLength', { type: 'string', maxLength: 2 }, { type: 'string', maxLength: 1 }, 'ab'),
    ...narrowing('minItems', { type: 'array' }, { type: 'array', minItems: 1 }, []),
    ...narrowing('maxItems', { type: 'array' }, { type: 'array', maxItems: 0 }, [1]),
    ...narrowing('uniqueItems', { type: 'array' }, { type: 'array', uniqueItems: true }, [1, 1]),
    ...narrowing('minProperties', open, { type: 'object', minProperties: 1 }, {}),
    ...narrowing('maxProperties', open, { type: 'object', maxProperties: 0 }, { a: 1 }),
    ...same({ type: 'integer', minLength: 1 }, { type: 'integer', minLength: 5, required: ['a'] }),
  ],
  'required names (MAP-84)': [
    ...narrowing('required', open, { type: 'object', required: ['a'] }, {}),
    ...narrowing('dependentRequired', open, { type: 'object', dependentRequired: { a: ['b'] } }, { a: 1 }),
    ...same(
      { type: 'object', required: ['b'] },
      { type: 'object', required: ['b'], dependentRequired: { a: ['b'] } },
    ),
    ...narrowing(
      'required',
      open,
      { type: 'object', dependentSchemas: { a: { required: ['b'] } } },
      { a: 1 },
    ),
  ],
  'members are compared kind by kind (MAP-85)': [
    ...narrowing('properties', { ...closed, properties: { a: text } }, closed, { a: '' }),
    {
      old: { ...open, properties: { a: text } },
      new: open,
      input: 'compatible properties',
      output: 'breaking properties',
      gained: { a: 1 },
    },
    ...narrowing('additionalProperties', open, closed, { a: 1 }),
    ...narrowing(
      'type',
      { ...open, additionalProperties: true },
      { ...open, additionalProperties: text },
      { a: 1 },
    ),
    ...narrowing(
      'minLength',
      { ...open, additionalProperties: text },
      { ...open, additionalProperties: text, properties: { a: { ...text, minLength: 1 } } },
      { a: '' },
    ),
    ...same(
      { ...open, additionalProperties: text },
      { ...open, additionalProperties: text, properties: { a: text } },
    ),
    ...same(
      { ...closed, patternProperties: { '^a': text } },
      { ...closed, patternProperties: { '^a': text }, properties: { ab: text } },
    ),
    ...narrowing('patternProperties', { ...closed, patternProperties: { '^a': text } }, closed, { a: '' }),
    ...narrowing(
      'minLength',
      { ...open, propertyNames: {} },
      { ...open, propertyNames: { minLength: 1 } },
      { '': 1 },
    ),
    ...same({ ...open, unevaluatedProperties: false }, closed),
  ],
  'a property that comes into an open object (MAP-86)': [
    {
      old: open,
      new: { ...open, properties: { a: text } },
      input: 'unknown properties',
      output: 'compatible properties',
      lost: { a: 1 },
    },
    {
      old: open,
      new: { ...open, properties: { a: {} } },
      input: 'editorial properties',
      output: 'editorial properties',
    },
  ],
  'arrays index by index (MAP-87)': [
    ...narrowing('type', { type: 'array' }, { type: 'array', items: text }, [1]),
    ...same(
      { type: 'array', prefixItems: [text], items: false },
      { type: 'array', prefixItems: [text], maxItems: 1 },
    ),
    ...same({ type: 'array', prefixItems: [text, text], items: text }, { type: 'array', items: text }),
    ...narrowing(
      'minContains',
      { type: 'array', contains: text },
      { type: 'array', contains: text, minContains: 2 },
      ['a'],
    ),
    ...narrowing(
      'type',
      { type: 'array', contains: { type: 'number' } },
      { type: 'array', contains: { type: 'integer' } },
      [1.5],
    ),
  ],
  'branches of anyOf are a set (MAP-88)': [
    ...narrowing(
      'anyOf',
      { anyOf: [text, { type: 'null' }, { type: 'array' }] },
      { anyOf: [{ type: 'array' }, text] },
      null,
    ),
    ...narrowing('anyOf', { anyOf: [text, { type: 'null' }] }, text, null),
    ...same({ anyOf: [text, { type: 'null' }] }, { type: ['null', 'string'] }),
    ...same({ anyOf: [{ type: 'integer' }, { type: 'number' }] }, { type: 'number' }),
    ...narrowing(
      'maxLength',
      { anyOf: [text, { type: 'null' }] },
      { anyOf: [{ type: 'null' }, { ...text, maxLength: 1 }] },
      'ab',
    ),
    ...same({ allOf: [text, { minLength: 2 }] }, { type: 'string', minLength: 2 }),
  ],
  'oneOf (MAP-89)': [
    ...narrowing(
      'oneOf',
      { oneOf: [kind('a'), kind('b'), kind('c')] },
      { oneOf: [kind('b'), kind('a')] },
      { kind: 'c' },
    ),
    ...same({ oneOf: [kind('a'), kind('b')] }, { anyOf: [kind('b'), kind('a')] }),
    ...same(
      { oneOf: [{ multipleOf: 2 }, { multipleOf: 3 }] },
      { oneOf: [{ multipleOf: 3 }, { multipleOf: 2 }] },
    ),
    {
      old: { oneOf: [{ multipleOf: 2 }, { multipleOf: 3 }] },
      new: { oneOf: [{ multipleOf: 2 }, { multipleOf: 5 }] },
      input: 'unknown oneOf',
      output: 'unknown oneOf',
      lost: 3,
      gained: 5,
    },
  ],
  'not and conditions (MAP-90)': [
    ...narrowing('type', { not: text }, { not: { type: ['string', 'null'] } }, null),
    ...same({ type: 'integer' }, { type: 'integer', not: text }),
    {
      old: {},
      new: { not: { required: ['a'] } },
      input: 'unknown not',
      output: 'compatible not',
      lost: { a: 1 },
    },
    ...narrowing(
      'required',
      condition({ required: ['a'] }, {}),
      condition({ required: ['a'] }, { required: ['b'] }),
      { a: 1 },
    ),
    {
      old: condition({ minimum: 1 }, { maximum: 3 }),
      new: condition({ minimum: 2 }, { maximum: 3 }),
      input: 'unknown if',
      output: 'unknown if',
    },
    {
      old: { allOf: [{ properties: { a: true } }], unevaluatedProperties: false },
      new: { allOf: [{ properties: { a: true, b: true } }], unevaluatedProperties: false },
      input: 'unknown unevaluatedProperties, editorial properties',
      output: 'unknown unevaluatedProperties, editorial properties',
    },
  ],
  'patterns (MAP-91)': [
    ...narrowing('pattern', text, { ...text, pattern: '^a' }, ''),
    {
      old: { ...text, pattern: '^a+$' },
      new: { ...text, pattern: '^aa*$' },
      input: 'unknown pattern',
      output: 'unknown pattern',
    },
    {
      old: { ...text, pattern: '^a' },
      new: { ...text, pattern: '^0' },
      input: 'breaking pattern',
      output: 'breaking pattern',
      lost: 'a',
      gained: '0',
    },
  ],
};

describe.each(Object.entries(tables))('%s', (_title, rows) => {
  test.each(rows.map((row) => [`${JSON.stringify(row.old)} → ${JSON.stringify(row.new)}`, row] as const))(
    '%s',
    (_name, row) => {
      expect(toSeverities(row)).toEqual({ input: row.input, output: row.output });
      expect(findFaults(row)).toEqual([]);
    },
  );
});
