import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { toContractDiff, type Change } from '../../../../src/contract/diff/change.ts';
import { diffDocuments } from '../../../../src/contract/diff/diff-documents.ts';
import { toDiffHtml } from '../../../../src/docs/diff/diff-html.ts';
import type { JsonObject } from '../../../../src/json/value.ts';

const before = { fileName: 'old.json', document: { info: { title: 'Tools', version: '1.0' } } };
const after = { fileName: 'new.json', document: { info: { title: 'Tools', version: '1.1' } } };
const operation = { operationId: 'echo', method: 'post', path: '/echo' };
const change: Change = {
  severity: 'breaking',
  operation,
  direction: 'input',
  pointer: '/requestBody/content/application~1json/schema/properties/a/minLength',
  keyword: 'minLength',
  message: 'minLength: 0 → 1',
};

function render(changes: readonly Change[]): string {
  return toDiffHtml(toContractDiff(changes), before, after);
}

test('the page says what changed, how grave it is in words, and from what to what', () => {
  const html = render([change]);
  expect(html).toContain('<h1>Contract changes: 1 breaking</h1>');
  expect(html).toContain('Clients that rely on the old document will break.');
  expect(html).toContain('(version <bdi>1.0</bdi>)');
  expect(html).toContain('<span class="severity">breaking</span>');
  expect(html).toContain('input <code><bdi>/properties/a/minLength</bdi></code>');
  expect(html).toContain('minLength: <del>0</del> → <ins>1</ins>');
  expect(html).toMatch(/<details class="group has-breaking" id="echo" open>/);
});

test('a verdict for each case', () => {
  expect(render([])).toContain('Nothing changed.');
  expect(render([{ ...change, severity: 'unknown' }])).toContain('Clients may break');
  expect(render([{ ...change, severity: 'editorial' }])).toContain('keep working');
});

test('it loads, sends and runs nothing: one style, and the policy allows that one alone', () => {
  const html = render([change]);
  const [, style = ''] = /<style>(.*)<\/style>/s.exec(html) ?? [];
  const digest = createHash('sha256').update(style).digest('base64');
  const [, policy = ''] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html) ?? [];
  expect(policy).toContain('default-src &#39;none&#39;');
  expect(policy).toContain(`style-src &#39;sha256-${digest}&#39;`);
  expect(html).not.toMatch(/<script|<link(?! rel="icon" href="data:,")|\bsrc=|\bstyle="|\son\w+=/);
});

test('names and messages stay text', () => {
  const hostile = '</p></details><script>alert(1)</script>\u202E" x="';
  const html = toDiffHtml(
    toContractDiff([
      { ...change, message: `enum: ${hostile} → ${hostile}`, pointer: `/${hostile}` },
      {
        ...change,
        operation: { operationId: hostile, method: 'post', path: `/${hostile}` },
        message: hostile,
      },
    ]),
    { fileName: hostile, document: { info: { title: hostile, version: hostile } } },
    { fileName: hostile, document: {} },
  );
  expect(html).not.toContain('<script');
  expect(html).not.toContain('\u202E');
  expect(html.split('</details>')).toHaveLength(3);
});

test('many changes are cut, and counted', () => {
  const many = Array.from({ length: 5_003 }, (_, at) => ({ ...change, message: `change ${at}` }));
  const html = render(many);
  expect(html.split('<li class="change').length - 1).toBe(5_000);
  expect(html).toContain('… and 3 more changes.');
});

test('operations alike in an id have ids of their own', () => {
  const html = render(
    ['a b', 'a-b', 'a!b'].map((operationId) => ({ ...change, operation: { ...operation, operationId } })),
  );
  const ids = [...html.matchAll(/<details [^>]*id="([^"]*)"/g)].map(([, id]) => id);
  expect(new Set(ids)).toEqual(new Set(['a-b', 'a-b-2', 'a-b-3']));
});

test('what a comparison adds to the two values is not taken for one of them', () => {
  const diff = diffDocuments(
    toDocument('echo', { a: { type: 'string', pattern: '^.*$' }, b: { type: 'string', format: 'date' } }),
    toDocument('say', { a: { type: 'string', pattern: '^b+$' }, b: { type: 'string', format: 'uri' } }),
    { formats: 'assert' },
  );
  const html = toDiffHtml(diff, before, after);
  const values = [...html.matchAll(/<del>([^<]*)<\/del> → <ins>([^<]*)<\/ins>([^<]*)/g)];
  expect(values.map((value) => value.slice(1))).toEqual([
    ['^.*$', '^b+$', '; &quot;&quot; no longer matches'],
    ['echo', 'say', '; generated clients are named for it'],
    ['date', 'uri', ', asserted'],
  ]);
});

function toDocument(operationId: string, properties: JsonObject): JsonObject {
  const schema = { type: 'object', properties };
  return {
    openapi: '3.1.1',
    info: { title: 'Tools', version: '1' },
    paths: {
      '/echo': {
        post: {
          operationId,
          requestBody: { content: { 'application/json': { schema } } },
          responses: { 200: { description: 'It worked.' } },
        },
      },
    },
  };
}
