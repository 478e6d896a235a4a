import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { buildDocument } from '../../../src/contract/document/build-document.ts';
import { compileContract } from '../../../src/contract/enforcement/compile-contract.ts';

/** The example of a tool with this input schema, and whether the contract takes it. */
function exampleOf(
  inputSchema: unknown,
): { readonly example: unknown; readonly isValid: boolean } | undefined {
  const { document } = buildDocument({ sources: [{ server: '', tools: [{ name: 'echo', inputSchema }] }] });
  const contract = compileContract(document, { formats: 'assert' });
  const [operation] = contract.operations;
  if (operation === undefined) return undefined;
  const { paths } = contract.document as {
    paths: Record<string, { post: { requestBody: { content: Record<string, { example?: unknown }> } } }>;
  };
  const example = paths['/echo']?.post.requestBody.content['application/json']?.example;
  return { example, isValid: contract.validateArguments(operation, example) === undefined };
}

test('the example is the schema’s own where that is valid (MAP-59)', () => {
  const properties = { a: { type: 'string' } };
  expect(exampleOf({ properties, examples: [{ a: 1 }, 'x', { a: 'own' }] })?.example).toEqual({ a: 'own' });
  expect(exampleOf({ properties, default: { a: 'default' } })?.example).toEqual({ a: 'default' });
});

test('else it has what is required, and what has an example or a default (MAP-59)', () => {
  const schema = {
    type: 'object',
    properties: {
      when: { type: 'string', format: 'date-time' },
      unit: { enum: ['c', 'f'] },
      count: { type: 'integer', minimum: 5, multipleOf: 3 },
      tags: { type: 'array', minItems: 2, items: { type: 'string', minLength: 6 } },
      place: { type: 'object', properties: { city: { type: 'string', examples: ['Paris'] } } },
      page: { type: 'integer', default: 1 },
      other: { type: 'string' },
    },
    required: ['when', 'unit', 'count', 'tags', 'place'],
  };
  expect(exampleOf(schema)).toEqual({
    example: {
      when: '2025-01-31T12:00:00Z',
      unit: 'c',
      count: 6,
      tags: ['textte', 'textte'],
      place: { city: 'Paris' },
      page: 1,
    },
    isValid: true,
  });
});

test.each<[unknown, unknown]>([
  [{ type: 'object', required: ['a'], properties: { a: { pattern: '^#[0-9a-f]{6}$' } } }, { a: '#000000' }],
  [{ anyOf: [{ required: ['a'], properties: { a: { const: 1 } } }, { required: ['b'] }] }, { a: 1 }],
  [{ allOf: [{ required: ['a'] }, { properties: { a: { type: 'boolean' } } }] }, { a: true }],
  [
    { required: ['n'], properties: { n: { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 } } },
    { n: 0.5 },
  ],
  [
    { required: ['__proto__'], properties: JSON.parse('{"__proto__":{"type":"null"}}') },
    JSON.parse('{"__proto__":null}'),
  ],
])('the example of %j is %j (MAP-59)', (schema, example) => {
  expect(exampleOf(schema)).toEqual({ example, isValid: true });
});

test.each([
  { not: {} },
  { type: 'object', required: ['a'], properties: { a: { pattern: '^[0-9]{40}x$' } } },
  {
    $ref: '#/$defs/n',
    $defs: { n: { type: 'object', required: ['n'], properties: { n: { $ref: '#/$defs/n' } } } },
  },
  { type: 'object', minProperties: 1_000 },
])('none is given for %j (MAP-59)', (schema) => {
  expect(exampleOf(schema)?.example).toBeUndefined();
});

const scalar = fc.oneof(
  fc.record(
    {
      type: fc.constant('string'),
      minLength: fc.nat(9),
      maxLength: fc.nat(9),
      format: fc.constantFrom('date', 'uri', 'x'),
    },
    { requiredKeys: ['type'] },
  ),
  fc.record(
    {
      type: fc.constantFrom('integer', 'number'),
      minimum: fc.integer(),
      maximum: fc.integer(),
      multipleOf: fc.integer({ min: 1, max: 9 }),
    },
    { requiredKeys: ['type'] },
  ),
  fc.record(
    { enum: fc.array(fc.jsonValue(), { minLength: 1, maxLength: 3 }), default: fc.jsonValue() },
    { requiredKeys: ['enum'] },
  ),
  fc.record({ const: fc.jsonValue(), examples: fc.array(fc.jsonValue()) }, { requiredKeys: ['const'] }),
  fc.constant({ type: ['null', 'boolean'] }),
);
const { schema } = fc.letrec((tie) => ({
  schema: fc.oneof(
    { maxDepth: 3 },
    scalar,
    fc.record({
      type: fc.constant('array'),
      items: tie('schema'),
      minItems: fc.nat(2),
      maxItems: fc.nat(3),
      uniqueItems: fc.boolean(),
    }),
    fc.record(
      {
        type: fc.constant('object'),
        properties: fc.dictionary(fc.constantFrom('a', 'b', '__proto__'), tie('schema')),
        required: fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { minLength: 1 }),
        additionalProperties: fc.oneof(fc.boolean(), tie('schema')),
        maxProperties: fc.nat(3),
      },
      { requiredKeys: ['type', 'properties'] },
    ),
    fc.record({ anyOf: fc.array(tie('schema'), { minLength: 1, maxLength: 2 }) }),
    fc.record(
      { oneOf: fc.array(tie('schema'), { minLength: 1, maxLength: 2 }), not: tie('schema') },
      { requiredKeys: ['oneOf'] },
    ),
    fc.record({ allOf: fc.array(tie('schema'), { minLength: 1, maxLength: 2 }) }),
  ),
}));

test('an example is valid, whatever the schema (MAP-59)', () => {
  fc.assert(
    fc.property(schema, (value) => {
      const found = exampleOf({ type: 'object', required: ['v'], properties: { v: value } });
      expect(found?.example === undefined || found.isValid).toBe(true);
    }),
    { numRuns: 300 },
  );
});
