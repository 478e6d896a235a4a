import { expect, test } from 'vitest';
import { toCallMessage } from '../../../src/upstream/calls/call-messages.ts';

const call = { tool: 'echo', argumentsJson: '{"a":1}', timeoutMs: 1_000 };
const paramsOf = (message: string): unknown => (JSON.parse(message) as { params: unknown }).params;

test('over stdio, forwarded headers are in _meta, beside the progress token (FWD-07)', () => {
  const forwardedHeaders = { 'x-user-id': 'ada "a"', 'x-name': Buffer.from('Zoë').toString('latin1') };
  const meta = { 'mcpo-toolkit/headers': { 'x-user-id': 'ada "a"', 'x-name': 'Zoë' } };
  expect(paramsOf(toCallMessage(7, { ...call, forwardedHeaders }))).toEqual({
    name: 'echo',
    arguments: { a: 1 },
    _meta: meta,
  });
  const withProgress = { ...call, forwardedHeaders, onProgress: () => {} };
  expect(paramsOf(toCallMessage(7, withProgress))).toMatchObject({ _meta: { progressToken: 7, ...meta } });
});

test('without any there is no _meta, or one with the progress token alone (FWD-07)', () => {
  expect(paramsOf(toCallMessage(7, call))).toEqual({ name: 'echo', arguments: { a: 1 } });
  const withProgress = { ...call, onProgress: () => {} };
  expect(paramsOf(toCallMessage(7, withProgress))).toMatchObject({ _meta: { progressToken: 7 } });
});
