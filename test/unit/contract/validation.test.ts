import { expect, test } from 'vitest';
import { buildDocument } from '../../../src/contract/document/build-document.ts';
import { checkDocument } from '../../../src/contract/document/check-document.ts';
import { compileContract, type ContractOptions } from '../../../src/contract/enforcement/compile-contract.ts';
import { ContractValidator } from '../../../src/contract/enforcement/contract-validator.ts';
import { IndexedRouter } from '../../../src/contract/enforcement/indexed-router.ts';
import type { Violation } from '../../../src/errors.ts';

type Check = (value: unknown) => readonly Violation[] | undefined;

/** The contract's check of a tool with this input schema. */
function checkOf(inputSchema: unknown, options?: ContractOptions): Check {
  const { document, unserved } = buildDocument({
    sources: [{ server: '', tools: [{ name: 'echo', inputSchema }] }],
  });
  const contract = compileContract(document, options);
  const [operation] = contract.operations;
  if (operation === undefined) throw new Error(unserved[0]?.reason);
  return (value) => contract.validateArguments(operation, value);
}

function checkOfProperty(schema: unknown, options?: ContractOptions): Check {
  const check = checkOf({ type: 'object', properties: { v: schema } }, options);
  return (v) => check({ v });
}

test('a value is checked as it is: nothing coerced, no default filled in (MAP-67)', () => {
  const check = checkOf({
    type: 'object',
    properties: { n: { type: 'integer', default: 1 } },
    additionalProperties: false,
  });
  const value = Object.freeze({});
  expect(check(value)).toBeUndefined();
  expect(value).toEqual({});
  expect(check({ n: '1' })).toMatchObject([{ pointer: '/n', keyword: 'type' }]);
  expect(check({ n: null })).toMatchObject([{ keyword: 'type' }]);
});

test.each(['null', '[]', '"a"', '1', 'true'])('%s is no arguments object (MAP-67)', (text) => {
  expect(checkOf({ type: 'object' })(JSON.parse(text))).toMatchObject([{ pointer: '', keyword: 'type' }]);
});

test('__proto__, constructor and toString are keys like any other (MAP-67)', () => {
  const properties = JSON.parse(
    '{"__proto__":{"type":"string"},"constructor":{"type":"string"},"toString":{"type":"string"}}',
  );
  const check = checkOf({ type: 'object', properties, additionalProperties: false });
  expect(check({})).toBeUndefined();
  expect(check(JSON.parse('{"__proto__":"a","constructor":"b","toString":"c"}'))).toBeUndefined();
  for (const key of ['__proto__', 'constructor', 'toString']) {
    expect(check(JSON.parse(`{"${key}":1}`))).toMatchObject([{ pointer: `/${key}`, keyword: 'type' }]);
    const required = checkOf({ type: 'object', required: [key] });
    expect(required({})).toMatchObject([{ keyword: 'required', missing: key }]);
    expect(required(JSON.parse(`{"${key}":1}`))).toBeUndefined();
    const closed = checkOf({ type: 'object', additionalProperties: false });
    expect(closed({})).toBeUndefined();
    expect(closed(JSON.parse(`{"${key}":1}`))).toMatchObject([{ keyword: 'additionalProperties' }]);
    const dependent = checkOf({ type: 'object', dependentRequired: JSON.parse(`{"${key}":["other"]}`) });
    expect(dependent({})).toBeUndefined();
    expect(dependent(JSON.parse(`{"${key}":1}`))?.[0]).toMatchObject({ missing: 'other' });
    const schemas = checkOf({
      type: 'object',
      dependentSchemas: JSON.parse(`{"${key}":{"minProperties":2}}`),
    });
    expect(schemas(JSON.parse(`{"${key}":1}`))).toBeDefined();
    expect(schemas(JSON.parse(`{"${key}":1,"b":2}`))).toBeUndefined();
    const constant = checkOfProperty({ const: JSON.parse(`{"${key}":1}`) });
    expect(constant({})).toBeDefined();
    expect(constant(JSON.parse(`{"${key}":1}`))).toBeUndefined();
  }
});

test('what Ajv would take for its own in a schema has no meaning (MAP-67)', () => {
  const check = checkOf({
    type: 'object',
    properties: { id: { type: 'string', nullable: true, id: 'a' }, $id: { type: 'integer' } },
    examples: [{ $id: 'x' }, { $id: 'x', a: 1 }],
    discriminator: { propertyName: 'id' },
  });
  expect(check({ id: 'a', $id: 1 })).toBeUndefined();
  expect(check({ id: null })).toMatchObject([{ pointer: '/id' }]);
});

