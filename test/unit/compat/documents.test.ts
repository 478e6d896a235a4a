import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { toMountedDocument, toOnlyDocument, toRootDocument } from '../../../src/compat/mcpo-document.ts';
import { buildContract } from '../../../src/contract/build-contract.ts';
import type { ToolSource } from '../../../src/contract/contract.ts';
import { checkDocument } from '../../../src/contract/document/check-document.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../src/json/value.ts';
import type { Tool } from '../../../src/tool.ts';

const text = { type: 'string' };
const integer = { type: 'integer' };
const defaults = { info: {}, hasKey: false, rootPath: '', pathPrefix: '' };

async function documentOf(
  tools: readonly Tool[],
  options: Partial<typeof defaults> = {},
): Promise<JsonObject> {
  const sources = [{ server: '', tools, serverInfo: { name: 'demo', version: '2' } }];
  const contract = await buildContract({ sources });
  return toOnlyDocument({ ...defaults, ...options, contract, sources, mounts: new Map([['', '']]) });
}

/** The schemas, without those that every document has. */
async function schemasOf(...tools: readonly Tool[]): Promise<JsonObject> {
  const schemas = at(await documentOf(tools), 'components', 'schemas');
  const { HTTPValidationError: _all, ValidationError: _one, ...own } = isJsonObject(schemas) ? schemas : {};
  return own;
}

function at(value: JsonValue | undefined, ...path: readonly string[]): JsonValue | undefined {
  return path.reduce<JsonValue | undefined>(
    (found, key) => (isJsonObject(found) ? found[key] : undefined),
    value,
  );
}

function object(properties: Readonly<Record<string, unknown>>, rest: object = {}): object {
  return { type: 'object', properties, ...rest };
}

function ref(name: string): object {
  return { $ref: `#/components/schemas/t_form_model_${name}_model` };
}

test('a plain tool is documented to the letter (COMPAT-02)', async () => {
  const tool = {
    name: 'get-thing_now',
    description: ' Gets it. ',
    inputSchema: object({ zone_id: text, a: integer }, { required: ['a'] }),
  };
  const document = await documentOf([tool], { hasKey: true });
  expect(JSON.stringify(document['paths'])).toBe(
    '{"/get-thing_now":{"post":{"summary":"Get-Thing Now","description":"Gets it.","operationId":"tool_get_thing_now_post",' +
      '"requestBody":{"content":{"application/json":{"schema":{"$ref":"#/components/schemas/get-thing_now_form_model"}}},"required":true},' +
      '"responses":{"200":{"description":"Successful Response","content":{"application/json":{"schema":{"title":"Response Tool Get Thing Now Post"}}}},' +
      '"422":{"description":"Validation Error","content":{"application/json":{"schema":{"$ref":"#/components/schemas/HTTPValidationError"}}}}},' +
      '"security":[{"HTTPBearer":[]}]}}}',
  );
  expect(JSON.stringify(at(document, 'components', 'schemas', 'get-thing_now_form_model'))).toBe(
    '{"properties":{"zone_id":{"type":"string","title":"Zone Id","description":""},"a":{"type":"integer","title":"A","description":""}},' +
      '"type":"object","required":["a"],"title":"get-thing_now_form_model"}',
  );
  expect(at(document, 'components', 'securitySchemes')).toEqual({
    HTTPBearer: { type: 'http', scheme: 'bearer' },
  });
});

test('tools come in the order of the list; one that takes nothing has no body (COMPAT-02)', async () => {
  const document = await documentOf([
    { name: 'z', inputSchema: object({ a: text }) },
    { name: 'a', inputSchema: { type: 'object' }, outputSchema: object({ r: text }) },
  ]);
  expect(Object.keys(document['paths'] as object)).toEqual(['/z', '/a']);
  expect(at(document, 'paths', '/a', 'post')).toEqual({
    summary: 'A',
    operationId: 'tool_a_post',
    responses: {
      '200': { description: 'Successful Response', content: { 'application/json': { schema: {} } } },
    },
  });
});

test('objects inside are models named for the way to them (COMPAT-03)', async () => {
  const inputSchema = object({
    one: object({ in: object({ x: text }) }),
    many: { type: 'array', items: object({ x: text }) },
    some: { anyOf: [{ type: 'null' }, object({ x: text }), { type: ['integer', 'string'] }], default: null },
    map: { type: 'object' },
    list: { type: 'array' },
  });
  const schemas = await schemasOf({ name: 't', inputSchema });
  expect(Object.keys(schemas)).toEqual([
    't_form_model',
    't_form_model_many_item_model',
    't_form_model_one_model',
    't_form_model_one_model_in_model',
    't_form_model_some_choice_1_model',
  ]);
  expect(at(schemas, 't_form_model', 'properties')).toEqual({
    one: { ...ref('one'), description: '' },
    many: { items: ref('many_item'), type: 'array', title: 'Many', description: '' },
    some: {
      anyOf: [ref('some_choice_1'), { type: 'integer' }, { type: 'string' }, { type: 'null' }],
      title: 'Some',
      description: '',
    },
    map: { additionalProperties: true, type: 'object', title: 'Map', description: '' },
    list: { items: {}, type: 'array', title: 'List', description: '' },
  });
});

