import { describe, expect, test } from 'vitest';
import { diffDocuments } from '../../../../src/contract/diff/diff-documents.ts';
import type { JsonValue } from '../../../../src/json/value.ts';
import { diffInputs, inputDocument, toWords } from './diff-fixture.ts';

const text = { type: 'string' } as const;

function tree(name: string, leaf: JsonValue): [JsonValue, Record<string, JsonValue>] {
  const self = { $ref: `#/components/schemas/${name}` };
  return [self, { [name]: { type: 'object', properties: { leaf, kids: { type: 'array', items: self } } } }];
}

function web(depth: number, leaf: JsonValue): Record<string, JsonValue> {
  return Object.fromEntries(
    Array.from({ length: depth }, (_, index) => {
      const next = index + 1 === depth ? leaf : { $ref: `#/components/schemas/S${index + 1}` };
      const anyOf = [{ properties: { a: next } }, { properties: { a: next, b: next } }, { items: next }];
      return [`S${index}`, { anyOf }];
    }),
  );
}

test('a keyword that cannot be read is compared as a whole (MAP-90)', () => {
  expect(toWords(diffInputs(text, { ...text, minLength: 'two' }))).toBe('unknown minLength');
  expect(toWords(diffInputs({ ...text, minLength: 'two' }, { ...text, minLength: 'two' }))).toBe('');
});

test('formats are editorial unless they are asserted (MAP-91)', () => {
  const [a, b] = [inputDocument(text), inputDocument({ ...text, format: 'email' })];
  expect(toWords(diffDocuments(a, b))).toBe('editorial format');
  expect(diffDocuments(a, b).changes[0]?.message).toContain('unless formats are asserted');
  expect(toWords(diffDocuments(a, b, { formats: 'assert' }))).toContain('unknown format');
  expect(toWords(diffDocuments(b, a, { formats: 'assert' }))).toContain('compatible format');
});

test('words are editorial, wherever they stand (MAP-92)', () => {
  const old = { properties: { title: { type: 'string', title: 'A', default: 1 } } };
  const next = {
    description: 'd',
    properties: { title: { type: 'string', title: 'B', deprecated: true, 'x-y': 1 } },
  };
  const { changes, summary } = diffInputs(old, next);
  expect(summary).toEqual({ breaking: 0, unknown: 0, compatible: 0, editorial: 5 });
  expect(changes.map(({ pointer }) => pointer.split('/schema')[1])).toEqual([
    '/description',
    '/properties/title/default',
    '/properties/title/deprecated',
    '/properties/title/title',
    '/properties/title/x-y',
  ]);
});

describe('references (MAP-81)', () => {
  test('the names of components make no difference, recursive ones included', () => {
    const [a, b] = [inputDocument(...tree('A', text)), inputDocument(...tree('B', text))];
    expect(diffDocuments(a, b).changes).toEqual([]);
  });

  test('a schema in place is the one that is referred to', () => {
    const a = inputDocument(
      { $ref: '#/components/schemas/T' },
      { T: { type: 'array', items: { $ref: '#/components/schemas/S' } }, S: text },
    );
    const b = inputDocument({ type: 'array', items: text });
    expect(diffDocuments(a, b).changes).toEqual([]);
  });

  test('a change in a recursive schema is found once, at its first place', () => {
    const [a, b] = [
      inputDocument(...tree('A', text)),
      inputDocument(...tree('B', { ...text, maxLength: 1 })),
    ];
    expect(diffDocuments(a, b).changes).toMatchObject([
      {
        severity: 'breaking',
        pointer: '/requestBody/content/application~1json/schema/properties/leaf/maxLength',
      },
    ]);
  });

  test('recursion unrolled once is the same', () => {
    const [self, schemas] = tree('A', text);
    const unrolled = schemas['A'];
    expect(
      diffDocuments(inputDocument(self, schemas), inputDocument(unrolled ?? null, schemas)).changes,
    ).toEqual([]);
  });

  test('references that lead nowhere, into themselves or elsewhere end', () => {
    const loop = {
      L: { $ref: '#/components/schemas/L' },
      M: { anyOf: [{ $ref: '#/components/schemas/M' }, text] },
    };
    const a = inputDocument(
      {
        properties: {
          a: { $ref: '#/components/schemas/L' },
          b: { $ref: '#/nowhere' },
          c: { $ref: '#/components/schemas/M' },
        },
      },
      loop,
    );
    const b = inputDocument({ properties: { a: text, b: { $ref: 'https://example.org/s' }, c: text } }, loop);
    expect(diffDocuments(a, b).summary.unknown).toBeGreaterThan(0);
    expect(diffDocuments(a, a).changes).toEqual([]);
  });
});

test('keys such as __proto__ are names like any other', () => {
  const [a, b] = ['string', 'integer'].map(
    (type) =>
      JSON.parse(
        `{"type":"object","properties":{"__proto__":{"type":"${type}"},"constructor":{}}}`,
      ) as JsonValue,
  );
  expect(diffInputs(a ?? null, b ?? null).changes).toMatchObject([
    {
      severity: 'breaking',
      keyword: 'type',
      pointer: '/requestBody/content/application~1json/schema/properties/__proto__/type',
    },
  ]);
  expect(diffInputs(a ?? null, structuredClone(a ?? null)).changes).toEqual([]);
});

test('a backtracking pattern over names is not run', () => {
  const name = `${'a'.repeat(40)}!`;
  const old = { patternProperties: { '^(a|a?)+(?=x)$': text }, properties: { [name]: text } };
  const started = performance.now();
  expect(toWords(diffInputs(old, { ...old, properties: { [name]: { type: 'integer' } } }))).toContain(
    'unknown patternProperties',
  );
  expect(performance.now() - started).toBeLessThan(5_000);
});

test('a web of unions is given up, not followed for ever', () => {
  const a = inputDocument({ $ref: '#/components/schemas/S0' }, web(40, text));
  const b = inputDocument({ $ref: '#/components/schemas/S0' }, web(40, { ...text, minLength: 1 }));
  const started = performance.now();
  const { summary } = diffDocuments(a, b);
  expect(summary.breaking + summary.unknown).toBeGreaterThan(0);
  expect(performance.now() - started).toBeLessThan(20_000);
});
