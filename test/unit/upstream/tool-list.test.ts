import { expect, test } from 'vitest';
import { listTools } from '../../../src/upstream/tool-list.ts';

test('a list without end is cut, by pages and by tools', async () => {
  let pages = 0;
  const endless = await listTools(async () => {
    pages += 1;
    return { tools: [{ name: `tool${pages}` }], nextCursor: String(pages) };
  });
  expect(endless.tools.length).toBe(pages);
  expect(pages).toBeLessThanOrEqual(10_000);
  expect(endless.complaints.join()).toContain('more than 10000 pages');

  const page = Array.from({ length: 30_000 }, (_, index) => ({ name: `tool${index}` }));
  pages = 0;
  const vast = await listTools(async () => {
    pages += 1;
    return { tools: page, nextCursor: String(pages) };
  });
  expect([vast.tools.length, pages]).toEqual([100_000, 4]);
  expect(vast.complaints.join()).toContain('more than 100000 tools');
});
