import { expect, test } from 'vitest';
import { accepted } from '../../../../conformance/checks/accepted.ts';
import { integersKept } from '../../../../conformance/checks/integers-kept.ts';
import { noInternalError } from '../../../../conformance/checks/no-internal-error.ts';
import { resultShape } from '../../../../conformance/checks/result-shape.ts';
import { schemaIsTruth } from '../../../../conformance/checks/schema-is-truth.ts';
import { structuredContent } from '../../../../conformance/checks/structured-content.ts';
import { textAgrees } from '../../../../conformance/checks/text-agrees.ts';
import { failing, judge, saying } from './judged-call.ts';

test('a valid call that is refused for its shape is a finding; a failure of the tool is none', () => {
  const refused = judge(accepted, { result: failing('a must be a string') });
  expect(refused).toMatchObject([{ variant: 'a type', place: '/a' }]);
  expect(judge(accepted, { error: { code: -32602, message: 'no' } })).toHaveLength(1);
  expect(judge(accepted, { result: failing("ENOENT: no such file, open 'x'") })).toEqual([]);
  expect(judge(accepted, { result: saying('a must be a string') })).toEqual([]);
});

test('a refusal is about the same thing, whatever it quotes of the arguments', () => {
  const variants = ['<5', 'required', 'x'].map((a) => {
    const result = failing(`Invalid input: expected boolean, received "${a}"`);
    return judge(accepted, { arguments: { a }, result })[0]?.variant;
  });
  expect(new Set(variants)).toEqual(new Set(['a type']));
});

test('a tool may take the formats of its schema seriously', () => {
  const tool = { inputSchema: { type: 'object', properties: { a: { type: 'string', format: 'uri' } } } };
  const result = failing('Invalid arguments for tool x: Invalid URL');
  expect(judge(accepted, { tool, arguments: { a: '' }, result })).toEqual([]);
  expect(judge(accepted, { tool, arguments: { a: 'https://example.com' }, result })).toHaveLength(1);
});

test('a tenth of the valid calls refused shows that the schema is not the truth', () => {
  const tool = { name: 'tool', source: {} };
  const judgeTotals = (sent: number, refused: number): unknown =>
    schemaIsTruth.judgeTotals?.({ tool, sent, refused });
  expect(judgeTotals(10, 1)).toHaveLength(1);
  expect(judgeTotals(11, 1)).toEqual([]);
  expect(judgeTotals(9, 9)).toEqual([]);
});

test('words of an exception are an error, and a mere code a warning', () => {
  const exception = judge(noInternalError, {
    result: failing("Cannot read properties of undefined (reading 'b')"),
  });
  expect(exception).toMatchObject([{ variant: "Cannot read properties of undefined (reading 'b')" }]);
  expect(judge(noInternalError, { error: { code: -32603, message: 'no such user' } })).toMatchObject([
    { severity: 'warning' },
  ]);
  expect(judge(noInternalError, { error: { code: -32602, message: 'a is required' } })).toEqual([]);
});

test.each([
  ['base64 with line breaks', { type: 'image', data: 'AAAA\nAAAA', mimeType: 'image/png' }, 'image data'],
  ['base64 without its padding', { type: 'audio', data: 'AAA', mimeType: 'audio/wav' }, 'audio data'],
  ['an extension for a media type', { type: 'image', data: 'AAAA', mimeType: 'png' }, 'image mimeType'],
  [
    'a text that is called an image',
    { type: 'image', data: 'AAAA', mimeType: 'text/plain' },
    'image mimeType',
  ],
  ['a path for a uri', { type: 'resource_link', uri: '/tmp/a', name: 'a' }, 'resource_link uri'],
  [
    'a text beside a blob',
    { type: 'resource', resource: { uri: 'a:b', text: '', blob: '' } },
    'resource text and blob',
  ],
])('%s is a finding', (_what, block, variant) => {
  expect(judge(resultShape, { result: { content: [block, block] } })).toMatchObject([{ variant }]);
});

