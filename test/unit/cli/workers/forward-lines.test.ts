import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { forwardLines } from '../../../../src/cli/workers/forward-lines.ts';

test('lines are handed on whole, the last one without a break too', async () => {
  const from = new PassThrough();
  const written: string[] = [];
  const done = forwardLines(from, (lines) => written.push(lines));
  for (const text of ['a\nb', 'c\n', 'é'.slice(0, 1), 'd']) {
    from.write(text);
    await new Promise((resolve) => setImmediate(resolve));
  }
  from.end();
  await done;
  expect(written).toEqual(['a\n', 'bc\n', 'éd\n']);
});

test('a line that does not end is not kept for ever', async () => {
  const from = new PassThrough();
  let length = 0;
  const done = forwardLines(from, (lines) => (length += lines.length));
  for (let piece = 0; piece < 40; piece += 1) {
    if (!from.write('x'.repeat(64 * 1024))) await new Promise((resolve) => from.once('drain', resolve));
  }
  expect(length).toBeGreaterThan(1024 * 1024);
  from.end();
  await done;
  expect(length).toBe(40 * 64 * 1024 + 1);
});
