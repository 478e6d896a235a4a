import { expect, test } from 'vitest';
import { ToolBook } from '../../../conformance/arguments/tool-book.ts';
import type { ProbeContext } from '../../../conformance/checks/check.ts';
import { documentedAnswers } from '../../../conformance/checks/documented-answers.ts';
import { invalidStaysOut } from '../../../conformance/checks/invalid-stays-out.ts';
import { restAuthentication } from '../../../conformance/checks/rest-authentication.ts';
import { wrongMethod } from '../../../conformance/checks/wrong-method.ts';
import type { FindingDraft } from '../../../conformance/findings/finding.ts';
import { agrees, saysWords } from '../../../conformance/gateway/agrees.ts';
import { parseExactly } from '../../../conformance/gateway/exact-json.ts';
import type { GatewayUnderTest } from '../../../conformance/gateway/gateway.ts';
import { toHeaders, type RestRequest } from '../../../conformance/gateway/rest-client.ts';
import { readRestDocument } from '../../../conformance/gateway/rest-document.ts';
import { toCurl } from '../../../conformance/gateway/to-curl.ts';
import { listTwinCalls } from '../../../conformance/gateway/twin-calls.ts';
import type { JsonObject } from '../../../src/index.ts';

test('integers that no double holds are equal to themselves alone', () => {
  const [a, b] = ['[9007199254740993]', '[9007199254740992]'].map(parseExactly);
  expect(a).not.toEqual(b);
  expect(parseExactly('[9007199254740993]')).toEqual(a);
  expect(parseExactly('{"a":"9007199254740993","b":[1.5,-2e3]}')).toEqual({
    a: '9007199254740993',
    b: [1.5, -2000],
  });
  expect(parseExactly('nothing')).toBeUndefined();
});

const text = { type: 'text', text: '{"b":1,"a":null}' };
const image = { type: 'image', data: 'AA==', mimeType: 'image/png' };

test.each([
  ['the JSON of a text', { content: [text] }, { a: null, b: 1 }],
  ['a text as it is', { content: [text] }, text.text],
  ['structured content', { content: [text], structuredContent: { sum: 3 } }, { sum: 3 }],
  ['several values', { content: [text, image] }, [{ a: null, b: 1 }, 'data:image/png;base64,AA==']],
  ['the blocks', { content: [image] }, [image]],
  ['the whole result', { content: [text] }, { content: [text] }],
  ['no content', { content: [] }, []],
])('a body that is %s agrees with the result', (_case, result, body) => {
  expect(agrees(result, body)).toBe(true);
});

test.each([
  ['lacks null', { content: [text] }, { b: 1 }],
  ['lacks a block', { content: [text, image] }, { a: null, b: 1 }],
  ['is empty', { content: [text] }, []],
])('a body that %s does not', (_case, result, body) => {
  expect(agrees(result, body)).toBe(false);
});

test('the words of an error count as kept in whatever way they are quoted', () => {
  const words = "Invalid timezone: no zone 'ü\u0000'. Write Europe/Paris";
  expect(
    saysWords(words, String.raw`{"error":"500: {'message': \"Invalid timezone: no zone '\\x00'. Write Eur"}`),
  ).toBe(true);
  expect(saysWords(words, '{"detail":"Internal Server Error"}')).toBe(false);
});

test('credentials are left out or replaced where a check wants that, and never stand in a command', () => {
  const given = { authorization: 'Bearer s3cret', 'x-tenant': 'a' };
  const request = { method: 'POST', url: 'http://localhost/echo', body: `{"a":"it's"}` };
  expect(toHeaders({ ...request, credentials: 'none' }, given)).not.toHaveProperty('authorization');
  expect(toHeaders({ ...request, credentials: 'wrong' }, given)['authorization']).toMatch(
    /^Bearer wrong-0+$/,
  );
  expect(toCurl(request, given)).toBe(
    `curl -i -X POST http://localhost/echo -H "authorization: Bearer $MCPO_API_KEY" -H 'x-tenant: a' -H 'content-type: application/json' --data-raw '{"a":"it'\\''s"}'`,
  );
  expect(toCurl({ ...request, body: 'x'.repeat(30_000) }, given)).toBeUndefined();
});

