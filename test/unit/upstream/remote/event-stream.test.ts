import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EventStreamReader } from '../../../../src/upstream/remote/event-stream.ts';

interface Read {
  readonly events: { type: string; id: string | undefined; data: string }[];
  readonly oversized: number[];
  readonly retries: number[];
}

function read(chunks: readonly Buffer[], maxDataBytes = 1000): Read {
  const all: Read = { events: [], oversized: [], retries: [] };
  const reader = new EventStreamReader(maxDataBytes, {
    onEvent: ({ type, id, data }) => all.events.push({ type, id, data: data.toString() }),
    onOversized: (_head, _tail, byteLength) => all.oversized.push(byteLength),
    onRetry: (ms) => all.retries.push(ms),
  });
  for (const chunk of chunks) reader.push(chunk);
  reader.end();
  return all;
}

const event = (data: string, type = '', id?: string): Read['events'][number] => ({ type, id, data });

describe('an event stream (UP-02)', () => {
  test.each<[string, string, Read['events']]>([
    ['data', 'data: a\n\ndata:b\n\n', [event('a'), event('b')]],
    ['only one space after the colon', 'data:  a \n\n', [event(' a ')]],
    [
      'type and id',
      'event: endpoint\nid: 7\ndata: /x\n\ndata: y\n\n',
      [event('/x', 'endpoint', '7'), event('y')],
    ],
    ['lines of data', 'data: {\ndata: "a": 1\ndata: }\n\n', [event('{ "a": 1 }')]],
    ['comments and fields that nobody knows', ': ping\n\nfoo: bar\nfoo\ndata: a\n\n', [event('a')]],
    ['CR LF', 'data: a\r\n\r\ndata: b\r\n\r\n', [event('a'), event('b')]],
    ['CR', 'data: a\r\rdata: b\r\r', [event('a'), event('b')]],
    ['a byte order mark', '\u{feff}data: a\n\n', [event('a')]],
    ['an id alone', 'id: 1\n\nid: 2\ndata:\n\n', [event('', '', '1'), event('', '', '2')]],
    ['an id with a NUL', 'id: 1\0\ndata: a\n\n', [event('a')]],
    ['an event without data', 'event: ping\n\ndata: a\n\n', [event('a')]],
    ['a last event without its blank line', 'data: a\n\ndata: b', [event('a'), event('b')]],
  ])('%s', (_, text, events) => {
    expect(read([Buffer.from(text)]).events).toStrictEqual(events);
  });

  test('tells how long to wait, when that is a number', () => {
    expect(read([Buffer.from('retry: 250\n\nretry: soon\n\nretry: 99999999999\n\n')]).retries).toStrictEqual([
      250,
    ]);
  });

  test('an event over the limit costs that event only, in one line or in many', () => {
    const big = 'x'.repeat(3000);
    const many = `data: ${'y'.repeat(400)}\n`.repeat(4);
    const { events, oversized } = read([Buffer.from(`data: a\n\ndata: ${big}\n\n${many}\ndata: b\n\n`)]);
    expect(events).toStrictEqual([event('a'), event('b')]);
    expect(oversized).toHaveLength(2);
  });

  test('is the same in whatever pieces it comes', () => {
    const line = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => `data: ${text.replaceAll(/[\r\n]/g, '')}`),
      fc.constantFrom('', '', 'event: message', 'id: 9', 'retry: 5', ': c', `data: ${'z'.repeat(60)}`),
    );
    const stream = fc
      .array(fc.tuple(line, fc.constantFrom('\n', '\r\n', '\r')), { maxLength: 30 })
      .map((lines) => Buffer.from(lines.flat().join('')));
    fc.assert(
      fc.property(stream, fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (bytes, sizes) => {
        const pieces: Buffer[] = [];
        for (let at = 0, index = 0; at < bytes.length; index += 1) {
          const size = sizes[index % sizes.length] ?? 1;
          pieces.push(bytes.subarray(at, at + size));
          at += size;
        }
        expect(read(pieces, 50)).toStrictEqual(read([bytes], 50));
      }),
    );
  });
});
