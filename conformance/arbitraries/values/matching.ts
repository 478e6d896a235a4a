import * as fc from 'fast-check';
import { hashText } from '../draw.ts';

const samplesPerForm = 32;
/** Words and texts that many patterns are about. */
const guesses: readonly string[] = [
  '',
  'a',
  'A',
  '1',
  '0',
  'text',
  'TEXT',
  'Text',
  'a1',
  'A1',
  '12',
  '123',
  '1234',
  '12345',
  '#000000',
  '#fff',
  '1.0',
  '1.0.0',
  'v1.2.3',
  'a/b',
  '/a',
  './a',
  'a:b',
  '12:00',
  'a.txt',
  'a-b',
  'a_b',
  'a b',
  'en',
  'en-US',
  'foo',
  'bar',
  'true',
  'user@example.com',
  'example.com',
  'https://example.com/',
  '2025-01-31',
  '2025-01-31T12:00:00Z',
  '123e4567-e89b-42d3-a456-426614174000',
  '192.0.2.1',
  'P1D',
  'aa',
  'aaa',
  'abc',
  'ABC',
  'Aa1!aaaa',
  'Passw0rd!',
  '-',
  '_',
  '.',
  ' ',
  'é',
  'ß',
  '𝒳',
  '\n',
  '\t',
];

/** How long strings shall be. */
export interface Lengths {
  readonly minLength: number;
  readonly maxLength: number;
}

/**
 * Strings that probably match a pattern; which of them do, the caller finds out.
 *
 * What fast-check's `stringMatching` cannot express (look-around, `\b`, back-references) is left out of the pattern first.
 */
export function guessMatching(
  pattern: string,
  { minLength, maxLength }: Lengths,
  seed: number,
): readonly string[] {
  const found: string[] = [];
  for (const form of listForms(pattern, minLength)) {
    for (const size of maxLength < 24 ? (['xsmall', 'small'] as const) : (['small'] as const)) {
      const arbitrary = toArbitrary(form, size);
      if (arbitrary !== undefined) found.push(...sample(arbitrary, (seed ^ hashText(form)) | 0));
    }
  }
  return [...found, ...guesses, ...listLiterals(pattern)];
}

/** The pattern, and what it becomes with one unbounded quantifier long enough; then both without what is not supported. */
function listForms(pattern: string, minLength: number): readonly string[] {
  const plain = simplify(pattern);
  const forms = [pattern, plain];
  if (minLength > 0) forms.push(...[pattern, plain].map((form) => lengthen(form, minLength)));
  return [...new Set(forms)];
}

function toArbitrary(pattern: string, size: 'xsmall' | 'small'): fc.Arbitrary<string> | undefined {
  if (!hasPrintableClasses(pattern)) return undefined;
  for (const flags of ['u', '']) {
    try {
      return fc.stringMatching(new RegExp(pattern, flags), { size });
    } catch {
      // Not supported, or not a pattern with this flag: the next form may be.
    }
  }
  return undefined;
}

/** fast-check would look for ever for a printable character of ASCII in a negated class that has none. */
function hasPrintableClasses(pattern: string): boolean {
  const classes = pattern.match(/\\.|\[\^(?:[^\]\\]|\\.)*\]/gu) ?? [];
  return classes
    .filter((each) => each.startsWith('['))
    .every((each) => {
      try {
        return new RegExp(each, 'u').test(printable);
      } catch {
        return false;
      }
    });
}

const printable = String.fromCharCode(...Array.from({ length: 95 }, (_code, index) => 32 + index));

function sample(arbitrary: fc.Arbitrary<string>, seed: number): readonly string[] {
  try {
    return fc.sample(arbitrary, { seed, numRuns: samplesPerForm });
  } catch {
    return []; // an empty class, as in `[]`
  }
}

/** Without look-around and word boundaries; a back-reference becomes what a group of one letter would repeat. */
function simplify(pattern: string): string {
  const withoutAround = pattern.replaceAll(/\(\?<?[=!](?:[^()\\]|\\.|\((?:[^()\\]|\\.)*\))*\)/gu, '');
  return withoutAround
    .replaceAll(/\\[bB]/gu, '')
    .replaceAll(/\\[1-9]/gu, 'a')
    .replaceAll(/\(\?<[A-Za-z_]\w*>/gu, '(');
}

/** The last `*` or `+` outside of a class takes the whole length. */
function lengthen(pattern: string, minLength: number): string {
  let isInClass = false;
  let last = -1;
  for (let at = 0; at < pattern.length; at += 1) {
    const character = pattern[at];
    if (character === '\\') at += 1;
    else if (character === '[') isInClass = true;
    else if (character === ']') isInClass = false;
    else if (!isInClass && at > 0 && (character === '*' || character === '+')) last = at;
  }
  return last < 0
    ? pattern
    : `${pattern.slice(0, last)}{${minLength},${minLength + 8}}${pattern.slice(last + 1)}`;
}

/** The texts between the pattern's special characters: often one of them is all it wants. */
function listLiterals(pattern: string): readonly string[] {
  const words = pattern.replaceAll(/\\([^A-Za-z0-9])/gu, '$1').split(/[\^$|()[\]{}*+?\\]+/u);
  return [...words.filter((word) => word !== ''), words.join('')];
}
