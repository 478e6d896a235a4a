import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createPatternCompiler } from '../../src/contract/validation/pattern.ts';

/** Patterns without nested repetition, so that the native engine answers at once. */
const atom = fc.oneof(
  fc.constantFrom(
    'a',
    'é',
    '😀',
    '.',
    '\\d',
    '\\D',
    '\\w',
    '\\W',
    '\\s',
    '\\S',
    '\\b',
    '\\B',
    '\\.',
    '\\/',
    '\\t',
  ),
  fc.constantFrom(
    '\\x41',
    '\\u0041',
    '\\u{1F600}',
    '\\uD83D\\uDE00',
    '\\uD83D',
    '\\cA',
    '\\0',
    '[]',
    '[^]',
    '^',
    '$',
  ),
  fc.constantFrom(
    '\\p{L}',
    '\\P{Lu}',
    '\\p{Script=Greek}',
    '\\p{ASCII}',
    '[\\p{Nd}x]',
    '[^\\P{L}a]',
    '[\\b]',
    '[\\]]',
  ),
  fc.constantFrom(
    '[a-z]',
    '[^a-z]',
    '[\\w.-]',
    '[\\s\\d]',
    '[^\\S]',
    '[\\D\\n]',
    '[&&]',
    '[[:alpha:]',
    '[\\-a]',
    '[a-]',
  ),
  fc.constantFrom(
    '[\\u{1F5FF}-\\u{1F600}]',
    '[^\\uD83D]',
    '[\\x00-\\x1f]',
    '[^.]',
    '[{}()*+?|]',
    '(a)',
    '(?:a|)',
  ),
);
const isQuantifiable = (text: string): boolean => !['^', '$', '\\b', '\\B'].includes(text);
const quantified = fc
  .tuple(
    atom.filter(isQuantifiable),
    fc.constantFrom('', '*', '+', '?', '{2}', '{1,}', '{0,2}', '*?', '+?', '{1,2}?'),
  )
  .map((parts) => parts.join(''));
const sequence = fc.array(fc.oneof(quantified, atom), { maxLength: 4 }).map((parts) => parts.join(''));
const pattern = fc.oneof(
  sequence,
  fc.tuple(sequence, sequence).map(([left, right]) => `(?:${left}|${right})`),
  fc.tuple(sequence, sequence).map(([left, right]) => `^(${left})${right}$`),
);
const character = fc.oneof(
  fc.constantFrom(
    'a',
    'A',
    'z',
    '_',
    '-',
    '.',
    '0',
    ' ',
    '\n',
    '\r',
    '\u2028',
    '\ufeff',
    '\u00a0',
    '\0',
    '\u0001',
    '\b',
  ),
  fc.constantFrom(
    'é',
    'α',
    '😀',
    '\ud83d',
    '\ude00',
    '٣',
    '/',
    ']',
    '[',
    '&',
    ':',
    '{',
    '\u180e',
    '\u0085',
    '\u001f',
  ),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
);
const text = fc.array(character, { maxLength: 6 }).map((parts) => parts.join(''));

test('a linear pattern matches exactly what the native engine matches (MAP-70)', () => {
  const compile = createPatternCompiler();
  fc.assert(
    fc.property(pattern, fc.array(text, { minLength: 1, maxLength: 8 }), (source, texts) => {
      const native = new RegExp(source, 'u');
      const compiled = compile(source);
      expect(compiled.isLinear).toBe(true);
      for (const each of texts) expect([each, compiled.test(each)]).toEqual([each, native.test(each)]);
    }),
    { numRuns: 2_000 },
  );
});
