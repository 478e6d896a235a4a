import { describe, expect, test } from 'vitest';
import { parseBody } from '../../../src/json/parse-body.ts';

function parse(text: string) {
  return parseBody(Buffer.from(text));
}

describe('a body that is JSON', () => {
  test.each([
    ['{}'],
    ['null'],
    ['"a:b{c}[d]"'],
    [String.raw`{"a\"b\\":"c\\","d":"\\\""}`],
    ['{"a":{"a":{"a":1}},"b":[{"a":1},{"a":2}]}'],
    ['{"":1," ":2}'],
    ['{"__proto__":1,"constructor":{"__proto__":2}}'],
    ['[{"k":1},{"k":1}]'],
    ['{"a":-0,"b":1E400,"c":12345678901234567890}'],
  ])('%s keeps its text (HTTP-02)', (text) => {
    expect(parse(text)).toEqual({ kind: 'parsed', value: JSON.parse(text) as unknown, text });
  });

  test('loses its byte order mark and its line breaks, which all lie between tokens (HTTP-01)', () => {
    expect(parse('\uFEFF{\r\n"a" :\n"x\\ny\\r"}\n')).toEqual({
      kind: 'parsed',
      value: { a: 'x\ny\r' },
      text: '{  "a" : "x\\ny\\r"} ',
    });
  });

  test('may be 1,000 levels deep, in any mixture (HTTP-04)', () => {
    const text = `${'[{"a":'.repeat(500)}1${'}]'.repeat(500)}`;
    expect(parse(text)).toMatchObject({ kind: 'parsed', text });
    expect(parse(`[${text}]`)).toMatchObject({
      kind: 'malformed',
      detail: expect.stringContaining('1000') as unknown,
    });
  });

  test('brackets in strings are no levels (HTTP-04)', () => {
    expect(parse(JSON.stringify('['.repeat(5_000))).kind).toBe('parsed');
  });
});

describe('a body that is not', () => {
  test.each([
    '',
    ' ',
    '{',
    '{"a"}',
    "{'a':1}",
    '{a:1}',
    '[1,]',
    '01',
    '+1',
    '.5',
    'NaN',
    '"\t"',
    '{} {}',
    '\uFEFF\uFEFF{}',
  ])('%j is malformed (HTTP-04)', (text) => expect(parse(text)).toMatchObject({ kind: 'malformed' }));

  test.each([
    ['a lone continuation', [0x22, 0x80, 0x22]],
    ['an overlong form', [0x22, 0xc0, 0xaf, 0x22]],
    ['a surrogate', [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ['a cut sequence', [0x22, 0xe2, 0x82, 0x22]],
    ['UTF-16', [0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00]],
  ])('%s is not UTF-8 (HTTP-04)', (_what, bytes) => {
    expect(parseBody(Buffer.from(bytes))).toEqual({
      kind: 'malformed',
      detail: 'The body is not valid UTF-8.',
    });
  });
});

describe('a key that stands twice (HTTP-04)', () => {
  test.each([
    ['{"a":1,"a":1}', 'a'],
    ['{"x":[{"b":1,"c":{"d":1},"b":2}]}', 'b'],
    [String.raw`{"\u0061":1,"a":2}`, 'a'],
    ['{"__proto__":1,"__proto__":2}', '__proto__'],
    ['{"":1,"":2}', ''],
    ['{"a:b{":1 , "a:b{" : 2}', 'a:b{'],
    ['{"0":1,"0":2}', '0'],
    [String.raw`{"k\"":1,"k\"":2}`, 'k"'],
  ])('%s is malformed, and named', (text, key) => {
    expect(parse(text)).toEqual({
      kind: 'malformed',
      detail: `The body names the key ${JSON.stringify(key)} twice in one object.`,
    });
  });
});
