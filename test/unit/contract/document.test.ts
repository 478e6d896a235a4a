import { expect, test } from 'vitest';
import {
  buildDocument,
  buildServerDocument,
  type DocumentOptions,
} from '../../../src/contract/document/build-document.ts';
import { checkDocument } from '../../../src/contract/document/check-document.ts';
import { compileContract } from '../../../src/contract/enforcement/compile-contract.ts';
import type { JsonObject } from '../../../src/json/value.ts';
import type { Tool } from '../../../src/tool.ts';

function build(tools: readonly Tool[], options: Partial<DocumentOptions> = {}): JsonObject {
  return buildDocument({ sources: [{ server: '', tools }], ...options }).document;
}

/** The operation of the only tool. */
function operationOf(
  tool: Omit<Tool, 'name'> & { readonly name?: string },
  options?: Partial<DocumentOptions>,
): JsonObject {
  const { paths } = build([{ name: 'echo', ...tool }], options) as {
    paths: Record<string, { post: JsonObject }>;
  };
  const [pathItem] = Object.values(paths);
  if (pathItem === undefined) throw new Error('no operation');
  return pathItem.post;
}

const merged: DocumentOptions = {
  sources: [
    {
      server: 'time',
      tools: [{ name: 'now' }],
      instructions: 'Ask for the time.',
      serverInfo: { name: 'Clock', version: '2' },
    },
    { server: 'memory', tools: [{ name: 'now' }, { name: 'a/b' }] },
  ],
};

test('each tool is one POST operation, and its path item holds nothing else (MAP-40)', () => {
  const { paths } = build([{ name: 'a' }, { name: 'b' }]);
  expect(Object.keys(paths as object)).toEqual(['/a', '/b']);
  for (const item of Object.values(paths as Record<string, object>))
    expect(Object.keys(item)).toEqual(['post']);
});

test('in a merged document paths, ids and tags name the server (MAP-49)', () => {
  const { document } = buildDocument(merged);
  expect(document).toMatchObject({
    tags: [{ name: 'memory' }, { name: 'time', description: 'Clock' }],
    paths: {
      '/time/now': {
        post: { operationId: 'time_now', tags: ['time'], 'x-mcp-server': 'time', 'x-mcp-tool': 'now' },
      },
      '/memory/now': { post: { operationId: 'memory_now', tags: ['memory'] } },
      '/memory/a_b': { post: { operationId: 'memory_a_b', 'x-mcp-tool': 'a/b' } },
    },
  });
});

test('a server’s own document has the paths of its share of the merged one, relative to its mount (MAP-51)', () => {
  const { document } = buildServerDocument({ ...merged, rootPath: '/api' }, 'memory');
  expect(Object.keys(document['paths'] as object)).toEqual(['/a_b', '/now']);
  expect(document['servers']).toEqual([{ url: '/api/memory' }]);
  expect(document).not.toHaveProperty('tags');
  expect(() => buildServerDocument(merged, 'nobody')).toThrow('there is no server "nobody"');
});

test('of two tools with one name the same one is served in any order, the other reported (MAP-45)', () => {
  const tools = [
    { name: 'echo', description: 'b' },
    { name: 'echo', description: 'a' },
  ];
  const built = buildDocument({ sources: [{ server: '', tools }] });
  expect(built.document).toEqual(build(tools.toReversed()));
  expect(built.document).toMatchObject({ paths: { '/echo': { post: { description: 'a' } } } });
  expect(built.unserved).toEqual([
    { server: '', tool: 'echo', pointer: '/name', reason: 'another tool of this server has the same name' },
  ]);
});

test('a tool that cannot be served is left out and named, the others are served (MAP-60)', () => {
  const inputSchema = { type: 'object', properties: { a: { $ref: '#/nowhere' } } };
  const document = build([
    { name: 'bad', inputSchema },
    { name: 'good' },
    { name: 'invalid', outputSchema: { pattern: '(' } },
  ]);
  expect(Object.keys(document['paths'] as object)).toEqual(['/good']);
  expect(document['x-unserved-tools']).toMatchObject([
    { tool: 'bad', pointer: '/inputSchema/properties/a/$ref', reason: expect.any(String) },
    { tool: 'invalid', pointer: '/outputSchema/pattern', reason: expect.any(String) },
  ]);
  const { unserved } = compileContract(document);
  expect(unserved.map(({ server, tool }) => [server, tool])).toEqual([
    ['', 'bad'],
    ['', 'invalid'],
  ]);
});

test('the summary is the title, else the annotations’ title, else the name in words (MAP-46)', () => {
  expect(operationOf({ title: 'Say it', annotations: { title: 'No' } })['summary']).toBe('Say it');
  expect(operationOf({ annotations: { title: 'Say so' } })['summary']).toBe('Say so');
  expect(operationOf({ title: ' ', name: 'get_current_time' })['summary']).toBe('Get current time');
  expect(operationOf({ name: 'readFile' })['summary']).toBe('Read file');
  expect(operationOf({ name: 'API-get-user' })['summary']).toBe('API get user');
  expect(operationOf({ name: '__' })['summary']).toBe('__');
});

