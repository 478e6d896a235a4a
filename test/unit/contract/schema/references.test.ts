import { describe, expect, test } from 'vitest';
import { draft, faultOf, translationOf, translationOfValue } from './translation-of.ts';

const big = {
  type: 'object',
  properties: Object.fromEntries(Array.from({ length: 1_000 }, (_, n) => [`p${n}`, {}])),
};

function reference(name: string): object {
  return { $ref: `#/components/schemas/${name}` };
}

function personWith(child: object): object {
  return { type: 'object', properties: { name: { type: 'string' }, child } };
}

function listOf(type: string): object {
  return { $id: type, $ref: 'list', $defs: { x: { $dynamicAnchor: 'item', type } } };
}

describe('what a reference leads to', () => {
  test('definitions become components, those that nothing refers to are left out (MAP-12)', () => {
    const { root, components } = translationOf({
      type: 'object',
      properties: { a: { $ref: '#/$defs/Address' }, b: { $ref: '#/definitions/Old' } },
      $defs: { Address: { type: 'string' }, Unused: { type: 'null' } },
      definitions: { Old: { type: 'integer' } },
    });
    expect(root).toEqual({
      type: 'object',
      properties: { a: reference('tool.Address'), b: reference('tool.Old') },
    });
    expect([...components]).toEqual([
      ['tool.Address', { type: 'string' }],
      ['tool.Old', { type: 'integer' }],
    ]);
  });

  test.each([
    ['#/$defs/a~1b', 'tool.a_b'],
    ['#/$defs/50%25', 'tool.50_'],
    ['#/$defs/na%C3%AFve', 'tool.na_ve'],
    ['#here', 'tool.anchored'],
    ['inner.json', 'tool.inner'],
    ['inner.json#/$defs/deep', 'tool.deep'],
    ['#/properties/other', 'tool.other'],
    ['#/unknown/keyword', 'tool.unknown.keyword'],
    ['#/allOf/0', 'tool.allOf.0'],
  ])('%s names its component %s (MAP-13)', ($ref, name) => {
    const { root, components } = translationOf({
      type: 'object',
      properties: { value: { $ref }, other: { type: 'string' } },
      allOf: [{ type: 'object' }],
      unknown: { keyword: { type: 'string' } },
      $defs: {
        'a/b': { type: 'string' },
        '50%': { type: 'string' },
        naïve: { type: 'string' },
        anchored: { $anchor: 'here', type: 'string' },
        inner: { $id: 'inner.json', type: 'object', $defs: { deep: { type: 'string' } } },
      },
    });
    expect(root['properties']).toMatchObject({ value: reference(name) });
    expect([...components.keys()]).toEqual([name]);
  });

  test('a definition that only refers on stands for its target (MAP-13)', () => {
    const $defs = { A: { $ref: '#/$defs/B' }, B: { $ref: '#/$defs/C' }, C: { type: 'string' } };
    expect(translationOfValue({ $ref: '#/$defs/A' }, undefined, { $defs })).toEqual(reference('tool.C'));
  });

  test('$dynamicRef leads to the outermost anchor of each scope (MAP-14)', () => {
    const list = {
      $id: 'list',
      type: 'array',
      items: { $dynamicRef: '#item' },
      $defs: { any: { $dynamicAnchor: 'item' } },
    };
    const { components } = translationOf({
      type: 'object',
      properties: { s: listOf('string'), n: listOf('number'), l: { $ref: 'list' } },
      $defs: { list },
    });
    const lists = [...components]
      .filter(([name]) => name.startsWith('tool.list'))
      .map(([, schema]) => schema['items']);
    expect(lists).toHaveLength(3);
    expect(new Set(lists.map((items) => JSON.stringify(items))).size).toBe(3);
  });

  test('$recursiveRef leads to the outermost recursive anchor (MAP-14)', () => {
    const tree = { $id: 'tree', $recursiveAnchor: true, properties: { child: { $recursiveRef: '#' } } };
    const strict = { $id: 'strict', $recursiveAnchor: true, $ref: 'tree', unevaluatedProperties: false };
    const { components } = translationOf({
      $schema: draft.nineteen,
      type: 'object',
      properties: { value: strict },
      $defs: { tree },
    });
    expect([...components.values()][0]).toMatchObject({ properties: { child: reference('tool.value') } });
  });

  test.each(Object.values(draft))('the meta-schema %s is bundled (MAP-15)', (dialect) => {
    expect(faultOf({ type: 'object', properties: { schema: { $ref: dialect } } })).toBeUndefined();
  });

  test('nothing else is fetched: a remote reference is reported (MAP-15)', () => {
    const remote = { type: 'object', properties: { a: { $ref: 'https://example.com/a.json#/x' } } };
    expect(faultOf(remote)).toEqual({
      kind: 'unservable',
      pointer: '/properties/a/$ref',
      reason: expect.stringContaining('nothing is fetched'),
    });
  });
});

