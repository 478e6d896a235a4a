import { describe, expect, test } from 'vitest';
import {
  expandHeaderTemplates,
  templateHeaderNames,
} from '../../../../src/upstream/users/header-templates.ts';

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

  test('the headers that are asked for are told, each once', () => {
    const values = { A: '${header:X-A} ${header:x-b:-d}', B: '${header:x-a}', C: '${OTHER} ${header:}' };
    expect(templateHeaderNames(values)).toEqual(['x-a', 'x-b']);
  });
});
