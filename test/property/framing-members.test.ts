import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { scanElements, scanMembers, skipValue } from '../../src/json/members.ts';

const spacedJson = fc
  .tuple(fc.jsonValue({ maxDepth: 6 }), fc.constantFrom(undefined, 1, '\t', '\r'))
  .map(([value, indent]) => JSON.stringify(value, undefined, indent));

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('the member scanner', () => {
  test('finds the members of any object that JSON.parse finds, with the same values', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue()), (object) => {
        const bytes = Buffer.from(` ${JSON.stringify(object, undefined, 1)} `);
        const found: [string, unknown][] = [];
        const outcome = scanMembers(bytes, 0, bytes.length, (key, start, end) => {
          found.push([key, JSON.parse(bytes.toString('utf8', start, end))]);
        });
        expect(outcome).toBe('complete');
        expect(found).toStrictEqual(Object.entries(JSON.parse(bytes.toString()) as object));
      }),
    );
  });

  test('finds the elements of any array that JSON.parse finds', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), (array) => {
        const bytes = Buffer.from(JSON.stringify(array));
        const found: unknown[] = [];
        const outcome = scanElements(bytes, 0, bytes.length, (start, end) => {
          found.push(JSON.parse(bytes.toString('utf8', start, end)));
        });
        expect(outcome).toBe('complete');
        expect(found).toStrictEqual(JSON.parse(bytes.toString()));
      }),
    );
  });

  test('skips exactly the value, whatever follows', () => {
    fc.assert(
      fc.property(spacedJson, fc.constantFrom('', ' ', ',1', '}', ']', '"x"'), (text, rest) => {
        const bytes = Buffer.from(text + rest);
        expect(skipValue(bytes, 0, bytes.length)).toBe(Buffer.byteLength(text));
      }),
    );
  });

  test('agrees with JSON.parse on mutilated objects, strings’ insides aside', () => {
    const mutilated = fc
      .tuple(
        fc.dictionary(
          fc.stringMatching(/^[a-z]{0,5}$/),
          fc.jsonValue({ stringUnit: fc.constantFrom('a', 'b') }),
        ),
        fc.nat(),
        fc.nat(3),
        fc.constantFrom('', ',', ':', '{', '}', '[', ']', '0', '-', '.', 'e', 't', 'null', '"'),
      )
      .map(([object, position, length, insert]) => {
        const text = JSON.stringify(object);
        const at = position % (text.length + 1);
        return text.slice(0, at) + insert + text.slice(at + length);
      });
    fc.assert(
      fc.property(mutilated, (text) => {
        const bytes = Buffer.from(text);
        const isComplete = scanMembers(bytes, 0, bytes.length, () => true) === 'complete';
        expect(isComplete).toBe(isJson(text) && text.startsWith('{'));
      }),
      { numRuns: 2000 },
    );
  });

  test('long strings of quotes and backslashes end where they end', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('\\', '"', 'a'.repeat(60), 'é'), { maxLength: 40 }), (parts) => {
        const text = JSON.stringify({ [parts.join('')]: [parts.join('')] });
        const bytes = Buffer.from(`${text},"`);
        expect(skipValue(bytes, 0, bytes.length)).toBe(Buffer.byteLength(text));
      }),
      { numRuns: 1000 },
    );
  });

  test('100,000 levels of nesting are skipped', () => {
    const text = '[{"a":'.repeat(50_000) + '1' + '}]'.repeat(50_000);
    const bytes = Buffer.from(text);
    expect(skipValue(bytes, 0, bytes.length)).toBe(text.length);
    expect(skipValue(bytes, 0, bytes.length - 1)).toBe(-1);
  });
});
