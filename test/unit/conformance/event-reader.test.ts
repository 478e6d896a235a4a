import { array, assert, constantFrom, integer, property, tuple } from 'fast-check';
import { expect, test } from 'vitest';
import { EventReader } from '../../../conformance/target/event-reader.ts';

interface ReadEvent {
  readonly type: string;
  readonly id: string | undefined;
  readonly data: string | undefined;
  readonly byteLength: number;
}

test('an event is its fields up to an empty line; comments and unknown fields are passed over', () => {
  const text =
    ': hello\nevent: endpoint\ndata: /a\nid: 7\nother: x\n\ndata:{"a":1}\ndata: 2\n\ndata\n\nid\n\nevent: x\n\n';
  expect(read([Buffer.from(text)])).toEqual([
    { type: 'endpoint', id: '7', data: '/a', byteLength: 2 },
    { type: '', id: undefined, data: '{"a":1}\n2', byteLength: 9 },
    { type: '', id: undefined, data: '', byteLength: 0 },
    { type: '', id: '', data: undefined, byteLength: 0 },
  ]);
});

test('an event that is not ended is none', () => {
  expect(read([Buffer.from('data: a\n')])).toEqual([]);
});

const lines = array(constantFrom('data: a', 'data: ü😀', 'id: 1', 'event: message', ': c', ''), {
  maxLength: 20,
});
const ends = constantFrom('\n', '\r', '\r\n');
const pieceSizes = array(integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 5 });

test('lines end with LF, CR or both', () => {
  assert(
    property(lines, ends, (texts, end) => {
      const join = (by: string): Buffer => Buffer.from(texts.map((text) => text + by).join(''));
      expect(read([join(end)])).toEqual(read([join('\n')]));
    }),
  );
});

test('events are the same however the bytes arrive', () => {
  assert(
    property(array(tuple(lines, ends)), pieceSizes, (parts, sizes) => {
      const text = parts.map(([texts, end]) => texts.map((line) => line + end).join('')).join('');
      const bytes = Buffer.from(text);
      expect(read(inPieces(bytes, sizes))).toEqual(read([bytes]));
    }),
  );
});

test('data over the limit is cut and counted, and the next event is whole', () => {
  const text = `\uFEFFdata: ${'x'.repeat(30)}\n\ndata: ${'y'.repeat(8)}\ndata: ${'z'.repeat(8)}\n\ndata: next\n\n`;
  expect(read([Buffer.from(text)], 10)).toEqual([
    { type: '', id: undefined, data: 'x'.repeat(10), byteLength: 30 },
    { type: '', id: undefined, data: `${'y'.repeat(8)}\nz`, byteLength: 17 },
    { type: '', id: undefined, data: 'next', byteLength: 4 },
  ]);
});

test('how long to wait is told, when it is a number', () => {
  const waits: number[] = [];
  const reader = new EventReader(100, { onEvent: () => undefined, onRetry: (ms) => waits.push(ms) });
  reader.push(Buffer.from('retry: 50\nretry: soon\nretry: -1\n\n'));
  expect(waits).toEqual([50]);
});

function read(chunks: readonly Buffer[], maxBytes = 1_000): readonly ReadEvent[] {
  const events: ReadEvent[] = [];
  const reader = new EventReader(maxBytes, {
    onEvent: ({ data, ...event }) => events.push({ ...event, data: data?.toString('utf8') }),
  });
  for (const chunk of chunks) reader.push(chunk);
  return events;
}

function inPieces(bytes: Buffer, sizes: readonly number[]): readonly Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const size = sizes[pieces.length % sizes.length] ?? 1;
    pieces.push(bytes.subarray(at, at + size));
    at += size;
  }
  return pieces;
}
