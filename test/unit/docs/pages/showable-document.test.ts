import { expect, test } from 'vitest';
import { toShowableDocument } from '../../../../src/docs/pages/showable-document.ts';
import { hostileText, toDocument } from './page-documents.ts';

test('a description is one block of HTML in which it is text, also of a property named as a keyword', () => {
  const descriptions: string[] = [];
  const shown = JSON.stringify(toShowableDocument(toDocument({ isHostile: true })), (key, value: unknown) => {
    if (key === 'description' && typeof value === 'string') descriptions.push(value);
    return value;
  });
  expect(descriptions.filter((text) => !text.startsWith('<p class="text" dir="auto">'))).toEqual([]);
  expect(descriptions.filter((text) => /<script|\n/.test(text))).toEqual([]);
  expect(descriptions.filter((text) => text.includes('&lt;script&gt;')).length).toBe(4);
  expect(shown).not.toContain('"javascript:');
  expect(shown).not.toContain('\u202E');
});

test('what doubles level by level is cut, what leads nowhere is told, and a vast minimum has an example', () => {
  const { paths } = toShowableDocument(toDocument({ isHostile: true }));
  const text = JSON.stringify(paths);
  expect(JSON.stringify((paths as Record<string, unknown>)['/doubling']).length).toBeLessThan(300_000);
  expect(text).not.toContain('#/components/schemas/None');
  expect(text).not.toContain('https://example.com/x.json');
  expect(JSON.stringify((paths as Record<string, unknown>)['/vast'])).toContain('"example":{');
});

test('the document itself is not changed', () => {
  const document = toDocument({ isHostile: true });
  const before = JSON.stringify(document);
  toShowableDocument(document);
  expect(JSON.stringify(document)).toBe(before);
  expect(before).toContain(JSON.stringify(hostileText).slice(1, 30));
});
