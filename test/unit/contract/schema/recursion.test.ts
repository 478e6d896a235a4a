import { describe, expect, test } from 'vitest';
import { findCutEdges } from '../../../../src/contract/schema/cut-edges.ts';
import type { JsonObject } from '../../../../src/json/value.ts';
import { findDisagreements } from './comparison.ts';
import { translationOf } from './translation-of.ts';

const text = { type: 'string' };

function reference(name: string): JsonObject {
  return { $ref: `#/components/schemas/tool.${name}` };
}

function back(name: string): JsonObject {
  return { type: 'object', allOf: [reference(name)] };
}

function object(properties: JsonObject): JsonObject {
  return { type: 'object', properties };
}

function refer(names: readonly string[]): JsonObject {
  return object(Object.fromEntries(names.map((name) => [name.toLowerCase(), { $ref: `#/$defs/${name}` }])));
}

function orNull(value: JsonObject): JsonObject {
  return { anyOf: [value, { type: 'null' }], description: 'D' };
}

/** A tool whose definitions each have, under its name, the references that they lead to. */
function web(edges: Readonly<Record<string, readonly string[]>>, entrances: readonly string[]): JsonObject {
  const $defs = Object.fromEntries(Object.entries(edges).map(([name, targets]) => [name, refer(targets)]));
  return { ...refer(entrances), $defs };
}

describe('where a recursion starts over', () => {
  test('the reference stands under allOf, beside the type of its target (MAP-35)', () => {
    const { components } = translationOf(web({ A: ['B', 'C'], B: ['A', 'C'], C: [] }, ['A']));
    expect(Object.fromEntries(components)).toEqual({
      // The body has the first A, so the recursion is entered at B.
      'tool.A': object({ b: back('B'), c: reference('C') }),
      'tool.B': object({ a: reference('A'), c: reference('C') }),
      'tool.C': object({}),
    });
  });

  test('the only branch beside null is such a reference (MAP-35)', () => {
    const source = { ...object({ next: orNull({ $ref: '#' }) }), description: 'Node' };
    const $ref = '#/components/schemas/tool';
    const { root, components } = translationOf(source);
    // The target's description would replace that of the property.
    const branch = { type: 'object', allOf: [{ $ref }] };
    expect(root['properties']).toEqual({ next: orNull(branch) });
    expect(components.get('tool')?.['properties']).toEqual({ next: orNull(branch) });
    const { root: plain } = translationOf({ ...source, description: undefined });
    expect(plain['properties']).toEqual({ next: orNull({ $ref }) });
  });

  test('a discriminated branch and a target of any type stay plain references (MAP-35)', () => {
    const discriminator = { propertyName: 'kind', mapping: { a: '#/$defs/A' } };
    const $defs = {
      A: object({ of: { oneOf: [{ $ref: '#/$defs/A' }], discriminator }, any: { $ref: '#/$defs/Any' } }),
      Any: { properties: { any: { $ref: '#/$defs/Any' } } },
    };
    const { components } = translationOf({ ...object({ a: { $ref: '#/$defs/A' } }), $defs });
    expect(components.get('tool.A')).toMatchObject({
      properties: { of: { oneOf: [reference('A')] } },
    });
    expect(components.get('tool.Any')).toEqual({ properties: { any: reference('Any') } });
  });
});

describe('the edges that clients cut', () => {
  test.each([
    ['none without a loop', { '': ['a'], a: ['b', 'c'], b: ['c'], c: [] }, []],
    ['a loop of one', { '': ['a'], a: ['a'] }, ['a>a']],
    ['what leads back to the only entrance', { '': ['a'], a: ['b', 'c'], b: ['c'], c: ['a'] }, ['c>a']],
    ['loops in loops', { '': ['a'], a: ['b'], b: ['c'], c: ['b', 'a'] }, ['c>a', 'c>b']],
    ['all of a loop with two entrances', { '': ['a', 'b'], a: ['b'], b: ['a'] }, ['a>b', 'b>a']],
  ])('are %s (MAP-35)', (_, edges: Readonly<Record<string, readonly string[]>>, expected) => {
    const cut = findCutEdges('', (node) => edges[node] ?? []);
    const found = [...cut].flatMap(([from, targets]) => [...targets].map((target) => `${from}>${target}`));
    expect(found.toSorted()).toEqual(expected);
  });

  test('are found in about linear time, however deep loops lie in loops (MAP-35)', () => {
    const nodes = Array.from({ length: 5_000 }, (_, index) => String(index));
    const edges = new Map(
      nodes.map((node, index) => [node, [String(index + 1), ...nodes.slice(0, 1), node]]),
    );
    const cut = findCutEdges('', (node) => (node === '' ? ['0'] : (edges.get(node) ?? [])));
    expect(cut.get('4999')).toEqual(new Set(['0', '4999']));
  });
});

describe('the first level of a recursion', () => {
  const Node = object({ name: text, next: { $ref: '#/$defs/Node' } });

  test('stands in the place of the references that lead into it (MAP-36)', () => {
    const source = {
      ...object({ one: { $ref: '#/$defs/Node' }, some: { type: 'array', items: { $ref: '#/$defs/Node' } } }),
      $defs: { Node },
    };
    const unrolled = object({ name: text, next: reference('Node') });
    const { root, components } = translationOf(source);
    expect(root).toEqual(object({ one: unrolled, some: { type: 'array', items: unrolled } }));
    expect([...components]).toEqual([['tool.Node', object({ name: text, next: back('Node') })]]);
    expect(findDisagreements(source)).toEqual([]);
  });

  test('is left out where it is long, or repeated very often (MAP-36)', () => {
    const Long = { ...Node, description: 'x'.repeat(2_000) };
    expect(
      translationOf({ ...object({ one: { $ref: '#/$defs/Node' } }), $defs: { Node: Long } }).root,
    ).toEqual(object({ one: reference('Node') }));
    const keys = Array.from({ length: 1_000 }, (_, index) => `p${index}`);
    const many = object(Object.fromEntries(keys.map((key) => [key, { $ref: '#/$defs/Node' }])));
    expect(translationOf({ ...many, $defs: { Node } }).root['properties']).toMatchObject({
      p0: reference('Node'),
    });
  });

  test('is left out where schemas are nested deeply, as it would double the levels (MAP-36)', () => {
    const nest = (depth: number): JsonObject =>
      depth === 0 ? { $ref: '#/$defs/Node' } : { items: nest(depth - 1) };
    const { root } = translationOf({
      ...object({ deep: nest(120), one: { $ref: '#/$defs/Node' } }),
      $defs: { Node },
    });
    expect(root['properties']).toMatchObject({ one: reference('Node') });
  });
});
