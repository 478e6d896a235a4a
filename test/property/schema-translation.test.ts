import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { translateSchema } from '../../src/contract/schema/translate.ts';
import type { TranslatedSchema } from '../../src/contract/schema/translation.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../src/json/value.ts';
import { compileTranslated, translated } from '../unit/contract/schema/oracle.ts';
import { compileRaw } from '../unit/contract/schema/raw-validator.ts';
import { findShapeFaults } from '../unit/contract/schema/shape-faults.ts';

const definitionNames = ['A', 'B', 'c d'] as const;
const propertyNames = ['a', 'b', 'constructor'] as const;

/** References stand below a property, so that they never judge the value they are part of. */
const { schema: anySchema } = fc.letrec<{ schema: JsonValue; object: JsonValue }>((tie) => ({
  schema: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.boolean(),
    fc.constantFrom<JsonValue>(
      {},
      { type: 'string' },
      { type: ['integer', 'null'] },
      { minimum: 2 },
      { const: 1 },
    ),
    fc.record({
      enum: fc.array(fc.constantFrom<JsonValue>(1, 'a', null, 2.5), { minLength: 1, maxLength: 3 }),
    }),
    tie('object'),
  ),
  object: fc.record(
    {
      type: fc.constantFrom('object', 'array', 'string'),
      title: fc.constantFrom('T', 'U'),
      properties: fc.dictionary(fc.constantFrom(...propertyNames), withReference(tie('schema')), {
        maxKeys: 2,
      }),
      required: fc.uniqueArray(fc.constantFrom(...propertyNames), { maxLength: 2 }),
      additionalProperties: withReference(tie('schema')),
      prefixItems: fc.array(withReference(tie('schema')), { minLength: 1, maxLength: 2 }),
      items: withReference(tie('schema')),
      allOf: fc.array(tie('schema'), { minLength: 1, maxLength: 2 }),
      anyOf: fc.array(tie('schema'), { minLength: 1, maxLength: 3 }),
      oneOf: fc.array(tie('schema'), { minLength: 1, maxLength: 2 }),
      not: tie('schema'),
      if: tie('schema'),
      // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
      then: tie('schema'),
      else: tie('schema'),
      dependentSchemas: fc.dictionary(fc.constantFrom(...propertyNames), tie('schema'), { maxKeys: 1 }),
    },
    { requiredKeys: [] },
  ),
}));

function withReference(schema: fc.Arbitrary<JsonValue>): fc.Arbitrary<JsonValue> {
  const reference = fc.constantFrom(
    '#',
    ...definitionNames.map((name) => `#/$defs/${encodeURIComponent(name)}`),
  );
  const siblings = fc.record({ title: fc.constant('S'), required: fc.constant(['a']) }, { requiredKeys: [] });
  return fc.oneof(
    { weight: 2, arbitrary: schema },
    fc.tuple(reference, siblings).map(([$ref, rest]) => ({ $ref, ...rest })),
  );
}

const toolSchema: fc.Arbitrary<JsonObject> = fc
  .tuple(anySchema, fc.tuple(anySchema, anySchema, anySchema))
  .map(([root, definitions]) => ({
    ...(isJsonObject(root) ? root : { properties: { a: root } }),
    $defs: Object.fromEntries(definitionNames.map((name, index) => [name, definitions[index] ?? {}])),
  }));

const { value: anyValue } = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<JsonValue>(null, 1, 2.5, 'a', true),
    fc.array(tie('value'), { maxLength: 2 }),
    fc.dictionary(fc.constantFrom(...propertyNames, 'z'), tie('value'), { maxKeys: 3 }),
  ),
}));

const args = fc.array(fc.dictionary(fc.constantFrom(...propertyNames, 'z'), anyValue, { maxKeys: 3 }), {
  minLength: 8,
  maxLength: 8,
});

describe('translation of any schema', () => {
  test('arguments are judged as the source judges them, in a shape that clients read', () => {
    fc.assert(
      fc.property(toolSchema, args, (source, values) => {
        const result = translationOf(source);
        expect(findShapeFaults(result).filter((fault) => !fault.startsWith('root'))).toEqual([]);
        expect(verdicts(compileTranslated(result), values)).toEqual(verdicts(compileRaw(source), values));
      }),
      { numRuns: 150 },
    );
  });

  test('the same schema gives the same bytes, whatever order its keys have (MAP-32)', () => {
    fc.assert(
      fc.property(toolSchema, (source) => {
        expect(sortedText(translationOf(source))).toBe(sortedText(translationOf(reverseKeys(source))));
      }),
      { numRuns: 150 },
    );
  });

  test('a translation translated again means the same', () => {
    fc.assert(
      fc.property(toolSchema, args, (source, values) => {
        const once = translationOf(source);
        const components = { schemas: Object.fromEntries(once.components) };
        const twice = translationOf({ ...once.root, components });
        expect(verdicts(compileTranslated(twice), values)).toEqual(verdicts(compileTranslated(once), values));
      }),
      { numRuns: 100 },
    );
  });
});

function verdicts(isValid: (value: unknown) => unknown, values: readonly JsonValue[]): readonly unknown[] {
  return values.map((value) => isValid(value));
}

function translationOf(source: JsonObject): TranslatedSchema {
  return translated(translateSchema(source, { namePrefix: 'tool' }));
}

function reverseKeys<T extends JsonValue>(value: T): T {
  // The same value with its members in another order has the same type.
  if (Array.isArray(value)) return value.map((item: JsonValue) => reverseKeys(item)) as unknown as T;
  if (!isJsonObject(value)) return value;
  const members = Object.entries(value).map(([key, member]) => [key, reverseKeys(member)] as const);
  return Object.fromEntries(members.toReversed()) as T;
}

function sortedText({ root, components }: TranslatedSchema): string {
  return JSON.stringify([root, [...components]], (_key, value: JsonValue) =>
    isJsonObject(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}
