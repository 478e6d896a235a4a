import { expect, test } from 'vitest';
import { canonicalize } from '../../../../src/contract/canonicalize.ts';
import { buildDocument } from '../../../../src/contract/document/build-document.ts';
import { renderChangelogPage } from '../../../../src/docs/changelog/render-changelog-page.ts';
import { createSiteContext } from '../../../../src/docs/site/site-context.ts';
import type { PreviousDocument, PublishedDocument } from '../../../../src/docs/site/site.ts';

function documentOf(tools: Readonly<Record<string, object>>, server = ''): PublishedDocument {
  const { document } = buildDocument({
    sources: [
      {
        server: '',
        tools: Object.entries(tools).map(([name, schema]) => ({
          name,
          inputSchema: { type: 'object', properties: { a: schema }, required: ['a'] },
        })),
      },
    ],
  });
  return { server, document, json: canonicalize(document).json };
}

const text = { type: 'string' };
const short = { type: 'string', maxLength: 5 };

function earlier(name: string, { json, server }: PublishedDocument): PreviousDocument {
  return { name, server, json };
}

function render(
  merged: PublishedDocument,
  previous: readonly PreviousDocument[],
  servers: readonly PublishedDocument[] = [],
) {
  const context = createSiteContext({ merged, servers, missing: [] }, { title: 'Mine', previous });
  const [file] = [...renderChangelogPage(context)];
  return String(file?.content);
}

test('one section a step, the newest first, with what it means', () => {
  const html = render(documentOf({ echo: short, more: text }), [
    earlier('v1.9', documentOf({ echo: text, old: text })),
    earlier('v1.10', documentOf({ echo: text })),
  ]);
  const ids = [...html.matchAll(/<section class="step" id="([^"]*)"/g)].map(([, id]) => id);
  expect(ids).toEqual(['current', 'to-v1.10']);
  const [, current = '', older = ''] = html.split('<section class="step"');
  expect(current).toContain('Compared with <bdi>v1.10</bdi>');
  expect(current).toContain('<del>none</del> → <ins>5</ins>');
  expect(current).toContain('operation added');
  expect(older).toContain('operation removed');
  expect(html).toContain('href="index.html"');
  expect(html).toMatch(/<li class="soft"><bdi>v1\.9<\/bdi> the first document known<\/li>/);
});

test('a link to a version stays when others follow', () => {
  const [one, two, three] = [documentOf({ a: text }), documentOf({ b: text }), documentOf({ c: text })];
  const before = render(two, [earlier('v1', one)]);
  const after = render(three, [earlier('v1', one), earlier('v2', two)]);
  const now = render(three, [earlier('v1', one), earlier('v2', two), earlier('v3', three)]);
  expect(before).toContain('id="current"');
  for (const html of [after, now]) expect(html).toContain('id="to-v2-a"');
  expect(now).toContain('Nothing changed.');
});

test('each server has its history, one that is gone too', () => {
  const time = documentOf({ now: text }, 'time');
  const html = render(
    documentOf({ now: text }),
    [
      earlier('v1', documentOf({ now: short })),
      earlier('v1', documentOf({ now: short }, 'time')),
      earlier('v1', documentOf({ x: short }, 'gone')),
      earlier('v2', documentOf({ y: short }, 'gone')),
    ],
    [time],
  );
  expect(html).toContain('<h2>all servers</h2>');
  expect(html).toMatch(/<h2>gone<\/h2><p class="soft">This server is not part of the site any more\.<\/p>/);
  const ids = [...html.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toEqual(expect.arrayContaining(['current', 'time-current', 'gone-to-v2']));
});

test('names and values of a server, of a file and of the site stay text', () => {
  const hostile = '"><script>alert(1)</script>\u202E';
  const html = render(documentOf({ echo: { enum: [`<img src=x onerror=alert(1)> → ${hostile}`] } }), [
    earlier(hostile, documentOf({ echo: text })),
    earlier(`${hostile}2`, documentOf({ [`e"'<svg onload=alert(1)>`]: { enum: [hostile] } })),
  ]);
  const [, main = ''] = /(<main.*<\/main>)/s.exec(html) ?? [];
  expect(main).not.toMatch(/<(?:script|img|svg)/);
  expect(html).not.toMatch(/<script>|onerror=alert\(1\)>|<svg onload/);
  expect(html).not.toContain('\u202E');
  for (const [, id = ''] of main.matchAll(/ (?:id|href)="([^"]*)"/g)) expect(id).toMatch(/^#?[\w.,:-]+$/);
});

test('the same documents give the same bytes', () => {
  const [one, two] = ['once', 'again'].map(() =>
    render(documentOf({ a: text, b: short }), [earlier('1', documentOf({ b: text, a: short }))]),
  );
  expect(one).toBe(two);
});

test('it looks like the site’s other pages, in their colours, with a style of its own beside theirs', () => {
  const context = createSiteContext(
    { merged: documentOf({ a: text }), servers: [], missing: [] },
    { title: 'Mine', footer: 'Ours', previous: [earlier('v1', documentOf({ a: short }))] },
  );
  const [page, style] = [...renderChangelogPage(context)];
  const html = String(page?.content);
  const styles = [...html.matchAll(/<link rel="stylesheet" href="([^"]*)">/g)].map(([, href]) => href);
  expect(styles).toEqual(['assets/site.css', 'assets/colors.css', 'assets/changelog.css']);
  expect(style?.path).toBe('assets/changelog.css');
  expect(html).toContain('<button id="theme"');
  expect(html).toContain('<p dir="auto">Ours</p>');
});