test('blocks that hold what they say pass, and what is no block is for another check', () => {
  const content = [
    { type: 'text', text: '' },
    { type: 'image', data: '', mimeType: 'image/svg+xml; charset=utf-8' },
    { type: 'audio', data: 'AA==', mimeType: 'audio/wav' },
    { type: 'resource', resource: { uri: 'urn:a', mimeType: 'text/plain', text: '' } },
    { type: 'resource_link', uri: 'https://example.com', name: 'a' },
    { type: 'image', data: 5 },
    'text',
    null,
  ];
  expect(judge(resultShape, { result: { content } })).toEqual([]);
});

const outputSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  type: 'object',
  properties: {
    items: { type: 'array', items: [{ type: 'string' }] },
    at: { type: 'string', format: 'date' },
  },
  required: ['items'],
};

test('structured content is there and satisfies the output schema in its dialect', () => {
  const seen = (value: unknown): unknown =>
    // Only JSON values stand below.
    judge(structuredContent, {
      tool: { outputSchema },
      result: saying('', { structuredContent: value as never }),
    });
  expect(seen({ items: ['a', 5] })).toEqual([]);
  // A format is an annotation.
  expect(seen({ items: [], at: 'now' })).toEqual([]);
  expect(seen({ items: [5] })).toMatchObject([{ variant: '/items/* type', place: '/items/*' }]);
  expect(seen({})).toMatchObject([{ variant: ' required' }]);
  expect(judge(structuredContent, { tool: { outputSchema }, result: saying('') })).toMatchObject([
    { variant: 'missing' },
  ]);
});

test('an error owes no structured content, and neither does a tool without an output schema', () => {
  expect(judge(structuredContent, { tool: { outputSchema }, result: failing('no') })).toEqual([]);
  expect(judge(structuredContent, { result: saying('', { structuredContent: {} }) })).toEqual([]);
});

test.each([
  ['the same in another order', '{"b": [1, 2], "a": 1.0}', 0],
  ['the value of a wrapper', '[1, 2]', 0],
  ['words', 'done', 0],
  ['a number', '5', 0],
  ['another value', '{"a": 2, "b": [1, 2]}', 1],
  ['a part of it', '{"a": 1}', 1],
])('text beside structured content that is %s', (_what, text, findings) => {
  const result = saying(text, { structuredContent: { a: 1, b: [1, 2] } });
  expect(judge(textAgrees, { result })).toHaveLength(findings);
});

test('a text that stands in the structured content as a text agrees with it', () => {
  const result = saying('[{"name":"a"}]', { structuredContent: { content: '[{"name":"a"}]' } });
  expect(judge(textAgrees, { result })).toEqual([]);
});

test('an integer that comes back as what a smaller type makes of it is a finding', () => {
  const id = 9_007_199_254_740_784;
  expect(seenOf(id, '[{"id":9.00719925474078e15}]')).toEqual(['rounded to 15 digits']);
  expect(seenOf(id, `{"id":${Math.fround(id)}}`)).toEqual(['rounded to 32 bits']);
  expect(seenOf(4_000_000_000, '{"id":[-294967296]}')).toEqual(['cut to 32 bits']);
  expect(seenOf(id, `{"id":${id},"last":{"id":9.00719925474078e15}}`)).toEqual([]);
  expect(seenOf(5, '{"id":0}')).toEqual([]);
  // What is calculated may be near: one less, or a sum.
  expect(seenOf(Number.MAX_SAFE_INTEGER, `{"id":${Number.MAX_SAFE_INTEGER - 1}}`)).toEqual([]);
  expect(seenOf(510_979_960_176_098, '{"sum":510979960176100}')).toEqual([]);
});

function seenOf(id: number, text: string): readonly string[] {
  return judge(integersKept, { arguments: { list: [{ id }] }, result: saying(text) }).map(
    ({ variant }) => variant,
  );
}