test('the description says in words what the hints promise, and nothing for hints that are absent (MAP-47)', () => {
  expect(describeWith({ readOnlyHint: true, idempotentHint: true }, 'Reads.')).toBe(
    'Reads.\n\nRead-only: it changes nothing.',
  );
  expect(describeWith({ readOnlyHint: false, destructiveHint: true, idempotentHint: true })).toBe(
    'Destructive: it may overwrite or delete. Idempotent: the same call again has no further effect.',
  );
  expect(describeWith({}, 'Writes.')).toBe('Writes.');
  expect(describeWith(undefined)).toBeUndefined();
});

test('what the contract needs of a tool is in x-mcp members (MAP-48)', () => {
  const annotations = { readOnlyHint: true, title: 'T', odd: { nested: [] } };
  const document = build([{ name: 'a/b', annotations, outputSchema: { type: 'object' } }]);
  expect(document['paths']).toMatchObject({
    '/a_b': { post: { 'x-mcp-tool': 'a/b', 'x-mcp-annotations': { readOnlyHint: true, title: 'T' } } },
  });
  expect(compileContract(document).operations).toEqual([
    {
      operationId: 'a_b',
      path: '/a_b',
      method: 'post',
      server: '',
      tool: 'a/b',
      isBodyRequired: false,
      hasOutputSchema: true,
      isRepeatable: true,
    },
  ]);
});

test('info is what the server says of itself, or what the user says instead (MAP-50)', () => {
  const source = { server: '', tools: [], serverInfo: { name: 'n', version: '3', title: 'T' } };
  expect(infoOf({ sources: [source] })).toEqual({ title: 'T', version: '3', description: 'T MCP Server' });
  expect(infoOf({ sources: [{ ...source, instructions: 'Do.' }], info: { version: '4' } })).toEqual({
    title: 'T',
    version: '4',
    description: 'Do.',
  });
  expect(infoOf(merged)).toEqual({
    title: 'MCP Tools',
    version: '1.0.0',
    description: 'The tools of the MCP servers memory, time.\n\n## time\n\nAsk for the time.',
  });
});

test('the body is described in place, and required when {} does not satisfy the input schema (MAP-52)', () => {
  expect(bodyOf({ type: 'object', required: ['a'] })).toMatchObject({ required: true });
  expect(bodyOf({ type: 'object', properties: { a: {} } })).toMatchObject({ required: false });
  expect(bodyOf({ anyOf: [{ required: ['a'] }, { minProperties: 1 }] })).toMatchObject({ required: true });
  expect(bodyOf({ oneOf: [{ required: ['a'] }, {}] })).toMatchObject({ required: false });
  expect(
    bodyOf({ $ref: '#/$defs/r', $defs: { r: { allOf: [{ not: { maxProperties: 0 } }], type: 'object' } } }),
  ).toMatchObject({
    content: { 'application/json': { schema: expect.any(Object) } },
  });
  expect(bodyOf({ if: { required: ['b'] }, else: { required: ['a'] } })).toMatchObject({ required: true });
});

test('whether the body is required is what the validator says of {} (MAP-52)', () => {
  const schemas = [
    { not: { maxProperties: 0 } },
    { not: { minProperties: 1 } },
    { enum: [{}, { a: 1 }] },
    { const: { a: 1 } },
    { allOf: [{ $ref: '#/$defs/a' }], $defs: { a: { required: ['x'] } } },
    { if: { maxProperties: 0 }, else: { required: ['x'] } },
    { if: { minProperties: 1 }, else: { required: ['x'] } },
    { oneOf: [{}, {}] },
    { propertyNames: false, unevaluatedProperties: false },
    { dependentRequired: { a: ['b'] }, patternProperties: { '^': false } },
  ];
  for (const inputSchema of schemas) {
    const contract = compileContract(build([{ name: 'echo', inputSchema }]));
    const [operation] = contract.operations;
    if (operation === undefined) throw new Error('unserved');
    const isRefused = contract.validateArguments(operation, {}) !== undefined;
    expect([inputSchema, operation.isBodyRequired]).toEqual([inputSchema, isRefused]);
  }
});

test('there are no parameters of any kind (MAP-53)', () => {
  expect(JSON.stringify(build([{ name: 'echo' }], { security: 'api-key' }))).not.toContain('"parameters"');
});

test('every status that an operation can answer is declared on it (MAP-54)', () => {
  expect(statuses()).toEqual(['200', '400', '413', '415', '422', '424', '500', '502', '503', '504']);
  expect(statuses({ security: 'api-key' })).toEqual([
    '200',
    '400',
    '401',
    '403',
    '413',
    '415',
    '422',
    '424',
    '500',
    '502',
    '503',
    '504',
  ]);
  expect(statuses({ toolErrorStatus: 500 })).toEqual([
    '200',
    '400',
    '413',
    '415',
    '422',
    '500',
    '502',
    '503',
    '504',
  ]);
});