describe('names of components', () => {
  test('rivals for a name are told apart by digest, whatever order they come in (MAP-16)', () => {
    const definitions = { 'a b': { const: 1 }, a_b: { const: 2 }, 'a/b': { const: 3 } };
    const name = (keys: readonly string[]): readonly string[] => {
      const $defs = Object.fromEntries(keys.map((key) => [key, Reflect.get(definitions, key)]));
      const { components } = translationOf({
        $defs,
        properties: { x: { $ref: '#/$defs/a%20b' }, y: { $ref: '#/$defs/a_b' }, z: { $ref: '#/$defs/a~1b' } },
      });
      return [...components].map(([key, schema]) => `${key} ${JSON.stringify(schema['const'])}`).toSorted();
    };
    const names = name(['a b', 'a_b', 'a/b']);
    expect(names).toEqual(name(['a/b', 'a_b', 'a b']));
    expect(names[0]).toBe('tool.a_b 2');
  });

  test('long, foreign and odd keys give plain names of at most 100 characters (MAP-16)', () => {
    const keys = ['n'.repeat(128), `${'n'.repeat(128)}m`, '名前', '__proto__', 'constructor', ''];
    const { components } = translationOf({
      $defs: Object.fromEntries(keys.map((key) => [key, { type: 'string' }])),
      properties: Object.fromEntries(keys.map((key) => [`p${key}`, { $ref: `#/$defs/${key}` }])),
    });
    expect(components.size).toBe(keys.length);
    for (const name of components.keys()) expect(name).toMatch(/^tool[A-Za-z0-9._-]{0,96}$/);
  });
});

describe('where a reference may stand', () => {
  test('outside the keywords that clients follow, the target is repeated (MAP-20)', () => {
    const $defs = { S: { type: 'string', minLength: 1 } };
    for (const keyword of [
      'additionalProperties',
      'contains',
      'not',
      'propertyNames',
      'if',
      'unevaluatedItems',
    ]) {
      expect(translationOfValue({ [keyword]: { $ref: '#/$defs/S' } }, undefined, { $defs })).toMatchObject({
        [keyword]: { type: 'string', minLength: 1 },
      });
    }
  });

  test('a target that is large or recursive is referred to under allOf there (MAP-20)', () => {
    const $defs = { Big: big, Node: { type: 'object', additionalProperties: { $ref: '#/$defs/Node' } } };
    const refer = (name: string): unknown =>
      translationOfValue({ additionalProperties: { $ref: `#/$defs/${name}` } }, undefined, { $defs });
    expect(refer('Big')).toEqual({
      additionalProperties: { type: 'object', allOf: [reference('tool.Big')] },
    });
    expect(refer('Node')).toEqual({
      additionalProperties: { type: 'object', allOf: [reference('tool.Node')] },
    });
  });

  test('siblings are merged with the target when no keyword conflicts (MAP-21)', () => {
    const $defs = { S: { type: 'string', minLength: 1 } };
    expect(translationOfValue({ $ref: '#/$defs/S', description: 'D' }, undefined, { $defs })).toEqual({
      type: 'string',
      minLength: 1,
      description: 'D',
    });
  });

  test.each([
    ['the same keyword', { description: 'outer' }],
    ['keywords that read each other', { properties: { b: {} } }],
  ])('siblings with %s as the target stand beside an allOf (MAP-21)', (_, siblings) => {
    const $defs = { O: { type: 'object', description: 'inner', additionalProperties: false } };
    expect(translationOfValue({ $ref: '#/$defs/O', ...siblings }, undefined, { $defs })).toEqual({
      type: 'object',
      allOf: [reference('tool.O')],
      ...siblings,
    });
  });

  test('recursion stays recursion, and a recursive root is unrolled once (MAP-22)', () => {
    const source = { type: 'object', properties: { name: { type: 'string' }, child: { $ref: '#' } } };
    const { root, components } = translationOf(source);
    expect(root).toEqual(personWith(reference('tool')));
    expect([...components]).toEqual([['tool', personWith({ type: 'object', allOf: [reference('tool')] })]]);
  });

  test('a discriminator’s mapping follows the components (MAP-23)', () => {
    const $defs = {
      Cat: { properties: { k: { const: 'cat' } } },
      Dog: { properties: { k: { const: 'dog' } } },
    };
    const oneOf = [{ $ref: '#/$defs/Cat' }, { $ref: '#/$defs/Dog' }];
    const discriminator = { propertyName: 'k', mapping: { cat: '#/$defs/Cat', dog: '#/$defs/Dog' } };
    expect(translationOfValue({ oneOf, discriminator }, undefined, { $defs })).toEqual({
      oneOf: [reference('tool.Cat'), reference('tool.Dog')],
      discriminator: {
        propertyName: 'k',
        mapping: { cat: '#/components/schemas/tool.Cat', dog: '#/components/schemas/tool.Dog' },
      },
    });
    expect(translationOfValue({ oneOf: [], discriminator }, undefined, { $defs })).toEqual({
      oneOf: [],
      'x-discriminator': discriminator,
    });
  });

  test('a branch that repeats a reference is left out (MAP-24)', () => {
    const $defs = { S: { type: 'string' } };
    const allOf = [{ $ref: '#/$defs/S' }, { maxLength: 3 }, { $ref: '#/$defs/S' }];
    expect(translationOfValue({ allOf }, undefined, { $defs })).toEqual({
      type: 'string',
      allOf: [reference('tool.S'), { maxLength: 3 }],
    });
  });
});
