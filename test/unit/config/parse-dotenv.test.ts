import { expect, test } from 'vitest';
import { parseDotenv } from '../../../src/config/parse-dotenv.ts';

function valuesOf(text: string, env: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(
    parseDotenv(text, { outer: (name) => new Map(Object.entries(env)).get(name), first: 'file' }).values,
  );
}

test('lines, quotes, comments and several lines in quotes', () => {
  const text =
    '\uFEFF# a comment\r\nA=1\n\nB="two words" # why\nC=\'#no comment\'\nD="one\ntwo"\nexport E=5\n  F=\nG = g # c\n';
  expect(valuesOf(text)).toEqual({
    A: '1',
    B: 'two words',
    C: '#no comment',
    D: 'one\ntwo',
    E: '5',
    F: '',
    G: 'g',
  });
});

test('an empty file is no variables', () => expect(valuesOf('')).toEqual({}));

test('a # is a comment only after white space', () => {
  expect(valuesOf('A=a#b\nB=a #c\nC= #c\nD=#c')).toEqual({ A: 'a#b', B: 'a', C: '', D: '' });
});

test('escapes count in double quotes, and in single ones only those of the quote and the backslash', () => {
  expect(valuesOf(String.raw`A="a\n\"b\"\\"` + '\n' + String.raw`B='a\n\'b\''` + '\nC=a\\nb')).toEqual({
    A: 'a\n"b"\\',
    B: String.raw`a\n'b'`,
    C: String.raw`a\nb`,
  });
});

test('${NAME} stands for what is above or around, empty when nothing is; single quotes keep it', () => {
  const text = 'Q1=a\nQ4=${Q1}/z\nD="${Q1} x"\nS=\'${Q1}\'\nU=${NOPE}\nV=${NOPE:-de fault}\nP=$Q1\nH=${HOME}';
  expect(valuesOf(text, { HOME: '/h' })).toEqual({
    Q1: 'a',
    Q4: 'a/z',
    D: 'a x',
    S: '${Q1}',
    U: '',
    V: 'de fault',
    P: '$Q1',
    H: '/h',
  });
});

test('what is asked first, the file or what is around it, is what the caller says', () => {
  const text = 'HOME=${HOME}/x\nB=${HOME}';
  const env = new Map([['HOME', '/h']]);
  const outer = (name: string): string | undefined => env.get(name);
  expect(parseDotenv(text, { outer, first: 'file' }).values.get('B')).toBe('/h/x');
  expect(parseDotenv(text, { outer, first: 'outer' }).values.get('B')).toBe('/h');
});

test.each<[string, string, readonly number[]]>([
  ['words', 'A=1\nBAD LINE\nB=2', [2]],
  ['a name alone', 'A=1\nB=2\nFOO', [3]],
  ['no name', '=1\nA=1\nB=2', [1]],
  ['words after a quote', 'A=1\nX="one\ntwo" three\nB=2', [2]],
  ['a quote that is not closed', 'A=1\nX="one\nB=2', [2]],
  ['a NUL character', 'A=1\nX=a\0b\nB=2', [2]],
])('a statement that holds %s is told by its line, and the others count', (_what, text, lines) => {
  const { values, badLines } = parseDotenv(text, { outer: () => undefined, first: 'file' });
  expect(badLines).toEqual(lines);
  expect(Object.fromEntries(values)).toEqual({ A: '1', B: '2' });
});

test('names from other objects are no variables', () => {
  expect(valuesOf('A=${toString}\n__proto__=x')).toEqual(
    Object.fromEntries([
      ['A', ''],
      ['__proto__', 'x'],
    ]),
  );
});