test('multiples are counted in decimals, as they are written (MAP-67)', () => {
  expect(verdicts(0.01, 19.99, 0.07, -4.35, 19.999, 1e21)).toEqual([true, true, true, false, true]);
  expect(verdicts(3, 9, 10, 0, -3, 3.5)).toEqual([true, false, true, true, false]);
  expect(verdicts(1e-8, 12391239123, 1e-9)).toEqual([true, false]);
  expect(verdicts(0.123456789, 1e308)).toEqual([false]);
});

test('values are equal when JSON Schema says so (MAP-67)', () => {
  const unique = checkOfProperty({ uniqueItems: true });
  expect(unique([1, '1', true, 'true', null, 'null', [1], ['1'], '[1]', { a: 1, b: 2 }, {}])).toBeUndefined();
  for (const pair of [
    [1, 1.0],
    [
      { a: 1, b: [2] },
      { b: [2], a: 1 },
    ],
    ['x', 'x'],
    [-0, 0],
  ]) {
    expect(unique(pair)).toMatchObject([{ keyword: 'uniqueItems' }]);
  }
  const listed = checkOfProperty({ enum: [{ a: [1] }, 'a', 1] });
  for (const value of [{ a: [1] }, 'a', 1]) expect(listed(value)).toBeUndefined();
  for (const value of [{ a: 1 }, '1', true, '{"a":[1]}', null]) expect(listed(value)).toBeDefined();
});

test('an empty array contains nothing, whatever stands beside contains (MAP-67)', () => {
  const check = checkOfProperty({ contains: { const: 1 }, prefixItems: [{ type: 'integer' }] });
  expect(check([])).toMatchObject([{ pointer: '/v', keyword: 'contains' }]);
  expect(check([2])).toContainEqual(expect.objectContaining({ pointer: '/v', keyword: 'contains' }));
  expect(check([2, 1])).toBeUndefined();
});

test('recursion stays recursion (MAP-67)', () => {
  const node = {
    type: 'object',
    properties: { next: { $ref: '#/$defs/node' } },
    additionalProperties: false,
  };
  const check = checkOf({ $ref: '#/$defs/node', $defs: { node } });
  expect(check({ next: { next: {} } })).toBeUndefined();
  expect(check({ next: { next: { other: 1 } } })).toMatchObject([{ pointer: '/next/next' }]);
});

test('format describes, unless it is to be asserted; an unknown one never fails (MAP-68)', () => {
  const email = { type: 'string', format: 'email' };
  expect(checkOfProperty(email)('nobody')).toBeUndefined();
  expect(checkOfProperty(email, { formats: 'assert' })('nobody')).toMatchObject([{ keyword: 'format' }]);
  const unknown = { type: 'string', format: 'nobody-knows' };
  expect(checkOfProperty(unknown, { formats: 'assert' })('x')).toBeUndefined();
});

test('every violation is listed, in words that name the rule (MAP-69)', () => {
  const check = checkOf({
    type: 'object',
    properties: {
      place: {},
      unit: { enum: ['c', 'f'] },
      n: { type: ['integer', 'null'], minimum: 1 },
      s: { pattern: '^a$' },
    },
    required: ['place'],
    additionalProperties: false,
  });
  expect(check({ unit: 'k', n: 1.5, s: 'b', more: 1 })).toEqual([
    { pointer: '', keyword: 'required', message: 'must have the key "place"', missing: 'place' },
    { pointer: '', keyword: 'additionalProperties', message: 'must not have the key "more"' },
    { pointer: '/n', keyword: 'type', message: 'must be integer or null, but is number' },
    { pointer: '/s', keyword: 'pattern', message: 'must match the pattern ^a$' },
    { pointer: '/unit', keyword: 'enum', message: 'must be one of "c", "f"' },
  ]);
  expect(check({ place: 1, n: 0 })).toEqual([{ pointer: '/n', keyword: 'minimum', message: 'must be >= 1' }]);
});

test('a pointer escapes the keys on its way (MAP-69)', () => {
  const check = checkOf({ type: 'object', additionalProperties: { type: 'object', required: ['x'] } });
  expect(check({ 'a/b~c%': {} })).toMatchObject([{ pointer: '/a~1b~0c%', missing: 'x' }]);
});

