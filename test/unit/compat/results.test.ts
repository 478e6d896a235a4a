import { expect, test } from 'vitest';
import type { ScriptedAnswer, ScriptedTool } from '../../fixtures/in-memory-upstream.ts';
import { ask, createCompatGateway, echoing, type CompatAnswer } from './compat-gateway.ts';

const anything = { type: 'object' };

async function answerOf(
  outcome: ScriptedAnswer,
  tool: Partial<ScriptedTool> = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<CompatAnswer> {
  const gateway = await createCompatGateway([echoing(anything, { run: () => outcome, ...tool })]);
  const answer = await ask(gateway, '/echo', undefined, headers);
  await gateway.app.close();
  return answer;
}

function text(value: string): object {
  return { type: 'text', text: value };
}

test.each([
  ['123', '123'],
  ['1.50', '1.50'],
  ['{ "a" : 1, "é" : [ null ] }', '{"a":1,"é":[null]}'],
  ['"\\u00e9 \\/ x"', '"é / x"'],
  ['12345678901234567890', '12345678901234567890'],
  ['{"NaN":"NaN","x":NaN,"y":-Infinity}', '{"NaN":"NaN","x":null,"y":null}'],
  ['NaN and on', '"NaN and on"'],
  ['plain "text"', '"plain \\"text\\""'],
  ['', '""'],
  ['"\\ud800"', '"\\ud800"'],
])('the text %j is answered as %s (COMPAT-09, COMPAT-24)', async (said, body) => {
  const answer = await answerOf({ content: [text(said)] });
  expect([answer.status, answer.headers['content-type'], answer.text]).toEqual([
    200,
    'application/json',
    body,
  ]);
});

test('none or several items are a list; structured content is not looked at beside content (COMPAT-09)', async () => {
  const image = { type: 'image', data: 'AA==', mimeType: 'image/png' };
  expect((await answerOf({ content: [] })).text).toBe('[]');
  const several = await answerOf({ content: [text('1'), image], structuredContent: { r: 1 } });
  expect(several.text).toBe('[1,"data:image/png;base64,AA=="]');
});

test('what mcpo drops stays (COMPAT-25)', async () => {
  const link = { type: 'resource_link', uri: 'x://y', name: 'n' };
  const audio = { type: 'audio', data: 'AA==', mimeType: 'audio/wav' };
  expect((await answerOf({ content: [link] })).json()).toEqual(link);
  expect((await answerOf({ content: [audio] })).json()).toBe('data:audio/wav;base64,AA==');
  expect((await answerOf({ content: [], structuredContent: { r: 1 } })).json()).toEqual({ r: 1 });
});

test('a result is neither cut nor filled by its schema (COMPAT-26)', async () => {
  const outputSchema = {
    type: 'object',
    properties: { r: { type: 'integer' }, s: { type: 'string', default: 'd' } },
  };
  const answer = await answerOf(
    { content: [text('{"r":1,"z":null}')], structuredContent: { r: 1 } },
    { outputSchema },
  );
  expect(answer.text).toBe('{"r":1,"z":null}');
});

test('Accept chooses other forms as ever (COMPAT-35)', async () => {
  const image = { type: 'image', data: 'AA==', mimeType: 'image/png' };
  const bytes = await answerOf({ content: [image] }, {}, { accept: 'image/*' });
  expect(bytes.headers['content-type']).toBe('image/png');
  const accept = 'application/vnd.mcp.result+json';
  expect((await answerOf({ content: [text('x')] }, {}, { accept })).json()).toMatchObject({
    content: [text('x')],
  });
});

test('a tool’s own failure is 500 with what it says (COMPAT-10, COMPAT-27)', async () => {
  const answer = await answerOf({ content: [text('it’s "wrong"'), text('quite')], isError: true });
  expect([answer.status, answer.json()]).toEqual([
    500,
    { detail: { message: 'Unexpected error', error: 'it’s "wrong"\nquite' } },
  ]);
});

test.each([
  [{ kind: 'error', code: -32700, message: 'm' }, 400, { message: 'm' }],
  [{ kind: 'error', code: -32600, message: 'm', data: null }, 400, { message: 'm' }],
  [{ kind: 'error', code: -32601, message: 'm', data: { a: 1 } }, 404, { message: 'm', data: { a: 1 } }],
  [{ kind: 'error', code: -32602, message: 'm', data: 0 }, 422, { message: 'm', data: 0 }],
  [{ kind: 'error', code: -32603, message: 'm' }, 500, { message: 'm' }],
  [{ kind: 'error', code: 7, message: 'm' }, 500, { message: 'm' }],
] as const)('%j is %i (COMPAT-10)', async (outcome, status, detail) => {
  const answer = await answerOf(outcome);
  expect([answer.status, answer.json()]).toEqual([status, { detail }]);
});

test('a server that goes away is 500; one that is too slow or busy keeps our status (COMPAT-10, COMPAT-31)', async () => {
  const lost = await answerOf({ kind: 'lost', reason: 'gone' });
  expect([lost.status, lost.json()]).toMatchObject([500, { detail: { message: 'Unexpected error' } }]);
  const slow = await answerOf({ kind: 'timeout' });
  expect([slow.status, slow.json()]).toEqual([504, { detail: expect.stringContaining('did not answer') }]);
  const busy = await answerOf({ kind: 'overloaded', retryAfterMs: 2_000 });
  expect([busy.status, busy.headers['retry-after']]).toEqual([503, '2']);
});
