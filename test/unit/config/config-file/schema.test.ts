import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parseTree, getNodeValue, type Node } from 'jsonc-parser';
import { parse } from 'yaml';
import { describe, expect, test } from 'vitest';
import { checkSchema } from '../../../../src/config/config-file/check-schema.ts';
import { parseJsonc } from '../../../../src/config/config-file/parse-jsonc.ts';
import { isJsonObject, type JsonObject } from '../../../../src/json/value.ts';

const schema = JSON.parse(readFileSync('spec/config.schema.json', 'utf8')) as JsonObject;
const readme = readFileSync('README.md', 'utf8');
const fixtures = readdirSync('test/fixtures/config', { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.(?:json|jsonc|yaml)$/.test(name))
  .map((name) => join('test/fixtures/config', name));

function compile(): (config: unknown) => boolean {
  const ajv = new Ajv2020({ allowUnionTypes: true, strictRequired: false });
  ajv.addKeyword('errorMessage');
  return ajv.compile(schema);
}

function parseConfig(path: string): unknown {
  const text = readFileSync(path, 'utf8');
  return path.endsWith('.yaml') ? parse(text) : getNodeValue(parseTree(text) as Node); // a fixture is no empty file
}

test('the schema is valid JSON Schema 2020-12, strictly (CONF-20)', () => expect(compile).not.toThrow());

test.each(fixtures)('%s satisfies the schema (CONF-20)', (path) => {
  expect(fixtures.length).toBeGreaterThanOrEqual(7);
  expect(compile()(parseConfig(path))).toBe(true);
});

test('what no object has is told of editors and here alike: unknown keys at every level of ours (CONF-20)', () => {
  const validate = compile();
  for (const server of [{ a: 1 }, { oauth: { a: 1 } }, { session: { key: 'credential', a: 1 } }]) {
    expect(validate({ servers: { s: { url: 'http://x', ...server } } })).toBe(false);
  }
  expect(validate({ servers: { s: { command: 'x', clientHeaderForwarding: { a: 1 } } } })).toBe(false);
  expect(validate({ servers: { s: { command: 'x' } }, a: 1 })).toBe(false);
  expect(validate({ servers: { s: { command: 'x', '//': 'why', _comment: 1, 'x-a': 1 } }, 'x-b': 1 })).toBe(
    true,
  );
});

test('every example in the schema satisfies the schema around it (CONF-20)', () => {
  const ajv = new Ajv2020({ strict: false, validateSchema: false });
  ajv.addSchema(schema);
  const wrong: string[] = [];
  for (const [pointer, part] of subschemas(schema, '')) {
    const validate = ajv.getSchema(`urn:mcpo-toolkit:config#${pointer}`);
    for (const example of Array.isArray(part['examples']) ? part['examples'] : []) {
      if (validate?.(example) !== true) wrong.push(`${pointer}: ${JSON.stringify(example)}`);
    }
  }
  expect(wrong).toEqual([]);
});

test('every key has a description, or leads to one (CONF-20)', () => {
  const without = [...subschemas(schema, '')]
    .filter(([pointer]) => /\/properties\/[^/]+$/.test(pointer))
    .filter(
      ([pointer, part]) => !pointer.endsWith('/enabled') && !('description' in part) && !('$ref' in part),
    );
  expect(without).toEqual([]);
});

describe('every way to violate the schema has words of its own (CONF-20)', () => {
  const keywords = new Set([...subschemas(schema, '')].flatMap(([, part]) => Object.keys(part)));
  test.each([
    ['type', '[]', 'the file must be an object'],
    ['oneOf', '{}', 'has neither'],
    ['additionalProperties', '{"a": 1}', 'unknown key'],
    ['minProperties', '{"servers": {}}', 'is empty'],
    ['minItems', '{"servers": {"s": {"url": "x"}}, "authorization": []}', 'is empty'],
    ['propertyNames', '{"servers": {"docs": {"command": "x"}}}', 'cannot be the name of a server'],
    ['anyOf', '{"servers": {"s": {"url": "x", "type": "y"}}}', 'is none of'],
    ['minLength', '{"servers": {"s": {"url": ""}}}', 'is empty'],
    ['required', '{"servers": {"s": {"url": "x", "session": {}}}}', "needs 'key'"],
    ['pattern', '{"servers": {"s": {"url": "x", "session": {"key": "y"}}}}', "must be 'credential'"],
    [
      'minimum',
      '{"servers": {"s": {"url": "x", "session": {"key": "credential", "max": 0}}}}',
      'must be from 1',
    ],
    [
      'maximum',
      '{"servers": {"s": {"url": "x", "oauth": {"callbackPort": 1e6}}}}',
      'must be from 0 to 65535',
    ],
    ['exclusiveMinimum', '{"servers": {"s": {"url": "x", "timeout": -1}}}', 'must be more than 0'],
  ])('%s', (keyword, text, words) => {
    expect(keywords).toContain(keyword);
    const { root } = parseJsonc(text);
    const messages = root === undefined ? [] : checkSchema(root, schema).map(({ message }) => message);
    expect(messages.join('\n')).toContain(words);
    expect(messages.join('\n')).not.toContain('is not as it must be');
    keywords.delete(keyword);
  });

  test('and there is no other', () => {
    const silent = '$schema $id $defs $ref title description default examples errorMessage';
    // These hold subschemas; `enum` and `not` stand only inside of what is listed above.
    const applicators = 'properties patternProperties items enum not';
    const others = new Set(`${silent} ${applicators}`.split(' '));
    expect([...keywords].filter((keyword) => !others.has(keyword))).toEqual([]);
  });
});

describe('the README', () => {
  const examples = [...readme.matchAll(/^```jsonc\n([^]*?)^```$/gm)].map(([, code = '']) => code);
  const configs = examples.filter((code) => /"(?:mcpServers|servers)"/.test(code));

  test('has configurations that satisfy the schema (CONF-20)', () => {
    expect(configs.length).toBeGreaterThan(0);
    for (const text of configs) {
      const { root, faults } = parseJsonc(text);
      expect([...faults, ...(root === undefined ? [] : checkSchema(root, schema))]).toEqual([]);
    }
  });

  test('names only keys that the schema has (CONF-20)', () => {
    const named = keysIn(readme.slice(readme.indexOf('key of a server')));
    const known = new Set(
      [...subschemas(schema, '')].flatMap(([, part]) =>
        isJsonObject(part['properties']) ? Object.keys(part['properties']) : [],
      ),
    );
    expect(named.length).toBeGreaterThan(0);
    expect(named.flatMap((key) => key.split('.')).filter((key) => !known.has(key))).toEqual([]);
  });
});

function* subschemas(part: JsonObject, pointer: string): Generator<readonly [string, JsonObject]> {
  yield [pointer, part];
  for (const name of ['properties', 'patternProperties', '$defs']) {
    const group = part[name];
    if (!isJsonObject(group)) continue;
    for (const [key, value] of Object.entries(group)) {
      const token = key.replaceAll('~', '~0').replaceAll('/', '~1');
      if (isJsonObject(value)) yield* subschemas(value, `${pointer}/${name}/${encodeURIComponent(token)}`);
    }
  }
  for (const name of ['additionalProperties', 'items', 'propertyNames']) {
    const value = part[name];
    if (isJsonObject(value)) yield* subschemas(value, `${pointer}/${name}`);
  }
}

/** The keys in the first column of the first table. */
function keysIn(section: string): readonly string[] {
  const [table = ''] = /(?:^\|.*\n)+/m.exec(section) ?? [];
  return table
    .split('\n')
    .flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`([\w.]+)`/g)].map(([, key = '']) => key));
}
