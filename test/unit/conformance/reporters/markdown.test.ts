import { expect, test } from 'vitest';
import type { VerifyEvent } from '../../../../conformance/events.ts';
import { createMarkdownReporter } from '../../../../conformance/reporters/markdown.ts';
import { toFence, toMarkdownCode, toMarkdownText } from '../../../../conformance/reporters/markdown-text.ts';
import { events, findings, hostile } from './event-fixture.ts';
import { render } from './render.ts';

const page = render(createMarkdownReporter);
/** What is left when all that stands in fences is taken out. */
const prose = page.replace(/^(`{3,})[^]*?^\1$/gm, '');

test('begins with what was found, and a table with a row for each server', () => {
  expect(page).toMatch(/^## ❌ mcpo-verify: 1 error, 1 warning, 1 flaky\n\n\| server \|/);
  const rows = page.split('\n').slice(4, 7);
  expect(rows[0]).toContain('| first 1&#46;0&#46;0 | 1 error, 1 warning, 1 flaky |');
  expect(rows[2]).toContain('❌ command not found&#58; no-such-server');
});

test('each finding can be opened, and has its replay command in a block of its own', () => {
  expect(page.match(/^<details>/gm)).toHaveLength(page.match(/^<\/details>/gm)?.length ?? 0);
  expect(page).toContain('```sh\nmcpo-verify replay a1b2c3d4e5f6\n');
  expect(page).toContain('```diff\n');
  expect(page).toMatch(/^-\s+"text": "one",$/m);
});

test('nothing that a server says is markup outside of fences', () => {
  expect(prose).not.toMatch(/<(?!\/?(?:details|summary|code)>)/);
  expect(prose).not.toMatch(/@somebody|\]\(|\*\*|(?<!&)#1|::error|www\.|```/);
  expect(prose).toContain('&#64;&#8203;somebody');
});

test('tables keep their columns, whatever stands in them', () => {
  for (const table of prose.match(/(?:^\|.*\n)+/gm) ?? []) {
    const widths = table
      .trimEnd()
      .split('\n')
      .map((row) => row.split('|').length);
    expect(widths).toEqual(widths.map(() => widths[0]));
  }
});

test('a fence is longer than any in its text', () => {
  expect(toFence('a ```` b', 'text')).toBe('`````text\na ```` b\n`````');
});

test('names stay readable, and what could be markup becomes a reference', () => {
  expect(toMarkdownCode('get_user-info')).toBe('<code>get_user-info</code>');
  expect(toMarkdownCode('_a_|`b`')).toBe('<code>&#95;a&#95;&#124;&#96;b&#96;</code>');
  expect(toMarkdownText('It says "@all"')).toBe('It says &#34;&#64;&#8203;all&#34;');
});

test('a page is never longer than a comment may be, and counts what has no room', () => {
  const many: readonly VerifyEvent[] = [
    ...events.slice(0, 2),
    ...Array.from({ length: 400 }, (_, at): VerifyEvent => {
      const finding = { ...findings[0]!, id: String(at), seen: hostile.repeat(50) };
      return { kind: 'finding', finding };
    }),
  ];
  const text = render(createMarkdownReporter, many);
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(60_000);
  expect(text).toMatch(/\*\d+ more findings have no room here; the other reports have them\.\*\n$/);
});

test('a run that was interrupted is not said to be good', () => {
  const last = events.find(({ kind }) => kind === 'run-finished');
  if (last?.kind !== 'run-finished') throw new Error('the fixture has no end');
  const findingsOf = { error: 0, warning: 0, flaky: 0 };
  const { baseline: _baseline, ...rest } = last.summary;
  const summary = { ...rest, findings: findingsOf, withoutServer: 0, isInterrupted: true };
  const text = render(createMarkdownReporter, [...events.slice(0, 2), { kind: 'run-finished', summary }]);
  expect(text).toContain('## ⚠️ mcpo-verify: 0 errors, 0 warnings');
  expect(text).toContain('interrupted: 0 errors');
});