test('violations never quote a value (MAP-69)', () => {
  const secret = 'hunter2';
  const schemas: readonly unknown[] = [
    { type: 'integer' },
    { enum: ['a'] },
    { const: 'a' },
    { pattern: '^$' },
    { maxLength: 1 },
    { format: 'email' },
    { not: {} },
    { anyOf: [{ type: 'null' }, { const: 1 }] },
  ];
  for (const schema of schemas) {
    const violations = checkOfProperty(schema, { formats: 'assert' })(secret);
    expect(violations).toBeDefined();
    expect(JSON.stringify(violations)).not.toContain(secret);
  }
});

test('there are at most 100 violations, and one for a huge value (MAP-69)', () => {
  const check = checkOfProperty({ type: 'array', items: { type: 'string' } });
  expect(check(Array.from({ length: 1_000 }, (_item, index) => index))).toHaveLength(100);
  expect(check(Array.from({ length: 200_000 }, () => 0))).toHaveLength(1);
});

test('long lists and names are cut in messages (MAP-69)', () => {
  const values = Array.from({ length: 1_000 }, (_item, index) => `value-${index}`);
  const [violation] = checkOfProperty({ enum: values })('x') ?? [];
  expect(violation?.message.length).toBeLessThan(400);
  const [unknown] =
    checkOf({ type: 'object', additionalProperties: false })({ ['k'.repeat(10_000)]: 1 }) ?? [];
  expect(unknown?.message.length).toBeLessThan(400);
});

test('a result is checked against the output schema, if there is one (MAP-73)', () => {
  const tools = [{ name: 'plain' }, { name: 'typed', outputSchema: { type: 'object', required: ['a'] } }];
  const contract = compileContract(buildDocument({ sources: [{ server: '', tools }] }).document);
  const [plain, typed] = contract.operations;
  if (plain === undefined || typed === undefined) throw new Error('unserved');
  expect(contract.validateResult(plain, { x: 1 })).toBeUndefined();
  expect(contract.validateResult(typed, { a: 1 })).toBeUndefined();
  expect(contract.validateResult(typed, {})).toMatchObject([{ keyword: 'required', missing: 'a' }]);
});

test('the validator is openapi-backend’s: its own request check gives the same verdicts (MAP-67)', () => {
  const tools = [{ name: 'echo', inputSchema: { type: 'object', required: ['a'] } }];
  const { document } = compileContract(buildDocument({ sources: [{ server: '', tools }] }).document);
  const validator = new ContractValidator(new IndexedRouter(document), document, 'annotate');
  const request = { method: 'POST', path: '/echo', headers: {} };
  expect(validator.validateRequest({ ...request, body: { a: 1 } })).toEqual({ valid: true, errors: null });
  expect(validator.validateRequest({ ...request, body: {} }, 'echo')).toMatchObject({ valid: false });
});

function verdicts(multipleOf: number, ...values: readonly number[]): readonly boolean[] {
  return values.map((value) => checkOfProperty({ multipleOf })(value) === undefined);
}

test('nested unevaluatedProperties beside patternProperties are explained (MAP-69)', () => {
  const check = checkOfProperty({
    unevaluatedProperties: false,
    anyOf: [{ unevaluatedProperties: false }],
    patternProperties: { '^a': { type: 'integer' } },
  });
  expect(check({ a: 'x', b: 1 })).toContainEqual(expect.objectContaining({ pointer: '/v/a' }));
});

test('a schema too large for the code writer is served without an example (MAP-59)', () => {
  const inputSchema = { type: 'object', properties: many(5_000, 'p'), patternProperties: many(500, '^x') };
  const { document, unserved } = buildDocument({
    sources: [{ server: '', tools: [{ name: 'big', inputSchema }] }],
  });
  expect(unserved).toEqual([]);
  expect(JSON.stringify(document)).toContain('p4999');
});

test('a property named $ref is a property like any other, in examples too (MAP-59)', async () => {
  const inputSchema = { type: 'object', properties: { $ref: { type: 'string' } }, required: ['$ref'] };
  const { document } = buildDocument({ sources: [{ server: '', tools: [{ name: 'ref', inputSchema }] }] });
  await checkDocument(document);
  expect(checkOf(inputSchema)({ $ref: './text' })).toBeUndefined();
});

function many(count: number, prefix: string): object {
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`${prefix}${index}`, { type: 'string' }]),
  );
}
