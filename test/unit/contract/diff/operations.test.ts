import { describe, expect, test } from 'vitest';
import { declareRequirements } from '../../../../src/contract/document/declared-requirements.ts';
import { buildDocument } from '../../../../src/contract/document/build-document.ts';
import { hasChangeAtLeast } from '../../../../src/contract/diff/change.ts';
import { diffDocuments } from '../../../../src/contract/diff/diff-documents.ts';
import type { JsonObject, JsonValue } from '../../../../src/json/value.ts';
import type { Tool } from '../../../../src/tool.ts';
import { toDocument, toWords } from './diff-fixture.ts';

const inputSchema = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] };
const outputSchema = { type: 'object', properties: { n: { type: 'number' } }, required: ['n'] };
const tool: Tool = { name: 'echo', inputSchema, outputSchema };

function ofTools(...tools: readonly Tool[]): JsonObject {
  return buildDocument({ sources: [{ server: '', tools }] }).document;
}

function diffOperations(a: JsonObject, b: JsonObject): string {
  return toWords(diffDocuments(toDocument(a), toDocument(b)));
}

function diffHints(a: JsonValue, b: JsonValue): string {
  const [before, after] = [a, b].map((hints) => ({ operationId: 'x', 'x-mcp-annotations': hints }));
  return diffOperations(before ?? {}, after ?? {});
}

function json(schema: JsonValue): JsonObject {
  return { 'application/json': { schema } };
}

function answering(responses: JsonObject): JsonObject {
  return { operationId: 'x', responses };
}

function inVersion(openapi: string, schema: JsonValue): JsonObject {
  return { ...toDocument({ operationId: 'x', requestBody: { content: json(schema) } }), openapi };
}

