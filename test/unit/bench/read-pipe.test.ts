import { expect, test } from 'vitest';
import { readPipe } from '../../../bench/pipe/read-pipe.ts';

test('calls that are in the pipe at the same time are counted, on average by how long they are there', () => {
  const notes = ['> 100 1', '> 200 2', '< 300 1', '< 500 2', ''].join('\n');
  // One call for 100 ns, two for 100, one for 200, none for 100.
  expect(readPipe(notes, 100n, 600n)).toEqual({ calls: 2, most: 2, mean: 1 });
});

test('what passed before or after does not count, but what was still there does', () => {
  const notes = ['> 10 "a"', '> 20 "b"', '< 50 "a"', '< 150 "b"', '> 900 "c"', '< 950 "c"'].join('\n');
  expect(readPipe(notes, 100n, 200n)).toEqual({ calls: 1, most: 0, mean: 0.5 });
});

test('an answer without a call, and a line that is cut off, change nothing', () => {
  expect(readPipe('< 10 7\n> 20 1\n> 3', 0n, 40n)).toEqual({ calls: 0, most: 1, mean: 0.5 });
});