test('paths of a document begin where its first server says, on the host that was named', () => {
  const document = {
    openapi: '3.1.0',
    servers: [{ url: 'https://elsewhere/time' }],
    paths: { '/now': { post: {} } },
  };
  expect(readRestDocument(document, 'http://127.0.0.1:8000/time').operations).toMatchObject([
    { tool: 'now', url: 'http://127.0.0.1:8000/time/now', isSecured: false },
  ]);
});

test('a tool that may not be called gets nothing that it could act on', async () => {
  const bodies = new Set<string | undefined>();
  const document = readRestDocument(
    { openapi: '3.1.0', security: [{ bearer: [] }], paths: { '/order': { post: {} } } },
    'http://localhost',
  );
  const gateway = {
    document,
    hasCredentials: true,
    operationOf: () => document.operations[0],
    request: ({ method, body }: RestRequest) => {
      if (method !== 'DELETE') bodies.add(body);
      return Promise.resolve({ kind: 'answered', status: 200, headers: new Map(), text: '' });
    },
    toCurl: () => undefined,
  };
  for (const check of [documentedAnswers, wrongMethod, restAuthentication, invalidStaysOut]) {
    // As much of the context as the checks use.
    const context = {
      tools: [tool],
      callable: [],
      samples: [],
      gateway: () => Promise.resolve({ kind: 'open', gateway }),
      report: () => {},
    } as unknown as ProbeContext;
    await check.run(context);
  }
  expect([...bodies]).toEqual(['{']);
});

const inputSchema: JsonObject = {
  type: 'object',
  properties: { count: { type: 'integer', minimum: 0 }, name: { type: ['string', 'null'] } },
  required: ['count'],
  additionalProperties: false,
};
const tool = { name: 'order', source: { name: 'order', inputSchema } };
const book = new ToolBook({}, 1);

test('twins have null, and integers that JavaScript rounds, written alike for both sides', () => {
  const calls = [
    ...listTwinCalls(tool, {
      arguments: book,
      generatorOf: () => book.generatorOf(tool),
      settingsOf: () => ({}),
    }),
  ];
  expect(calls.some((call) => call.text.includes('null'))).toBe(true);
  const large = calls.find((call) => call.text.includes('9007199254740993'));
  expect(large?.respell(JSON.stringify(large.arguments))).toBe(large?.text);
});

test.each([
  ['a gateway that refuses them itself', 422, false, []],
  ['a gateway that refuses them and passes them on', 422, true, ['passed on']],
  ['a gateway that accepts them', 200, true, ['accepted', 'coerced']],
  ['a gateway that fails on them', 500, false, ['server error']],
])('invalid arguments and %s', async (_case, status, passesOn, variants) => {
  const reached: { tool: string; arguments: unknown; line: string }[] = [];
  const path = {
    '/order': { post: { requestBody: { content: { 'application/json': { schema: inputSchema } } } } },
  };
  const document = readRestDocument({ openapi: '3.1.0', paths: path }, 'http://localhost');
  const gateway: GatewayUnderTest = {
    isOwn: true,
    hasServer: true,
    document,
    operationOf: () => document.operations[0],
    fetchDocument: () => Promise.resolve(undefined),
    hasCredentials: false,
    request: ({ body = '' }) => {
      if (passesOn) reached.push({ tool: 'order', arguments: JSON.parse(body), line: body });
      return Promise.resolve({ kind: 'answered', status, headers: new Map(), text: '' });
    },
    toCurl: () => 'curl',
    sent: { mark: () => reached.length, callsSince: (mark) => reached.slice(mark) },
  };
  const found: FindingDraft[] = [];
  // As much of the context as the check uses.
  const context = {
    callable: [tool],
    samples: [],
    arguments: book,
    generatorOf: () => book.generatorOf(tool),
    gateway: () => Promise.resolve({ kind: 'open', gateway }),
    report: (draft: FindingDraft) => found.push(draft),
  } as unknown as ProbeContext;
  const outcome = await invalidStaysOut.run(context);
  expect(outcome).toMatchObject({ kind: 'exercised', tools: ['order'] });
  expect(found.map(({ variant }) => variant)).toEqual(variants);
});
