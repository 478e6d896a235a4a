import { expect, test } from 'vitest';
import { readSchema, type ReadSchema } from '../../../src/contract/read-schema.ts';

test('a schema of an older draft is read in the keywords of 2020-12', () => {
  const { root } = read({
    $schema: 'http://json-schema.org/draft-04/schema#',
    items: [{ minimum: 1, exclusiveMinimum: true }],
    additionalItems: false,
  });
  expect(root).toEqual({ prefixItems: [{ exclusiveMinimum: 1 }], items: { not: {} } });
});

test('every schema object leads back to its place in the source, through references too', () => {
  const schema = read({ properties: { 'a/b': { $ref: '#/$defs/x' } }, $defs: { x: { type: 'string' } } });
  const properties = schema.root['properties'] as Record<string, { readonly $ref: string }>;
  const member = properties['a/b'] ?? { $ref: '' };
  expect(schema.originOf(schema.root)).toBe('');
  expect(schema.originOf(member)).toBe('/properties/a~1b');
  expect(schema.originOf(schema.definitions.get(member.$ref) ?? {})).toBe('/$defs/x');
});

test('values of any type are judged, by the rules that the gateway has for arguments', () => {
  const schema = read({ type: 'number', multipleOf: 0.01 });
  expect(schema.judge(19.99)).toBe('valid');
  expect(schema.judge(19.995)).toBe('invalid');
  expect(schema.judge('19.99')).toBe('invalid');
});

test('a recursive schema judges recursively', () => {
  const schema = read({ type: 'object', properties: { child: { $ref: '#' } }, required: ['name'] });
  expect(schema.judge({ name: 1, child: { name: 2 } })).toBe('valid');
  expect(schema.judge({ name: 1, child: {} })).toBe('invalid');
});

test('what depends on a member called __proto__ concerns objects only', () => {
  const dependent = JSON.parse(
    '{"dependentSchemas":{"__proto__":{"required":["a"],"type":"object"}}}',
  ) as unknown;
  const schema = read(dependent);
  expect(schema.judge(0)).toBe('valid');
  expect(schema.judge(JSON.parse('{"__proto__":1}'))).toBe('invalid');
  expect(schema.judge(JSON.parse('{"__proto__":1,"a":2}'))).toBe('valid');
});

test('an empty array lacks what contains asks for, whatever stands beside it', () => {
  for (const items of [undefined, false, { type: 'string' }]) {
    const beside = items === undefined ? {} : { items };
    expect(read({ prefixItems: [false], contains: false, ...beside }).judge([])).toBe('invalid');
  }
});

test('what cannot be read is said with its place', () => {
  expect(readSchema({ properties: { a: { $ref: 'https://elsewhere.example/x.json' } } })).toMatchObject({
    kind: 'unreadable',
    pointer: '/properties/a/$ref',
  });
});

function read(source: unknown): ReadSchema {
  const schema = readSchema(source);
  if (schema.kind === 'unreadable') throw new Error(schema.reason);
  return schema;
}
