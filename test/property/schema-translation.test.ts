import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { translateSchema } from '../../src/contract/schema/translate.ts';
import type { TranslatedSchema } from '../../src/contract/schema/translate.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../src/json/value.ts';
import { compileTranslated, translated } from '../unit/contract/schema/oracle.ts';
import { compileRaw } from '../unit/contract/schema/raw-validator.ts';
import { findShapeFaults } from '../unit/contract/schema/shape-faults.ts';

const definitionNames = ['A', 'B', 'c d'] as const;
const propertyNames = ['a', 'b', 'constructor'] as const;

/** References stand below a property or an item, so that they never judge the value they are part of. */
function anySchemaWith(
  keywords: (schema: fc.Arbitrary<JsonValue>) => Record<string, fc.Arbitrary<JsonValue>>,
): fc.Arbitrary<JsonValue> {
  const { schema } = fc.letrec<{ schema: JsonValue; object: JsonValue }>((tie) => ({
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
    object: fc
      .record({ ...commonKeywords(tie('schema')), ...keywords(tie('schema')) }, { requiredKeys: [] })
      .map(toJson),
  }));
  return schema;
}

/** The members that were chosen; the type of a record says that others may be undefined. */
function toJson(members: object): JsonValue {
  return { ...members };
}

function commonKeywords(schema: fc.Arbitrary<JsonValue>): Record<string, fc.Arbitrary<JsonValue>> {
  return {
    type: fc.constantFrom('object', 'array', 'string'),
    title: fc.constantFrom('T', 'U'),
    properties: fc.dictionary(fc.constantFrom(...propertyNames), withReference(schema), { maxKeys: 2 }),
    required: fc.uniqueArray(fc.constantFrom(...propertyNames), { maxLength: 2 }),
    additionalProperties: withReference(schema),
    prefixItems: fc.array(withReference(schema), { minLength: 1, maxLength: 2 }),
    items: withReference(schema),
    allOf: fc.array(schema, { minLength: 1, maxLength: 2 }),
    anyOf: fc.array(schema, { minLength: 1, maxLength: 3 }),
    oneOf: fc.array(schema, { minLength: 1, maxLength: 2 }),
    not: schema,
    dependentSchemas: fc.dictionary(fc.constantFrom(...propertyNames), schema, { maxKeys: 1 }),
  };
}

/** Not both, for Ajv forgets what `if` evaluates. */
const anySchema = fc.oneof(
  // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
  anySchemaWith((schema) => ({ if: schema, then: schema, else: schema })),
  anySchemaWith((schema) => ({ unevaluatedProperties: schema, unevaluatedItems: schema })),
);

/** For definitions, which either kind refers to. */
const plainSchema = anySchemaWith(() => ({}));

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
  .tuple(anySchema, fc.tuple(plainSchema, plainSchema, plainSchema))
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
        expect(findShapeFaults(result).filter((fault) => !isExpected(fault, source))).toEqual([]);
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

/** A root that is no object has no properties; to add items would change what an unevaluatedItems sees. */
function isExpected(fault: string, source: JsonObject): boolean {
  const isObserved = JSON.stringify(source).includes('unevaluatedItems');
  return fault.startsWith('root') || (isObserved && fault.endsWith('without items'));
}

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
