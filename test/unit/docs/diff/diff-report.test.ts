import { describe, expect, test } from 'vitest';
import { toContractDiff, type Change } from '../../../../src/contract/diff/change.ts';
import { toDiffMarkdown } from '../../../../src/docs/diff/diff-markdown.ts';
import { toDiffJson } from '../../../../src/docs/diff/diff-report.ts';
import { toDiffText } from '../../../../src/docs/diff/diff-text.ts';

const operation = { operationId: 'echo', method: 'post', path: '/echo' };
const schema = '/requestBody/content/application~1json/schema';
const change: Change = {
  severity: 'breaking',
  operation,
  direction: 'input',
  pointer: `${schema}/properties/a/minLength`,
  keyword: 'minLength',
  message: 'minLength: 0 → 1',
};
const others: readonly Change[] = [
  {
    ...change,
    severity: 'editorial',
    direction: 'operation',
    pointer: '/summary',
    keyword: 'summary',
    message: 'summary changed',
  },
  {
    severity: 'compatible',
    direction: 'document',
    pointer: '/servers',
    keyword: 'servers',
    message: 'server /b added',
  },
  {
    ...change,
    severity: 'unknown',
    direction: 'output',
    pointer: '/responses/404/content/application~1problem+json/schema/not',
    keyword: 'not',
    message: 'not added',
  },
];

test('text: by operation, the gravest first, a summary at the end', () => {
  expect(toDiffText(toContractDiff([...others, change]))).toBe(
    [
      'The document',
      '  compatible document /servers',
      '             server /b added',
      '',
      'POST /echo (echo)',
      '  breaking   input /properties/a/minLength',
      '             minLength: 0 → 1',
      '  unknown    output 404 /not',
      '             not added',
      '  editorial  operation /summary',
      '             summary changed',
      '',
      'Summary: 1 breaking, 1 unknown, 1 compatible, 1 editorial',
      '',
    ].join('\n'),
  );
  expect(toDiffText(toContractDiff([]))).toBe('Summary: no changes\n');
});

test('text keeps to 80 columns and cannot steer the terminal (MAP-98)', () => {
  const hostile = {
    ...change,
    pointer: `${schema}${'/properties/long'.repeat(20)}`,
    message: `\u001B[2J\u202E${'word '.repeat(60)}${'x'.repeat(200)}\r`,
  };
  const text = toDiffText(toContractDiff([hostile]));
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  expect(text).toContain('\\u{1b}[2J\\u{202e}');
});

test('JSON is the diff itself, the same bytes whatever order the changes were found in', () => {
  const [one, other] = [
    [change, ...others],
    [...others.toReversed(), change],
  ].map((each) => toContractDiff(each));
  expect(toDiffJson(one ?? toContractDiff([]))).toBe(toDiffJson(other ?? toContractDiff([])));
  expect(JSON.parse(toDiffJson(toContractDiff([change])))).toEqual({
    summary: { breaking: 1, unknown: 0, compatible: 0, editorial: 0 },
    changes: [change],
  });
});

describe('Markdown', () => {
  test('is a table for each operation', () => {
    expect(toDiffMarkdown(toContractDiff([change]))).toBe(
      [
        '## Contract changes: 1 breaking',
        '',
        '### <code>POST /echo (echo)</code>',
        '',
        '| severity | where | what |',
        '| --- | --- | --- |',
        '| 🔴 breaking | input <code>/properties/a/minLength</code> | minLength: 0 → 1 |',
        '',
      ].join('\n'),
    );
  });

  test.each([
    ['a|b', 'a&#124;b'],
    ['`rm`', '&#96;rm&#96;'],
    ['<img src=x>', '&#60;img src=x&#62;'],
    ['@octocat', '@&#8203;octocat'],
    ['fixes #1', 'fixes #&#8203;1'],
    ['[a](https://e.org)', '&#91;a&#93;(https&#58;//e.org)'],
    ['www.e.org GH-1', 'www&#8203;.e.org GH&#8203;-1'],
    ['a\n## b', 'a\uFFFD#&#8203;#&#8203; b'],
    ['&#64;x', '&#38;#&#8203;64;x'],
    ['**b** _i_ ~s~ $x$ \\', '&#42;&#42;b&#42;&#42; &#95;i&#95; &#126;s&#126; &#36;x&#36; &#92;'],
  ])('%j of a server is text, not markup (MAP-98)', (message, escaped) => {
    const markdown = toDiffMarkdown(
      toContractDiff([{ ...change, message, pointer: `${schema}/${message}` }]),
    );
    expect(markdown.split('\n').at(-2)).toBe(`| 🔴 breaking | input <code>/${escaped}</code> | ${escaped} |`);
  });

  test('stays within what a comment may hold, and says what it leaves out', () => {
    const many = Array.from({ length: 2_000 }, (_, index) => ({ ...change, pointer: `${schema}/${index}` }));
    const markdown = toDiffMarkdown(toContractDiff(many));
    expect(markdown.length).toBeLessThan(65_536);
    const rows = markdown.match(/^\| 🔴/gm)?.length ?? 0;
    expect(markdown).toContain(`… and ${2_000 - rows} more.`);
  });
});
