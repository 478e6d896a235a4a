import { assert, constantFrom, oneof, property, string, uniqueArray } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toSlugs } from '../../../../src/docs/site/slugs.ts';

describe('slugs', () => {
  test('a plain name keeps its spelling', () => {
    expect([...toSlugs(['get_current_time', 'list-files', 'a1'])]).toEqual([
      ['a1', 'a1'],
      ['get_current_time', 'get_current_time'],
      ['list-files', 'list-files'],
    ]);
  });

  test.each([
    ['Get Weather', 'get-weather'],
    ['files/read.all', 'files-read-all'],
    ['Crème brûlée', 'creme-brulee'],
    ['__init', 'init'],
  ])('%s becomes %s', (name, slug) => {
    expect(toSlugs([name]).get(name)).toBe(slug);
  });

  test('names that differ in case alone are told apart, and the plain one keeps its spelling', () => {
    const slugs = toSlugs(['get', 'Get', 'GET']);
    expect(slugs.get('get')).toBe('get');
    expect(slugs.get('Get')).toMatch(/^get-[0-9a-f]{8}$/);
    expect(new Set(slugs.values()).size).toBe(3);
  });

  test('of names that differ in case alone, none takes a spelling that would serve them all', () => {
    const slugs = toSlugs(['Get', 'GET']);
    for (const name of ['Get', 'GET']) expect(slugs.get(name)).toMatch(/^get-[0-9a-f]{8}$/);
    expect(toSlugs(['Get']).get('Get')).toBe('get');
  });

  test.each(['', '.', '..', '🎉', 'CON', 'nul', 'com1', 'a'.repeat(300), '-', '../../etc/passwd', 'x\0y'])(
    'a name like %j has a safe slug',
    (name) => {
      expect(toSlugs([name]).get(name)).toMatch(/^(?!(?:con|nul|com1)$)[a-z0-9][a-z0-9_-]{0,80}$/);
    },
  );

  test('nobody gets a reserved slug', () => {
    expect(toSlugs(['assets'], new Set(['assets'])).get('assets')).toMatch(/^assets-[0-9a-f]{8}$/);
  });

  test('any names, in any order: the same slugs, safe, and different where case does not count', () => {
    const names = uniqueArray(oneof(string({ unit: 'binary' }), constantFrom('a', 'A', 'a-', 'con', 'Con')));
    assert(
      property(names, (drawn) => {
        const slugs = toSlugs(drawn);
        expect(slugs).toEqual(toSlugs(drawn.toReversed()));
        expect(slugs.size).toBe(drawn.length);
        expect(new Set(slugs.values()).size).toBe(drawn.length);
        for (const slug of slugs.values()) expect(slug).toMatch(/^[a-z0-9][a-z0-9_-]*$/);
      }),
    );
  });
});