test('a status that a tool error shares tells of both (MAP-54)', () => {
  const { components } = build([{ name: 'echo' }], { toolErrorStatus: 500 }) as {
    components: { responses: Record<string, JsonObject> };
  };
  expect(components.responses).not.toHaveProperty('ToolError');
  expect(components.responses['InternalError']?.['description']).toMatch(/internal_error.*tool_error/);
  expect(Object.keys(components.responses['InternalError']?.['content'] as object)).toContain(
    'application/vnd.mcp.result+json',
  );
});

test('503 says when to come back, 401 how to log in, every answer its request id (MAP-55)', () => {
  const { components } = build([{ name: 'a' }], { security: 'api-key' }) as {
    components: { responses: Record<string, { headers: object }> };
  };
  expect(Object.keys(components.responses['NotReady']?.headers ?? {})).toEqual([
    'x-request-id',
    'Retry-After',
  ]);
  expect(Object.keys(components.responses['Unauthorized']?.headers ?? {})).toEqual([
    'x-request-id',
    'WWW-Authenticate',
  ]);
  for (const response of Object.values(components.responses))
    expect(response.headers).toHaveProperty('x-request-id');
});

test('200 has the output schema, or any JSON, and the result as a whole and as a stream (MAP-56)', () => {
  const outputSchema = { type: 'object', properties: { a: { type: 'string' } } };
  const responses = operationOf({ outputSchema })['responses'];
  expect(responses).toMatchObject({ '200': { content: { 'application/json': { schema: outputSchema } } } });
  expect(operationOf({})['responses']).toMatchObject({
    '200': { $ref: '#/components/responses/ToolResult' },
  });
  const types = ['application/json', 'application/vnd.mcp.result+json', 'text/event-stream'];
  const { content } = (responses as Record<string, { content: object }>)['200'] ?? { content: {} };
  expect(Object.keys(content).toSorted()).toEqual(types);
});

test('servers are relative and never empty (MAP-57)', () => {
  expect(build([])['servers']).toEqual([{ url: '/' }]);
  expect(build([], { rootPath: '/mcp' })['servers']).toEqual([{ url: '/mcp' }]);
});

test('security is said to be none, or a bearer token or basic credentials (MAP-58)', () => {
  expect(build([])['security']).toEqual([]);
  expect(build([])['components']).not.toHaveProperty('securitySchemes');
  expect(build([], { security: 'api-key' })['security']).toEqual([{ bearer: [] }, { basic: [] }]);
});

test('the document is valid OpenAPI 3.1, with no tool, one or several servers (MAP-61)', async () => {
  for (const document of [
    build([]),
    build([{ name: 'a' }], { security: 'api-key' }),
    buildDocument(merged).document,
    buildServerDocument(merged, 'time').document,
  ]) {
    await expect(checkDocument(document)).resolves.toBeUndefined();
  }
  await expect(checkDocument({ ...build([]), info: {} })).rejects.toThrow(/info/);
});

test('a reference that leads nowhere fails the check, a literal that looks like one does not (MAP-61)', async () => {
  const properties = { $ref: { type: 'string', const: { $ref: '#/nowhere' } } };
  const document = build([{ name: 'a', inputSchema: { type: 'object', properties } }]);
  await expect(checkDocument(document)).resolves.toBeUndefined();
  const broken = { ...document, components: {} };
  await expect(checkDocument(broken)).rejects.toThrow(/#\/components\/.* leads nowhere/);
});

test('references that double at each level are checked in no time (MAP-61)', async () => {
  const levels = Array.from({ length: 40 }, (_level, index) => {
    const next = { $ref: `#/$defs/d${index + 1}` };
    return [`d${index}`, { type: 'object', properties: { a: next, b: next } }] as const;
  });
  const $defs = {
    ...Object.fromEntries(levels),
    d40: { type: 'object', properties: { x: { type: 'string' } } },
  };
  const document = build([{ name: 'a', inputSchema: { $ref: '#/$defs/d0', $defs } }]);
  await expect(checkDocument(document)).resolves.toBeUndefined();
});

test('the check leaves the document as it is (MAP-61)', async () => {
  const recursive = {
    $ref: '#/$defs/n',
    $defs: { n: { type: 'object', properties: { n: { $ref: '#/$defs/n' } } } },
  };
  const contract = compileContract(build([{ name: 'a', inputSchema: recursive }]));
  const before = JSON.stringify(contract.document);
  await checkDocument(contract.document);
  expect(JSON.stringify(contract.document)).toBe(before);
});

function describeWith(annotations: unknown, description?: string): unknown {
  return operationOf({ annotations, ...(description === undefined ? {} : { description }) })['description'];
}

function infoOf(options: DocumentOptions): unknown {
  return buildDocument(options).document['info'];
}

function bodyOf(inputSchema: unknown): unknown {
  return operationOf({ inputSchema })['requestBody'];
}

function statuses(options?: Partial<DocumentOptions>): readonly string[] {
  return Object.keys(operationOf({}, options)['responses'] as object);
}
