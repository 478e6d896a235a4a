import { describe, expect, test } from 'vitest';
import { expandTemplates, templateTraits } from '../../../../src/upstream/users/templates.ts';
import type { RequestHeaders } from '../../../../src/upstream/upstream.ts';

function expandHeaderTemplates(
  values: Readonly<Record<string, string>>,
  headers: RequestHeaders | undefined,
  use?: 'header',
): Record<string, string> {
  return expandTemplates(values, headers && { headers }, use);
}

describe('${header:…} in values', () => {
  test('a template stands for the header of that name, whatever its case (SESS-08)', () => {
    const values = { TOKEN: '${header:X-Api-Token}', PAIR: '${header:a}/${header:b}', PLAIN: '${HOME} $x' };
    const headers = { 'x-api-token': 't', a: '1', b: '2' };
    expect(expandHeaderTemplates(values, headers)).toEqual({ TOKEN: 't', PAIR: '1/2', PLAIN: '${HOME} $x' });
  });

  test('a missing header is its default, or empty (SESS-08)', () => {
    const values = { A: '<${header:x-a}>', B: '${header:x-b:-nobody at all}', C: '${header:x-c:-}' };
    const expected = { A: '<>', B: 'nobody at all', C: '' };
    expect(expandHeaderTemplates(values, undefined)).toEqual(expected);
    expect(expandHeaderTemplates(values, {})).toEqual(expected);
    expect(expandHeaderTemplates(values, { 'x-b': '' })).toEqual(expected);
    expect(expandHeaderTemplates({ A: '${header:constructor}' }, {})).toEqual({ A: '' });
  });

  test('what a header says is put in as it is, and expanded no further (SESS-08)', () => {
    const headers = { 'x-a': '${header:x-b} $& $1', 'x-b': 'secret' };
    expect(expandHeaderTemplates({ A: '${header:x-a}' }, headers)).toEqual({ A: '${header:x-b} $& $1' });
  });

  test('characters that end a line or a text are left out (SESS-08)', () => {
    expect(expandHeaderTemplates({ A: '${header:x-a}' }, { 'x-a': 'a\r\nb\0c' })).toEqual({ A: 'abc' });
  });

  test('as text a value is read as UTF-8 where it is that; as a header its bytes stay (SESS-08)', () => {
    const bytes = Buffer.from('Zoë ✓').toString('latin1');
    const values = { A: '${header:x-a}' };
    expect(expandHeaderTemplates(values, { 'x-a': bytes })).toEqual({ A: 'Zoë ✓' });
    expect(expandHeaderTemplates(values, { 'x-a': 'Zo\u{eb}' })).toEqual({ A: 'Zoë' });
    expect(expandHeaderTemplates(values, { 'x-a': bytes }, 'header')).toEqual({ A: bytes });
  });

  test('what is asked for is told, each once', () => {
    const values = {
      A: '${header:X-A} ${header:x-b:-d}',
      B: '${header:x-a} ${key:name}',
      C: '${OTHER} ${header:}',
    };
    expect(templateTraits({ ...values, D: '${claim:a.b:-c}${claim:a.b}' })).toEqual([
      { kind: 'header', name: 'x-a' },
      { kind: 'header', name: 'x-b' },
      { kind: 'key' },
      { kind: 'claim', claim: { text: 'a.b', path: ['a', 'b'] } },
    ]);
  });
});

describe('${claim:…} and ${key:…} in values', () => {
  const identity = {
    kind: 'token',
    name: 'ada',
    keyName: 'webui',
    claims: {
      sub: 'ada',
      realm: { tenant: 'Zoë' },
      age: 7,
      ok: false,
      roles: ['a'],
      'https://a.b/c': 'named',
    },
  };
  const expand = (value: string, use?: 'header'): string | undefined =>
    expandTemplates({ value }, { headers: {}, identity }, use)['value'];

  test('stand for what the token says, at any depth, and for the name of the key (SESS-08)', () => {
    expect(expand('${claim:sub} ${claim:realm.tenant} ${claim:age} ${claim:ok} ${key:name}')).toBe(
      'ada Zoë 7 false webui',
    );
    expect(expand('${claim:https://a.b/c} ${claim:/https:~1~1a.b~1c:-none}')).toBe('named named');
  });

  test('have a default, and keep their text where they name nothing (SESS-08)', () => {
    expect(expand('${claim:email:-nobody} <${claim:email}> ${claim:constructor:-own}')).toBe('nobody <> own');
    expect(expand('${claim:a..b} ${key:value}')).toBe('${claim:a..b} ${key:value}');
    expect(expandTemplates({ a: '${claim:sub:-none}', b: '${key:name}' }, undefined)).toEqual({
      a: 'none',
      b: '',
    });
  });

  test('are put in as they are, and expanded no further (SESS-08)', () => {
    const claims = { sub: '${claim:secret} ${header:x-a} $& $1', secret: 's' };
    const origin = { headers: { 'x-a': 'a' }, identity: { ...identity, claims } };
    expect(expandTemplates({ value: '${claim:sub}' }, origin)).toEqual({ value: claims.sub });
  });

  test('are the bytes of UTF-8 in a header (SESS-08)', () => {
    expect(expand('${claim:realm.tenant}', 'header')).toBe(Buffer.from('Zoë').toString('latin1'));
  });
});
