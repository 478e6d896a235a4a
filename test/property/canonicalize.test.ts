import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { parse } from 'yaml';
import { expect, test } from 'vitest';
import { buildDocument } from '../../src/contract/document/build-document.ts';
import { canonicalize, toCanonicalJson } from '../../src/contract/canonicalize.ts';
import { toYaml } from '../../src/contract/yaml.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../src/json/value.ts';

const json = fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' }) as fc.Arbitrary<JsonValue>;
const key = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('__proto__', '10', '9', 'é', '\ud800', '😀', '\uffff'),
);
const document: fc.Arbitrary<JsonObject> = fc
  .array(fc.tuple(key, json), { maxLength: 8 })
  .map((entries) => JSON.parse(JSON.stringify(Object.fromEntries(entries))) as JsonObject);

/** The same value with the keys of every object in another order. */
function reorder(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map((item: JsonValue) => reorder(item));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([name, member]) => [name, reorder(member)]),
  );
}

test('canonical bytes do not depend on the order of keys (MAP-63)', () => {
  fc.assert(
    fc.property(document, (each) => {
      // reorder() makes an object of an object.
      expect(canonicalize(reorder(each) as JsonObject)).toEqual(canonicalize(each));
    }),
  );
});

test('canonicalizing what is canonical changes nothing, the digest included (MAP-63)', () => {
  fc.assert(
    fc.property(document, (each) => {
      const once = canonicalize(each);
      const twice = canonicalize(once.document);
      expect(twice.json).toBe(once.json);
      expect(twice.digest).toBe(once.digest);
    }),
  );
});

test('nothing but the digest is added, and nothing is lost (MAP-62)', () => {
  fc.assert(
    fc.property(document, (each) => {
      const { document: canonical, json: text, digest } = canonicalize(each);
      const expected = Object.fromEntries([...Object.entries(each), ['x-contract-digest', digest]]);
      expect(JSON.parse(text)).toEqual(expected);
      expect(canonical).toEqual(expected);
    }),
  );
});

test('the digest is the sha256 of the RFC 8785 form without the digest (MAP-64)', () => {
  const { document: canonical, digest } = canonicalize({
    b: [1e21, 0.1, -0, '\u20ac\n'],
    a: { 10: true, 9: null },
  });
  const text = '{"a":{"10":true,"9":null},"b":[1e+21,0.1,0,"€\\n"]}';
  const { 'x-contract-digest': own, ...rest } = canonical;
  expect(toCanonicalJson(rest)).toBe(text);
  expect(own).toBe(digest);
  expect(digest).toBe(createHash('sha256').update(text).digest('hex'));
});

test('keys are in the order of their UTF-16 code units, two spaces deep (MAP-62)', () => {
  const { json: text, digest } = canonicalize({
    '\u20ac': 1,
    '\r': 2,
    '1': 3,
    '😀': 4,
    ö: { b: [], a: {} },
    '10': 5,
  });
  expect(text.split('\n')).toEqual([
    '{',
    '  "\\r": 2,',
    '  "1": 3,',
    '  "10": 5,',
    `  "x-contract-digest": "${digest}",`,
    '  "ö": {',
    '    "a": {},',
    '    "b": []',
    '  },',
    '  "€": 1,',
    '  "😀": 4',
    '}',
    '',
  ]);
});

const name = fc.oneof(
  fc.constantFrom('a-b', 'a_b', 'a.b', '__proto__', '天气', 'x'.repeat(128)),
  fc.string(),
);
const schema = fc.oneof(
  fc.constant({
    type: 'object',
    properties: { b: { type: 'string' }, a: { $ref: '#/$defs/x' } },
    $defs: { x: { type: 'null' } },
  }),
  fc.constant({
    $ref: '#/$defs/n',
    $defs: { n: { type: 'object', properties: { n: { $ref: '#/$defs/n' } } } },
  }),
  fc.constant({ $ref: '#/$defs/missing' }),
);
const tool = fc.record({ name, description: fc.string({ unit: 'binary' }), inputSchema: schema });
const sources = fc.uniqueArray(
  fc.record({ server: fc.constantFrom('a', 'b', 'a_b'), tools: fc.array(tool) }),
  {
    selector: ({ server }) => server,
    maxLength: 3,
  },
);

test('the same tools in any order give the same bytes (MAP-63)', () => {
  const twice = sources.chain((each) =>
    fc.tuple(
      fc.constant(each),
      shuffle(each).chain((servers) =>
        fc.tuple(
          ...servers.map(({ server, tools }) =>
            shuffle(tools).map((shuffled) => ({ server, tools: shuffled })),
          ),
        ),
      ),
    ),
  );
  fc.assert(
    fc.property(twice, ([first, second]) => {
      const [one, other] = [first, second].map(
        (each) => canonicalize(buildDocument({ sources: each }).document).json,
      );
      expect(other).toBe(one);
    }),
  );
});

test('YAML says the same as JSON, in the same bytes for the same document (MAP-65)', () => {
  fc.assert(
    fc.property(document, (each) => {
      const yaml = toYaml(each);
      expect(toYaml(reorder(each) as JsonObject)).toBe(yaml);
      expect(parse(yaml)).toEqual(canonicalize(each).document);
      expect(Buffer.from(yaml).toString()).toBe(yaml);
    }),
  );
});

test('YAML quotes what YAML 1.1 would read as something else (MAP-65)', () => {
  const yaml = toYaml({ a: 'no', on: '012', b: '1:20', c: 'plain' });
  expect(yaml).toContain('a: "no"');
  expect(yaml).toContain('"on": "012"');
  expect(yaml).toContain('c: plain');
});

function shuffle<T>(items: readonly T[]): fc.Arbitrary<T[]> {
  return fc.shuffledSubarray([...items], { minLength: items.length });
}
