import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';

const pages = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'deploy/README.md',
  'spec/mapping.md',
].map((path) => ({ path, text: withoutCode(readFileSync(path, 'utf8')) }));

test.each(pages)('what $path links to is there', ({ path, text }) => {
  const links = [...text.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map(([, link = '']) => link);
  const broken = links.filter((link) => {
    const [file = '', anchor] = link.split('#');
    const target = file === '' ? path : join(dirname(path), file);
    return !existsSync(target) || (anchor !== undefined && !anchorsOf(target).has(anchor));
  });
  expect(broken).toEqual([]);
});

test('there are links to look at', () => {
  expect(pages.flatMap(({ text }) => text.match(/\]\(#/g) ?? []).length).toBeGreaterThan(20);
});

/** As GitHub makes them of headings. */
function anchorsOf(path: string): ReadonlySet<string> {
  const text = pages.find((page) => page.path === relative('.', path))?.text ?? readFileSync(path, 'utf8');
  const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => heading);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

/** A comment of a shell is no heading. */
function withoutCode(text: string): string {
  return text.replaceAll(/^( *)```[^]*?^\1```/gm, '');
}