describe('operations (MAP-94)', () => {
  test('one that comes is compatible, one that goes is breaking', () => {
    const [one, two] = [ofTools(tool), ofTools(tool, { ...tool, name: 'other' })];
    expect(diffDocuments(one, two)).toMatchObject({
      changes: [{ severity: 'compatible', message: 'operation added', operation: { path: '/other' } }],
    });
    expect(diffDocuments(two, one)).toMatchObject({
      changes: [{ severity: 'breaking', message: 'operation removed', operation: { path: '/other' } }],
    });
  });

  test('a tool that cannot be served any more is named with its reason', () => {
    const broken = { ...tool, inputSchema: { type: 'object', properties: { a: { $ref: '#/$defs/none' } } } };
    const { changes } = diffDocuments(ofTools(tool), ofTools(broken));
    expect(changes.map(({ severity, direction }) => [severity, direction])).toEqual([
      ['editorial', 'document'],
      ['breaking', 'operation'],
    ]);
    expect(changes[1]?.message).toMatch(/its tool cannot be served \(.*\$ref|\(.*none/);
  });

  test('one that moves, or gets another operationId, is breaking', () => {
    const operation = { operationId: 'x', responses: {} };
    const [a, b] = ['/x', '/y'].map((path) => ({ openapi: '3.1.0', paths: { [path]: { post: operation } } }));
    expect(diffDocuments(a ?? {}, b ?? {}).changes).toMatchObject([
      { severity: 'breaking', message: 'moved: POST /x → POST /y', operation: { path: '/x' } },
    ]);
    expect(diffOperations({ operationId: 'x' }, { operationId: 'z' })).toBe('breaking operationId');
  });

  test('the order of tools makes no difference', () => {
    const other = { ...tool, name: 'other' };
    expect(diffDocuments(ofTools(tool, other), ofTools(other, tool)).changes).toEqual([]);
  });
});

describe('hints (MAP-93)', () => {
  test.each([
    [{ readOnlyHint: true }, {}, 'breaking destructiveHint, breaking idempotentHint, breaking readOnlyHint'],
    [{ destructiveHint: false }, { destructiveHint: true }, 'breaking destructiveHint'],
    [{ destructiveHint: false }, {}, 'breaking destructiveHint'],
    [{}, { destructiveHint: true }, 'editorial destructiveHint'],
    [{}, { idempotentHint: true }, 'compatible idempotentHint'],
    [{ openWorldHint: false }, { openWorldHint: true }, 'breaking openWorldHint'],
    [{ readOnlyHint: true }, { readOnlyHint: true, destructiveHint: true }, 'editorial destructiveHint'],
    [{ title: 'A' }, { title: 'B' }, 'editorial title'],
  ])('%j → %j: %s', (a, b, expected) => {
    expect(diffHints(a, b)).toBe(expected);
  });
});

describe('bodies, parameters and answers (MAP-95)', () => {
  const ok = { 200: { description: '', content: json({ type: 'string' }) } };

  test.each<readonly [string, JsonObject, JsonObject, string]>([
    [
      'a body becomes required',
      { requestBody: { content: {} } },
      { requestBody: { required: true, content: {} } },
      'breaking required',
    ],
    [
      'a body is no longer required',
      { requestBody: { required: true, content: {} } },
      { requestBody: { content: {} } },
      'compatible required',
    ],
    ['a required body comes', {}, { requestBody: { required: true, content: {} } }, 'breaking requestBody'],
    [
      'a media type goes',
      { requestBody: { content: json(true) } },
      { requestBody: { content: {} } },
      'breaking application/json',
    ],
    [
      'a required parameter comes',
      {},
      { parameters: [{ in: 'query', name: 'q', required: true }] },
      'breaking query q',
    ],
    ['an optional parameter comes', {}, { parameters: [{ in: 'query', name: 'q' }] }, 'compatible query q'],
    ['a parameter goes', { parameters: [{ in: 'query', name: 'q' }] }, {}, 'breaking query q'],
    [
      'a parameter gets another style',
      { parameters: [{ in: 'query', name: 'q' }] },
      { parameters: [{ in: 'query', name: 'q', style: 'form' }] },
      'unknown style',
    ],
  ])('%s', (_title, a, b, expected) => {
    expect(diffOperations({ operationId: 'x', ...a }, { operationId: 'x', ...b })).toBe(expected);
  });

  test.each<readonly [string, JsonObject, JsonObject, string]>([
    ['an error status comes', ok, { ...ok, 429: { description: '' } }, 'compatible 429'],
    ['a success status comes', ok, { ...ok, 202: { description: '' } }, 'breaking 202'],
    ['a status goes', { ...ok, 424: { description: '' } }, ok, 'breaking 424'],
    ['a header goes', { 200: { headers: { h: {} } } }, { 200: {} }, 'breaking h'],
    [
      'a header may be missing',
      { 200: { headers: { h: { required: true } } } },
      { 200: { headers: { h: {} } } },
      'breaking required',
    ],
    ['an output schema comes', { 200: { content: json(true) } }, ok, 'compatible type'],
  ])('%s', (_title, a, b, expected) => {
    const words = diffOperations(answering(a), answering(b));
    expect(words.split(', ')).toContain(expected);
  });

  test('an output schema that goes is breaking', () => {
    const { outputSchema: _gone, ...plain } = tool;
    expect(diffDocuments(ofTools(tool), ofTools(plain)).summary.breaking).toBeGreaterThan(0);
    expect(diffDocuments(ofTools(plain), ofTools(tool)).summary.breaking).toBe(0);
  });
});

const waysIn = (a: JsonObject, b: JsonObject): unknown =>
  diffDocuments(a, b)
    .changes.filter(({ pointer }) => pointer === '/security')
    .map(({ severity, message }) => [severity, message]);

test('credentials and servers (MAP-96)', () => {
  const source = { server: '', tools: [tool] };
  const opened = buildDocument({ sources: [source] }).document;
  const secured = buildDocument({ sources: [source], security: 'api-key' }).document;
  expect(diffDocuments(opened, secured).changes[0]).toMatchObject({
    severity: 'breaking',
    message: 'credentials are required now',
  });
  expect(diffDocuments(secured, opened).summary.breaking).toBe(0);
  const asking = (...scopes: readonly string[]): JsonObject =>
    declareRequirements(secured, '', () => [{ scopes, credentials: 'any' }]);
  expect(waysIn(secured, asking('a'))).toEqual([
    ['breaking', 'credentials no longer accepted: bearer, basic'],
  ]);
  // Whoever has both has one of them.
  expect(waysIn(asking('a', 'b'), asking('a'))).toEqual([
    ['compatible', 'credentials now accepted: bearer (a), basic (a)'],
  ]);
  expect(waysIn(asking('a'), secured)).toEqual([['compatible', 'credentials now accepted: bearer, basic']]);
  const moved = buildDocument({ sources: [source], rootPath: '/api' }).document;
  expect(toWords(diffDocuments(opened, moved))).toBe('breaking servers, compatible servers');
});

test('what operations share is reported once, as the document’s (MAP-97)', () => {
  const a = ofTools(tool, { ...tool, name: 'other' });
  const b = JSON.parse(JSON.stringify(a).replaceAll('"maximum":599', '"maximum":600')) as JsonObject;
  const { changes } = diffDocuments(a, b);
  expect(new Set(changes.map(({ operation }) => operation))).toEqual(new Set([undefined]));
  expect(new Set(changes.map(({ pointer }) => pointer)).size).toBe(changes.length);
  expect(changes[0]).toMatchObject({ severity: 'breaking', direction: 'output', keyword: 'maximum' });
});

test('senders break when inputs narrow, readers when outputs widen (MAP-80)', () => {
  const wider = { type: 'object', properties: { a: { type: 'string' } } };
  const b = ofTools({ ...tool, inputSchema: wider, outputSchema: { ...outputSchema, required: [] } });
  const found = diffDocuments(ofTools(tool), b);
  const required = found.changes.filter(({ keyword }) => keyword === 'required');
  expect(required.map(({ severity, direction }) => [severity, direction])).toEqual([
    ['breaking', 'output'],
    ['compatible', 'input'],
    ['compatible', 'input'],
  ]);
  expect(hasChangeAtLeast(found, 'breaking')).toBe(true);
  expect(hasChangeAtLeast(diffDocuments(b, b), 'editorial')).toBe(false);
});

test('OpenAPI 3.0 says the same in its own words (MAP-81)', () => {
  const old = inVersion('3.0.3', { type: 'number', nullable: true, minimum: 1, exclusiveMinimum: true });
  const next = inVersion('3.1.0', { type: ['number', 'null'], exclusiveMinimum: 1 });
  expect(toWords(diffDocuments(old, next))).toBe('editorial openapi');
});

test('5,000 operations are compared in seconds', () => {
  const tools = Array.from({ length: 5_000 }, (_, index) => ({ ...tool, name: `t${index}` }));
  const [a, b] = [ofTools(...tools), ofTools(...tools.map((each) => ({ ...each, inputSchema: {} })))];
  const started = performance.now();
  expect(diffDocuments(a, structuredClone(a)).changes).toEqual([]);
  expect(diffDocuments(a, b).changes.length).toBeGreaterThanOrEqual(5_000);
  // A few seconds on two cores; ten times that on a machine that is busy with something else.
  expect(performance.now() - started).toBeLessThan(40_000);
});
