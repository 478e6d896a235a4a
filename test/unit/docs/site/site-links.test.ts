import { describe, expect, test } from 'vitest';
import { toHref, toPublicUrl } from '../../../../src/docs/site/site-links.ts';

describe('links within a site', () => {
  test.each([
    ['index.html', 'time/index.html', 'time/index.html'],
    ['time/index.html', 'index.html', '../index.html'],
    ['time/index.html', 'time/openapi.json', 'openapi.json'],
    ['time/index.html', 'memory/index.html', '../memory/index.html'],
    ['tools/time/now.md', 'time/openapi.json', '../../time/openapi.json'],
    ['tools/time/now.md', 'tools/time/then.md', 'then.md'],
    ['index.html', 'redoc.html#tag/time', 'redoc.html#tag/time'],
    ['index.html', 'assets/my logo.png', 'assets/my%20logo.png'],
  ])('from %s to %s it is %s', (from, to, href) => {
    expect(toHref(from, to)).toBe(href);
    const base = 'https://example.com/below/';
    const expected = to.split('#').map((part, at) => (at === 0 ? encodeURI(part) : part));
    expect(new URL(href, `${base}${from}`).href).toBe(`${base}${expected.join('#')}`);
  });

  test('the public address of a page for a folder is the folder', () => {
    expect(toPublicUrl('https://example.com/docs', 'time/index.html')).toBe('https://example.com/docs/time/');
    expect(toPublicUrl('https://example.com/docs', 'index.html')).toBe('https://example.com/docs/');
    expect(toPublicUrl('https://example.com', 'redoc.html')).toBe('https://example.com/redoc.html');
  });
});
