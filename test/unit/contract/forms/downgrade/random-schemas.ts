import * as fc from 'fast-check';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../../../src/json/value.ts';

const names = ['a', 'b', 'xa', 'c'] as const;
const patterns = ['^x', 'a', '^(a|b)$', '^c$', '^.*', ''] as const;

/** Values small enough for random schemas to mean something. */
export const smallValues: fc.Arbitrary<JsonValue> = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    fc.constantFrom<JsonValue>(null, true, false, 0, 1, 2, 1.5, -1, '', 'a', 'b', 'xa', 'abc'),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...names), tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value;

/** Schemas of JSON Schema 2020-12 whose references are to `#/$defs/first` and `#/$defs/second`. */
const schemas: fc.Arbitrary<JsonValue> = fc.letrec<{ schema: JsonValue }>((tie) => {
  const schema = tie('schema');
  const list = fc.array(schema, { minLength: 1, maxLength: 3 });
  const mapOver = (keys: readonly string[]): fc.Arbitrary<JsonObject> =>
    fc.dictionary(fc.constantFrom(...keys), schema, { maxKeys: 2, noNullPrototype: true });
  const type = fc.constantFrom('null', 'boolean', 'object', 'array', 'number', 'string', 'integer');
  const count = fc.nat(3);
  const nameList = fc.uniqueArray(fc.constantFrom(...names), { maxLength: 2 });
  const groups: readonly (readonly [number, Record<string, fc.Arbitrary<unknown>>])[] = [
    [3, { type }],
    [2, { type: fc.uniqueArray(type, { minLength: 1, maxLength: 4 }) }],
    [1, { const: smallValues }],
    [2, { enum: fc.array(smallValues, { minLength: 1, maxLength: 4 }) }],
    [1, { minimum: count, exclusiveMinimum: count }],
    [1, { maximum: count, exclusiveMaximum: count, multipleOf: fc.constant(0.5) }],
    [1, { minLength: count, maxLength: count, pattern: fc.constantFrom('^a', 'b$', String.raw`^\p{L}+$`) }],
    [2, { items: schema, minItems: count }],
    [2, { prefixItems: list, items: fc.oneof(fc.boolean(), schema) }],
    [1, { prefixItems: list, maxItems: count, uniqueItems: fc.boolean() }],
    [1, { prefixItems: list, unevaluatedItems: fc.oneof(fc.boolean(), schema), allOf: list }],
    [2, { contains: schema, minContains: fc.nat(2), maxContains: fc.nat(2) }],
    [3, { properties: mapOver(names), additionalProperties: fc.oneof(fc.boolean(), schema) }],
    [2, { properties: mapOver(names), patternProperties: mapOver(patterns) }],
    [1, { patternProperties: mapOver(patterns), additionalProperties: fc.boolean() }],
    [
      1,
      {
        propertyNames: fc.constantFrom({ enum: ['a', 'b'] }, { pattern: '^(a|b)$' }, { maxLength: 1 }, false),
      },
    ],
    [1, { minProperties: count, maxProperties: count, required: nameList }],
    [2, { unevaluatedProperties: fc.oneof(fc.boolean(), schema), allOf: list, properties: mapOver(names) }],
    [1, { unevaluatedProperties: fc.boolean(), anyOf: list, patternProperties: mapOver(patterns) }],
    [2, Object.fromEntries(['if', 'then', 'else'].map((keyword) => [keyword, schema]))],
    [1, { dependentRequired: fc.dictionary(fc.constantFrom(...names), nameList, { noNullPrototype: true }) }],
    [1, { dependentSchemas: mapOver(names) }],
    [2, { anyOf: list }],
    [2, { oneOf: list }],
    [1, { allOf: list }],
    [2, { not: schema }],
    [2, { $ref: fc.constantFrom('#/$defs/first', '#/$defs/second') }],
  ];
  const group = fc.oneof(
    ...groups.map(([weight, members]) => ({
      weight,
      // Only the first member is in each.
      arbitrary: fc.record(members, { requiredKeys: [Object.keys(members)[0] ?? ''], noNullPrototype: true }),
    })),
  );
  return {
    schema: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      fc.oneof(
        fc.boolean(),
        type.map((name) => ({ type: name })),
      ),
      fc
        .array(group, { minLength: 1, maxLength: 2 })
        .map((parts) => Object.assign({}, ...parts) as JsonObject),
    ),
  };
}).schema;

const link = fc.constantFrom({ $ref: '#/$defs/first' }, { $ref: '#/$defs/second' });

/** Members that make a definition lead back to itself, one way or another. */
const links: fc.Arbitrary<JsonObject> = fc.oneof(
  fc.constant({}),
  link.map((target) => ({ items: target })),
  link.map((target) => ({ properties: { a: target } })),
  link.map((target) => ({ additionalProperties: target })),
  link.map((target) => ({ oneOf: [{ type: ['string', 'number'] }, { type: 'array', items: target }] })),
  link.map((target) => ({ not: { type: 'array', items: target, minItems: 1 } })),
);

/** Tools' schemas with one property of any shape, and two definitions that may refer to each other. */
export const toolSchemas: fc.Arbitrary<JsonObject> = fc
  .tuple(schemas, schemas, schemas, links, links, fc.boolean())
  .map(([value, first, second, firstLinks, secondLinks, isLinked]) => ({
    type: 'object',
    properties: { value: isLinked ? { anyOf: [value, { $ref: '#/$defs/first' }] } : value },
    required: ['value'],
    $defs: { first: join(first, firstLinks), second: join(second, secondLinks) },
  }));

function join(schema: JsonValue, members: JsonObject): JsonValue {
  return isJsonObject(schema) ? { ...schema, ...members } : members;
}
