import { describe, expect, test } from 'vitest';
import { parseClaim, readClaim } from '../../../src/json/claim.ts';

const read = (text: string, claims: object) => {
  const claim = parseClaim(text);
  if (claim === undefined) throw new Error('no claim');
  return readClaim({ ...claims }, claim);
};

describe('the name of a claim', () => {
  test.each([
    ['sub', ['sub']],
    ['realm.tenant', ['realm', 'tenant']],
    ['https://example.com/tenant', ['https://example.com/tenant']],
    ['urn:example:tenant.id', ['urn:example:tenant.id']],
    ['/a.b/c', ['a.b', 'c']],
    ['/a~1b/~0', ['a/b', '~']],
  ])('%s leads to %j (SESS-12)', (text, path) => {
    expect(parseClaim(text)).toEqual({ text, path });
  });

  test.each(['', '.', 'a.', '.a', 'a..b', '/', '/a//b', '/a~2'])('%j names none (SESS-12)', (text) => {
    expect(parseClaim(text)).toBeUndefined();
  });
});

describe('a claim', () => {
  test('whose name has dots is never taken for a nested one, nor the other way round (SESS-12)', () => {
    expect(read('a.b', { 'a.b': 'flat' })).toEqual({ kind: 'absent' });
    expect(read('/a.b', { a: { b: 'deep' } })).toEqual({ kind: 'absent' });
    expect(read('/a.b', { 'a.b': 'flat' })).toEqual({ kind: 'value', value: 'flat' });
  });

  test('that is inherited, in a list, or below a text is not there (SESS-12)', () => {
    expect(read('constructor.name', {})).toEqual({ kind: 'absent' });
    expect(read('__proto__', {})).toEqual({ kind: 'absent' });
    expect(read('a.0', { a: ['b'] })).toEqual({ kind: 'absent' });
    expect(read('a.length', { a: 'text' })).toEqual({ kind: 'absent' });
  });
});
