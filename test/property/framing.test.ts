import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readEnvelope } from '../../src/upstream/messages/envelope.ts';
import { LineFramer } from '../../src/upstream/messages/framing.ts';

interface Framed {
  readonly lines: string[];
  readonly oversized: { head: string; tail: string; byteLength: number }[];
}

function frame(chunks: readonly Buffer[], maxLineBytes: number): Framed {
  const framed: Framed = { lines: [], oversized: [] };
  const framer = new LineFramer(maxLineBytes, {
    onLine: (line) => framed.lines.push(line.toString('latin1')),
    onOversized: (head, tail, byteLength) => {
      framed.oversized.push({ head: head.toString('latin1'), tail: tail.toString('latin1'), byteLength });
    },
  });
  for (const chunk of chunks) framer.push(chunk);
  framer.end();
  return framed;
}

function cut(bytes: Buffer, at: readonly number[]): Buffer[] {
  const places = at.map((place) => place % (bytes.length + 1)).toSorted((a, b) => a - b);
  return [...places, bytes.length].map((end, index) => bytes.subarray(places[index - 1] ?? 0, end));
}

const stream = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 30 }),
      fc.constantFrom('', '\r', 'x'.repeat(700), 'y'.repeat(5000), '\u{1f600}'.repeat(3000)),
    ),
    { maxLength: 12 },
  )
  .chain((lines) =>
    fc
      .array(fc.constantFrom('\n', '\r\n'), { minLength: lines.length, maxLength: lines.length })
      .map((breaks) => Buffer.from(lines.map((line, index) => line + breaks[index]).join(''))),
  );

describe('framing', () => {
  test('any chunking of any stream gives the same lines', () => {
    fc.assert(
      fc.property(stream, fc.array(fc.nat(), { maxLength: 30 }), (bytes, places) => {
        const expected = bytes
          .toString('latin1')
          .split('\n')
          .map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line))
          .filter((line) => line !== '');
        expect(frame(cut(bytes, places), Infinity).lines).toStrictEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  test('any chunking finds the same oversized lines, with the same edges, and the same lines around them', () => {
    fc.assert(
      fc.property(
        stream,
        fc.array(fc.nat(), { maxLength: 30 }),
        fc.integer({ min: 1, max: 3000 }),
        (bytes, at, max) => {
          const whole = frame([bytes], max);
          expect(frame(cut(bytes, at), max)).toStrictEqual(whole);
          for (const { head, tail, byteLength } of whole.oversized) {
            expect(byteLength).toBeGreaterThan(max);
            expect(bytes.toString('latin1')).toContain(head);
            expect(bytes.toString('latin1')).toContain(tail);
            expect(head.length).toBe(Math.min(512, byteLength));
            expect(tail.length).toBe(Math.min(512, byteLength));
          }
          for (const line of whole.lines) expect(line.length).toBeLessThanOrEqual(max);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('long lines come whole, in one piece, however they are cut, with their large values when they are JSON (BULK-01)', () => {
    const line = fc
      .tuple(fc.integer({ min: 200_000, max: 3_000_000 }), fc.constantFrom('"', '', '\\u'))
      .map(([length, quote]) => `${quote}${'0123456789é'.repeat(length / 12)}${quote}`);
    fc.assert(
      fc.property(
        fc.array(line, { minLength: 1, maxLength: 3 }),
        fc.array(fc.nat(), { maxLength: 40 }),
        (lines, places) => {
          const bytes = Buffer.from(`${lines.join('\n')}\n{}\n`);
          const found: string[] = [];
          const framer = new LineFramer(Infinity, {
            onLine(text, large) {
              found.push(text.toString());
              const isKnown = large !== undefined;
              expect(isKnown && text[0] !== 0x22).toBe(false);
              if (isKnown) expect(large.endOf(0)).toBe(text.length);
            },
            onOversized: () => found.push('oversized'),
          });
          for (const chunk of cut(bytes, places)) framer.push(chunk);
          framer.end();
          expect(found.length).toBe(lines.length + 1);
          expect(found.every((text, index) => text === (lines[index] ?? '{}'))).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('a byte at a time is a chunking like any other', () => {
    const bytes = Buffer.from(`${'é'.repeat(100_000)}\r\nnext\n`);
    const chunks = Array.from(bytes, (byte) => Buffer.from([byte]));
    expect(frame(chunks, Infinity).lines).toStrictEqual([
      Buffer.from('é'.repeat(100_000)).toString('latin1'),
      'next',
    ]);
  });
});

describe('the envelope of an answer', () => {
  const answer = fc.record({
    id: fc.nat(2 ** 31 - 1),
    result: fc.jsonValue(),
    order: fc.shuffledSubarray(['jsonrpc', 'id', 'result'] as const, { minLength: 3 }),
    indent: fc.constantFrom(undefined, '\t', ' '),
    extra: fc.option(fc.jsonValue(), { nil: undefined }),
  });

  test('cuts out the text that the server wrote, whatever the order of the members', () => {
    fc.assert(
      fc.property(answer, ({ id, result, order, indent, extra }) => {
        const members = { jsonrpc: '2.0', id, result };
        const ordered = Object.fromEntries(order.map((key) => [key, members[key]]));
        const value = extra === undefined ? ordered : { ...ordered, extra };
        const line = Buffer.from(JSON.stringify(value, undefined, indent).replaceAll('\n', ' '));
        const envelope = readEnvelope(line);
        if (envelope.kind !== 'result') throw new Error(`read as ${envelope.kind}`);
        expect(envelope.id).toBe(id);
        const text = line.toString('utf8', envelope.start, envelope.end);
        expect(JSON.parse(text)).toStrictEqual(JSON.parse(JSON.stringify(result)));
        expect(indent === undefined ? text : JSON.stringify(result)).toBe(JSON.stringify(result));
      }),
      { numRuns: 500 },
    );
  });

  test('a line with something missing, added or cut is no answer, or the one that JSON.parse reads', () => {
    fc.assert(
      fc.property(
        answer,
        fc.nat(),
        fc.nat(4),
        fc.constantFrom('', ',', '}', '"', '[', '1'),
        (parts, at, length, insert) => {
          const text = JSON.stringify({ jsonrpc: '2.0', id: parts.id, result: parts.result });
          const place = at % text.length;
          const line = Buffer.from(text.slice(0, place) + insert + text.slice(place + length));
          const envelope = readEnvelope(line);
          if (envelope.kind !== 'result') return;
          let parsed: { id?: unknown; result?: unknown };
          try {
            parsed = JSON.parse(line.toString()) as { id?: unknown; result?: unknown };
          } catch {
            // The scanner does not look into strings, so a broken escape shows only later.
            return;
          }
          expect(JSON.parse(line.toString('utf8', envelope.start, envelope.end))).toStrictEqual(
            parsed.result,
          );
          expect(envelope.id ?? Number(parsed.id)).toBe(Number(parsed.id));
        },
      ),
      { numRuns: 2000 },
    );
  });
});
