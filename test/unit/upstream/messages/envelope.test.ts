import { describe, expect, test } from 'vitest';
import { readEnvelope, readOversizedId } from '../../../../src/upstream/messages/envelope.ts';

const read = (text: string): unknown => {
  const line = Buffer.from(text);
  const envelope = readEnvelope(line);
  if (envelope.kind !== 'result' && envelope.kind !== 'error') return envelope;
  const { kind, id, start, end } = envelope;
  return { kind, id, text: line.toString('utf8', start, end) };
};

describe('readEnvelope', () => {
  test.each([
    ['{"jsonrpc":"2.0","id":7,"result":{"a":[1]}}', { kind: 'result', id: 7, text: '{"a":[1]}' }],
    ['{"result":{"a":[1]},"jsonrpc":"2.0","id":7}', { kind: 'result', id: 7, text: '{"a":[1]}' }],
    ['{"jsonrpc":"2.0","id":7,"result":{},"extra":1}', { kind: 'result', id: 7, text: '{}' }],
    ['{"result":{},"jsonrpc":"2.0","id":7,"extra":1}', { kind: 'result', id: 7, text: '{}' }],
    ['{"jsonrpc":"2.0","id":"7","result":{}}', { kind: 'result', id: 7, text: '{}' }],
    ['{"jsonrpc":"2.0","id":7.0,"result":{}}', { kind: 'result', id: 7, text: '{}' }],
    ['{"jsonrpc":"2.0","id":0,"result":{},"error":null}', { kind: 'result', id: 0, text: '{}' }],
    ['{"jsonrpc":"2.0","id":7,"error":{"code":1}}', { kind: 'error', id: 7, text: '{"code":1}' }],
    ['{"jsonrpc":"2.0","id":null,"error":{"code":1}}', { kind: 'error', id: undefined, text: '{"code":1}' }],
    ['{"jsonrpc":"2.0","id":"x7","result":{}}', { kind: 'result', id: undefined, text: '{}' }],
    [
      '{"jsonrpc":"2.0","id":99999999999999999999,"result":{}}',
      { kind: 'result', id: undefined, text: '{}' },
    ],
    ['{"id":1,"jsonrpc":"2.0","id":2,"result":1,"result":2}', { kind: 'result', id: 2, text: '2' }],
    ['{"jsonrpc":"2.0","id":7,"\\u0072esult":{}}', { kind: 'result', id: 7, text: '{}' }],
    ['{"jsonrpc":"2.0","id":7,"method":"ping"}', { kind: 'request', method: 'ping' }],
    ['{"jsonrpc":"2.0","method":"x","params":{"id":1}}', { kind: 'notification', method: 'x' }],
    ['[{"jsonrpc":"2.0","id":7,"result":{}}]', { kind: 'batch' }],
    ['{"jsonrpc":"2.0","id":7,"result":{}', { kind: 'garbage' }],
    ['{"jsonrpc":"2.0","id":7,"result":{]}', { kind: 'garbage' }],
    ['{"jsonrpc":"2.0","id":7}', { kind: 'garbage' }],
    ['{"result":{}}', { kind: 'garbage' }],
    ['Listening on port 80', { kind: 'garbage' }],
  ])('%s', (text, expected) => {
    expect(read(text)).toStrictEqual(expected);
  });
});

describe('readOversizedId', () => {
  test.each([
    ['{"jsonrpc":"2.0","id":7,"result":{"te', 'xt"}}', 7],
    ['{"id":"7","jsonrpc":"2.0","result":{"te', 'xt"}}', 7],
    ['{"result":{"te', 'xt"},"jsonrpc":"2.0","id":7}', 7],
    ['{"result":{"te', 'xt"} , "id" : "7" } ', 7],
    // The same characters where they are not the root's id.
    ['{"result":{"te', 'xt"},"a":{"b":1,"id":7}}', undefined],
    ['{"result":{"te', 'xt,\\"id\\":7}', undefined],
    ['{"jsonrpc":"2.0","id":7', '8,"result":1}', undefined],
    // A request of the server's own, and its id.
    ['{"jsonrpc":"2.0","method":"sampling/createMessage","params":{"x', '"},"id":7}', undefined],
    ['noise', 'noise', undefined],
  ])('%s … %s → %s', (head, tail, id) => {
    expect(readOversizedId(Buffer.from(head), Buffer.from(tail))).toBe(id);
  });
});