test('definitions are repeated, and recursion refers back (COMPAT-03, COMPAT-21)', async () => {
  const node = object({
    label: text,
    next: { $ref: '#/$defs/Node' },
    all: { type: 'array', items: { $ref: '#/$defs/Node' } },
  });
  const inputSchema = object(
    { a: { $ref: '#/$defs/Node' }, b: { $ref: '#/$defs/Node' } },
    { $defs: { Node: node } },
  );
  const schemas = await schemasOf({ name: 't', inputSchema });
  expect(Object.keys(schemas).filter((name) => /_(?:a|b)_model$/.test(name))).toHaveLength(2);
  expect(at(schemas, 't_form_model_a_model_next_model', 'properties', 'next')).toEqual({
    ...ref('a_model_next'),
    description: '',
  });
  expect(at(schemas, 't_form_model_a_model_next_model', 'properties', 'all', 'items')).toEqual(
    ref('a_model_next'),
  );
});

test('models keep what mcpo drops (COMPAT-20)', async () => {
  const inputSchema = object(
    {
      state: { type: 'string', enum: ['a'], title: 'Own' },
      size: { type: ['integer', 'null'], minimum: 1, default: 3 },
      map: { type: 'object', additionalProperties: integer },
      either: { oneOf: [text, integer] },
      list: { type: 'array', items: { type: 'string', description: 'each' }, minItems: 1 },
    },
    { additionalProperties: false },
  );
  const schemas = await schemasOf({ name: 't', inputSchema });
  expect(at(schemas, 't_form_model')).toEqual({
    properties: {
      state: { type: 'string', enum: ['a'], title: 'Own', description: '' },
      size: { anyOf: [integer, { type: 'null' }], minimum: 1, title: 'Size', description: '', default: 3 },
      map: { additionalProperties: integer, type: 'object', title: 'Map', description: '' },
      either: { type: ['integer', 'string'], oneOf: [text, integer], title: 'Either', description: '' },
      list: {
        items: { type: 'string', description: 'each' },
        type: 'array',
        minItems: 1,
        title: 'List',
        description: '',
      },
    },
    type: 'object',
    title: 't_form_model',
  });
});

test('names that would clash get a number, and paths are ours (COMPAT-22)', async () => {
  const inputSchema = object({ a__b: object({ x: text }), a_b: object({ y: text }) });
  const document = await documentOf([
    { name: 'a-b', inputSchema },
    { name: 'a_b', inputSchema: object({ x: text }) },
    { name: 'c d/e', inputSchema: object({ x: text }) },
  ]);
  const ids = Object.values(document['paths'] as object).map((item: JsonObject) =>
    at(item, 'post', 'operationId'),
  );
  expect(ids).toEqual(['tool_a_b_post', 'tool_a_b_post_2', 'tool_c_d_e_post']);
  expect(Object.keys(document['paths'] as object)).toEqual(['/a-b', '/a_b', '/c_d_e']);
  expect(Object.keys(at(document, 'components', 'schemas') as object)).toContain(
    'a-b_form_model_a_b_model_2',
  );
  await checkDocument(document);
});

test('the root lists the servers that are connected, each document its mount (COMPAT-04)', async () => {
  const source = {
    tools: [{ name: 't', inputSchema: object({ x: text }) }],
    serverInfo: { name: 'Demo', version: '2' },
  };
  const sources: readonly ToolSource[] = [
    { ...source, server: 'one' },
    { ...source, server: 'b c', instructions: 'Say please.' },
  ];
  const contract = await buildContract({ sources });
  const mounts = new Map([
    ['one', '/one'],
    ['dead', '/dead'],
    ['b c', '/b%20c'],
  ]);
  const options = {
    ...defaults,
    info: { title: 'Mine' },
    rootPath: '/root',
    pathPrefix: '/pre',
    contract,
    sources,
    mounts,
  };
  expect(toRootDocument(options)).toEqual({
    openapi: '3.1.0',
    info: {
      title: 'Mine',
      description:
        'Automatically generated API from MCP Tool Schemas\n\n- **available tools**：\n    - [one](/pre/one/docs)\n    - [b c](/pre/b%20c/docs)',
      version: '1.0',
    },
    servers: [{ url: '/root' }],
    paths: {},
  });
  const mounted = toMountedDocument(options, 'b c');
  expect(mounted).toMatchObject({
    info: { title: 'Demo', description: 'Say please.', version: '2' },
    servers: [{ url: '/root/pre/b%20c' }],
  });
  expect(Object.keys(mounted['paths'] as object)).toEqual(['/t']);
  expect(toMountedDocument(options, 'one')['info']).toMatchObject({ description: 'Demo MCP Server' });
});

test('a schema that doubles at each level stays small (COMPAT-03)', async () => {
  const $defs = Object.fromEntries(
    Array.from({ length: 20 }, (_none, index) => [
      `L${index}`,
      object({ l: { $ref: `#/$defs/L${index + 1}` }, r: { $ref: `#/$defs/L${index + 1}` } }),
    ]),
  );
  const inputSchema = object(
    { a: { $ref: '#/$defs/L0' } },
    { $defs: { ...$defs, L20: object({ x: text }) } },
  );
  const document = await documentOf([{ name: 't', inputSchema }]);
  expect(JSON.stringify(document).length).toBeLessThan(3_000_000);
});

// The tool lists of well-known servers lie beside the repository, where it is developed.
const corpus = join(import.meta.dirname, '../../../../shared/corpus');
const files = existsSync(corpus) ? readdirSync(corpus) : [];

describe.skipIf(files.length === 0)('the corpus of servers (skipped without ../shared/corpus)', () => {
  test.each(files)('%s gives a valid document (COMPAT-02)', async (file) => {
    const { tools } = JSON.parse(readFileSync(join(corpus, file), 'utf8')) as {
      readonly tools: readonly Tool[];
    };
    const document = await documentOf(tools, { hasKey: true });
    expect(Object.keys(document['paths'] as object)).toHaveLength(tools.length);
    await checkDocument(document);
  });
});
