import { describe, expect, test } from 'vitest';
import { draft, faultOf, translationOf } from './translation-of.ts';

/** A chain of definitions, each made from the name of the next. */
function chain(length: number, link: (next: string) => object): object {
  const names = Array.from({ length }, (_, n) => [`d${n}`, link(`#/$defs/d${n + 1}`)] as const);
  return {
    properties: { a: { $ref: '#/$defs/d0' } },
    $defs: Object.fromEntries([...names, [`d${length}`, {}]]),
  };
}

function nest(levels: number): object {
  return Array.from({ length: levels }).reduce<object>((inner) => ({ properties: { a: inner } }), {});
}

function many(count: number): object {
  const members = Array.from({ length: count }, (_, n) => [`p${n}`, { type: 'string' }] as const);
  return { properties: Object.fromEntries(members) };
}

function choice(count: number): object {
  const oneOf = Array.from({ length: count }, (_, n) => ({ const: n, title: `no. ${n}` }));
  return { properties: { a: { oneOf } } };
}

describe('what cannot be served', () => {
  test.each([
    [{ properties: { a: { $ref: '#/$defs/none' } } }, '/properties/a/$ref', 'leads nowhere'],
    [{ properties: { a: { $ref: '#none' } } }, '/properties/a/$ref', 'anchor'],
    [{ properties: { a: { $ref: '#/title' } }, title: 'T' }, '/properties/a/$ref', 'not a schema'],
    [{ $schema: draft.seven, $ref: '#/definitions/none' }, '/$ref', 'leads nowhere'],
  ])('the dangling reference in %j (MAP-17)', (source, pointer, reason) => {
    expect(faultOf(source)).toEqual({ kind: 'unservable', pointer, reason: expect.stringContaining(reason) });
  });

  test('an identifier of two schemas, when something refers to it (MAP-17)', () => {
    const $defs = { a: { $id: 'same', type: 'string' }, b: { $id: 'same', type: 'null' } };
    expect(faultOf({ $defs })).toBeUndefined();
    expect(faultOf({ $defs, properties: { a: { $ref: 'same' } } })?.pointer).toBe('/properties/a/$ref');
  });

  test.each([
    [{ type: 'text' }, '/type', 'must be one of null, boolean'],
    [{ properties: [] }, '/properties', 'must be an object whose values are schemas'],
    [{ properties: { a: { required: true } } }, '/properties/a/required', 'array of property names'],
    [{ properties: { a: { minLength: -1 } } }, '/properties/a/minLength', 'non-negative integer'],
    [{ properties: { a: { pattern: '(' } } }, '/properties/a/pattern', 'regular expression'],
    [{ patternProperties: { '[': {} } }, '/patternProperties/[', 'regular expression'],
    [{ properties: { 'a/b': { anyOf: {} } } }, '/properties/a~1b/anyOf', 'array of schemas'],
    [{ properties: { a: 'string' } }, '/properties', 'must be an object whose values are schemas'],
    [[], '', 'must be an object'],
    [null, '', 'must be an object'],
    ['{}', '', 'must be an object'],
  ])('the invalid schema %j (MAP-18)', (source, pointer, reason) => {
    expect(faultOf(source)).toEqual({ kind: 'unservable', pointer, reason: expect.stringContaining(reason) });
  });

  test('an object that contains itself, or a value that JSON lacks (MAP-18)', () => {
    const cyclic: Record<string, unknown> = { type: 'object' };
    cyclic['properties'] = { a: cyclic };
    expect(faultOf(cyclic)).toMatchObject({ pointer: '/properties/a', reason: /\$ref/ });
    expect(faultOf({ properties: { a: { default: Number.NaN } } })?.pointer).toBe('/properties/a/default');
  });

  test('a pattern that only works without the u flag is served (MAP-18)', () => {
    expect(faultOf({ properties: { a: { pattern: String.raw`^[\w\-]+\@$` } } })).toBeUndefined();
  });

  test('more than 200 levels, also when references are followed (MAP-19)', () => {
    expect(faultOf(nest(200))).toBeUndefined();
    expect(faultOf(nest(201))?.reason).toContain('200 levels');
    expect(faultOf(nest(5_000))?.reason).toContain('nested deeper');
    expect(faultOf(chain(99, ($ref) => ({ properties: { b: { items: { $ref } } } })))).toBeUndefined();
    expect(faultOf(chain(250, ($ref) => ({ properties: { b: { $ref } } })))?.reason).toContain('200 levels');
  });

  test.each([
    [{ a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } }],
    [{ a: { allOf: [{ $ref: '#/$defs/b' }] }, b: { anyOf: [{ $ref: '#/$defs/a' }, {}] } }],
    [{ a: { not: { $ref: '#/$defs/a' } } }],
  ])('references that never leave the value: %j (MAP-19)', ($defs) => {
    expect(faultOf({ $defs, properties: { p: { $ref: '#/$defs/a' } } })?.reason).toContain('never ends');
  });

  test('a web that checks one value too often; one of plain repeats is served (MAP-19)', () => {
    const web = chain(60, ($ref) => ({ allOf: [{ $ref }, { $ref, title: 'again' }] }));
    expect(faultOf(web)?.reason).toContain('checked against more than');
    expect(faultOf(chain(60, ($ref) => ({ allOf: [{ $ref }, { $ref }] })))).toBeUndefined();
  });

  test('a pattern of more than 10,000 characters (MAP-18)', () => {
    const fault = faultOf({ properties: { a: { pattern: 'a|'.repeat(5_001) } } });
    expect(fault).toMatchObject({ pointer: '/properties/a/pattern', reason: /at most 10000 characters/ });
    expect(faultOf({ properties: { a: { pattern: 'a|'.repeat(5_000) } } })).toBeUndefined();
  });

  test('more subschemas or branches than are compiled in seconds (MAP-19)', () => {
    expect(faultOf(many(20_000))).toBeUndefined();
    expect(faultOf(many(60_000))?.reason).toContain('more than 50000 subschemas');
    expect(faultOf(choice(600))).toBeUndefined();
    expect(faultOf(choice(1_001))?.reason).toContain('oneOf has more than 1000 branches');
  });
});

describe('large schemas', () => {
  test('10,000 properties and 100,000 values are translated in about linear time (MAP-32)', () => {
    const names = Array.from({ length: 10_000 }, (_, n) => `p${n}`);
    const source = {
      properties: Object.fromEntries(names.map((name) => [name, { $ref: '#/$defs/E', description: name }])),
      anyOf: names
        .slice(0, 1_000)
        .map((name) => ({ required: [name], properties: { kind: { const: name } } })),
      $defs: { E: { enum: Array.from({ length: 100_000 }, (_, n) => n) } },
    };
    const start = performance.now();
    expect(Object.keys(translationOf(source).root['properties'] ?? {})).toHaveLength(10_001);
    // Far from what it takes, and far from what anything quadratic would take.
    expect(performance.now() - start).toBeLessThan(20_000);
  });
});
