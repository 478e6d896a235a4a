import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { JsonScanner } from '../../src/json/json-scanner.ts';
import { LargeValues } from '../../src/json/large-values.ts';
import { skipValue } from '../../src/json/members.ts';

function cut(bytes: Buffer, at: readonly number[]): Buffer[] {
  const places = at.map((place) => place % (bytes.length + 1)).toSorted((a, b) => a - b);
  return [...places, bytes.length].map((end, index) => bytes.subarray(places[index - 1] ?? 0, end));
}

function scan(pieces: readonly Buffer[], largeBytes: number): JsonScanner {
  const scanner = new JsonScanner(largeBytes);
  for (const piece of pieces) scanner.push(piece);
  scanner.end();
  return scanner;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const places = fc.array(fc.nat(), { maxLength: 12 });
const json = fc
  .tuple(fc.jsonValue(), fc.constantFrom(undefined, 1, '\t', ' \r\n'))
  .map(([value, indent]) => JSON.stringify(value, undefined, indent));
/** What a text is broken with: everything that means something to JSON, and something that does not. */
const shard = fc.constantFrom(
  '',
  ',',
  ':',
  '"',
  '[',
  ']',
  '{',
  '}',
  '\\',
  '\\u',
  '\\u00e9',
  '\\x',
  '-',
  '0',
  '1',
  '.',
  'e',
  'E+',
  ' ',
  '\n',
  'true',
  'null',
  'fals',
  'é',
  '\u0000',
  '\u001f',
  '\u{1f600}',
  '01',
  '1.',
  '-0',
  '1e5',
  '""',
  '[]',
  '{}',
  '\v',
);
const broken = fc
  .tuple(json, fc.array(fc.tuple(fc.nat(), fc.nat(3), shard), { minLength: 1, maxLength: 3 }))
  .map(([text, breaks]) =>
    breaks.reduce((result, [at, length, insert]) => {
      const place = at % (result.length + 1);
      return result.slice(0, place) + insert + result.slice(place + length);
    }, text),
  );
const pasted = fc.array(shard, { maxLength: 8 }).map((shards) => shards.join(''));

describe('the JSON scanner', () => {
  test('accepts what JSON.parse accepts, however the text is cut (BULK-02)', () => {
    fc.assert(
      fc.property(fc.oneof(json, broken, pasted), places, (text, at) => {
        expect(scan(cut(Buffer.from(text), at), 8).state).toBe(isJson(text) ? 'complete' : 'malformed');
      }),
      { numRuns: 5_000 },
    );
  });

  test('is malformed no sooner than the text is (BULK-02)', () => {
    fc.assert(
      fc.property(json, fc.nat(), (text, at) => {
        const scanner = new JsonScanner();
        scanner.push(Buffer.from(text).subarray(0, at));
        expect(scanner.state).not.toBe('malformed');
      }),
    );
  });

  test('remembers exactly the values that are large, where they are (BULK-02)', () => {
    fc.assert(
      fc.property(
        fc.jsonValue({ maxDepth: 4 }),
        places,
        fc.integer({ min: 1, max: 40 }),
        (value, at, largeBytes) => {
          const bytes = Buffer.from(JSON.stringify(value));
          const { large } = scan(cut(bytes, at), largeBytes);
          for (const [start, end] of large) {
            expect(end - start).toBeGreaterThanOrEqual(largeBytes);
            expect(skipValue(bytes, start, bytes.length)).toBe(end);
          }
          expect(large.get(0)).toBe(bytes.length >= largeBytes ? bytes.length : undefined);
          expect(new LargeValues(large).from(3).endOf(-3)).toBe(large.has(0) ? bytes.length - 3 : undefined);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  test('what is nested without end is given up, in little memory (BULK-02)', () => {
    const scanner = new JsonScanner(1);
    scanner.push(Buffer.from('['.repeat(100_000)));
    expect(scanner.state).toBe('open');
    scanner.push(Buffer.from('['));
    expect(scanner.state).toBe('malformed');
  });
});
