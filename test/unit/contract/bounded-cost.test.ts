import { expect, test } from 'vitest';
import { buildDocument } from '../../../src/contract/document/build-document.ts';
import { compileContract } from '../../../src/contract/enforcement/compile-contract.ts';
import { createPatternCompiler } from '../../../src/contract/validation/pattern.ts';
import type { Violation } from '../../../src/errors.ts';

/** Natively, the checks below take longer than the universe is old; a bounded one takes a fraction of a second. */
const farFromNoiseMs = 20_000;

function timedCheck(inputSchema: unknown, value: unknown): readonly Violation[] | undefined {
  const { document, unserved } = buildDocument({
    sources: [{ server: '', tools: [{ name: 'echo', inputSchema }] }],
  });
  const contract = compileContract(document);
  const [operation] = contract.operations;
  if (operation === undefined) throw new Error(unserved[0]?.reason);
  const started = performance.now();
  const violations = contract.validateArguments(operation, value);
  expect(performance.now() - started).toBeLessThan(farFromNoiseMs);
  return violations;
}

test.each(['(a+)+$', '^(a|a)*$', '^(a|aa)+$', '^(\\w+\\s?)*$', '(.*)*x', '^([a-z]+[a-z]*)+$'])(
  'the pattern %s is decided in linear time (MAP-70)',
  (pattern) => {
    const schema = { type: 'object', properties: { s: { type: 'string', pattern } } };
    expect(timedCheck(schema, { s: `${'a'.repeat(100_000)}!` })).toMatchObject([
      { pointer: '/s', keyword: 'pattern' },
    ]);
  },
);

test.each(['^(?=(a+)+$)', '(?!(a|a)*$)^a', '^(a+)+\\1$', '^((?:a|a)*?)\\1b$'])(
  'the pattern %s, which cannot be, is given up on in time (MAP-71)',
  (pattern) => {
    const schema = { type: 'object', properties: { s: { type: 'string', pattern } } };
    expect(timedCheck(schema, { s: `${'a'.repeat(50)}!` })).toMatchObject([
      { pointer: '', keyword: 'undecided' },
    ]);
  },
);

test('a pattern with lookaround decides ordinary text (MAP-71)', () => {
  const schema = { type: 'object', properties: { s: { pattern: '^(?=.*\\d)(?=.*[a-z]).{8,}$' } } };
  expect(timedCheck(schema, { s: 'abcdefg1' })).toBeUndefined();
  expect(timedCheck(schema, { s: 'abcdefgh' })).toMatchObject([{ pointer: '/s', keyword: 'pattern' }]);
});

test('a pattern for keys is bounded like any other (MAP-71)', () => {
  const key = `${'a'.repeat(50)}!`;
  expect(
    timedCheck({ type: 'object', patternProperties: { '^(a+)+$': false } }, { [key]: 1 }),
  ).toBeUndefined();
  expect(
    timedCheck({ type: 'object', patternProperties: { '^(?=(a+)+$)': false } }, { [key]: 1 }),
  ).toMatchObject([{ keyword: 'undecided' }]);
});

test('a web of allOf is not served, or given up on in time (MAP-71)', () => {
  expect(() => timedCheck(web(40), { a: 1 })).toThrow(/more than/);
  expect(timedCheck(web(14), { x: 1 })).toBeUndefined();
  const { $defs } = web(14);
  const inputSchema = { type: 'object', properties: { a: { items: { $ref: '#/$defs/d0' } } }, $defs };
  expect(timedCheck(inputSchema, { a: Array.from({ length: 5_000 }, () => ({})) })).toBeDefined();
});

test('a recursive schema with two ways down is given up on in time (MAP-71)', () => {
  const node = { type: 'object', anyOf: [branch('a'), branch('b')] };
  let value: Record<string, unknown> = {};
  for (let depth = 0; depth < 60; depth += 1) value = { child: value, zz: 'b' };
  expect(timedCheck({ $ref: '#/$defs/node', $defs: { node } }, value)).toMatchObject([
    { keyword: expect.any(String) },
  ]);
});

test('an array of many items that must differ is decided (MAP-71)', () => {
  const items = Array.from({ length: 100_000 }, (_item, index) => ({ index }));
  const schema = { type: 'object', properties: { a: { type: 'array', uniqueItems: true } } };
  expect(timedCheck(schema, { a: items })).toBeUndefined();
  expect(timedCheck(schema, { a: [...items, { index: 7 }] })).toMatchObject([{ keyword: 'uniqueItems' }]);
});

test('a large value of a plain schema is decided (MAP-71)', () => {
  const properties = Object.fromEntries(
    Array.from({ length: 20 }, (_p, index) => [`p${index}`, { type: 'string', pattern: '^x*$' }]),
  );
  const schema = { type: 'object', properties: { a: { items: { type: 'object', properties } } } };
  const item = Object.fromEntries(Object.keys(properties).map((key) => [key, 'x'.repeat(20)]));
  expect(timedCheck(schema, { a: Array.from({ length: 5_000 }, () => item) })).toBeUndefined();
});

test('a value deeper than the call stack is given up on (MAP-71)', () => {
  const node = { type: 'object', properties: { n: { $ref: '#/$defs/node' } } };
  let value: Record<string, unknown> = {};
  for (let depth = 0; depth < 200_000; depth += 1) value = { n: value };
  expect(timedCheck({ $ref: '#/$defs/node', $defs: { node } }, value)).toMatchObject([
    { keyword: 'undecided' },
  ]);
});

test('10,000 properties and a description of 1 MB are served (MAP-71)', () => {
  const properties = Object.fromEntries(
    Array.from({ length: 10_000 }, (_p, index) => [
      `p${index}`,
      { type: 'integer', description: 'x'.repeat(100) },
    ]),
  );
  expect(timedCheck({ type: 'object', properties }, { p9999: 'x' })).toMatchObject([{ pointer: '/p9999' }]);
});

test('an escape that the flag u forbids but means nothing is mended, and stays linear (MAP-70)', () => {
  const compile = createPatternCompiler();
  for (const source of ['^[\\w\\-\\.]+\\@\\w+$', '^\\#[\\da-f]{6}$', '\\_\\ \\:\\%']) {
    expect(compile(source).isLinear).toBe(true);
  }
  expect(compile('^\\#[\\da-f]{6}$').test('#00ff00')).toBe(true);
});

test('a pattern that is valid only without the flag u runs without it (MAP-70)', () => {
  const compile = createPatternCompiler();
  for (const source of ['^{a}$', '^a{,2}$', '^[\\w-.]+$', ']']) {
    expect(compile(source).isLinear).toBe(false);
    for (const text of ['{a}', 'a{,2}', 'x-.', ']'])
      expect(compile(source).test(text)).toBe(new RegExp(source).test(text));
  }
});

/** A schema that applies itself twice at each level. */
function web(levels: number): { readonly $defs: unknown } {
  const defs = Array.from({ length: levels }, (_level, index) => {
    const next = index + 1 < levels ? { $ref: `#/$defs/d${index + 1}` } : { required: ['x'] };
    return [`d${index}`, { anyOf: [next, { allOf: [next] }] }] as const;
  });
  const root = { type: 'object', $ref: '#/$defs/d0' };
  return { ...root, $defs: Object.fromEntries(defs) };
}

function branch(name: string): unknown {
  return { properties: { child: { $ref: '#/$defs/node' }, zz: { const: name } }, required: ['zz'] };
}
