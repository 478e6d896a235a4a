import { expect, test } from 'vitest';
import { toReplayCommand } from '../../../conformance/findings/replay-command.ts';
import { compilePatterns } from '../../../conformance/pattern.ts';
import { createRandom } from '../../../conformance/random.ts';
import { toPlain, wrap } from '../../../conformance/reporters/wrap.ts';

test('patterns match whole names, with * and ? and nothing else special', () => {
  const { matches } = compilePatterns(['read_*', 'a.b', 'x?']);
  expect(['read_', 'read_file', 'a.b', 'xy', 'x😀'].every(matches)).toBe(true);
  expect(['a_read_', 'aXb', 'x', 'xyz'].some(matches)).toBe(false);
});

test('a replay command quotes what a shell would take apart', () => {
  const command = toReplayCommand({
    seed: 7,
    checks: ['wire/ping', 'wire/ping'],
    tools: ['a b'],
    options: [],
    command: ['node', "it's"],
  });
  expect(command).toBe(String.raw`mcpo-verify --seed 7 --checks wire/ping --include 'a b' -- node 'it'\''s'`);
});

test('a use has randomness of its own, and the seed repeats it', () => {
  expect(draw(1, 'a')).toEqual(draw(1, 'a'));
  expect(draw(1, 'a')).not.toEqual(draw(1, 'b'));
  expect(draw(1, 'a')).not.toEqual(draw(2, 'a'));
});

test('a shuffle keeps every item', () => {
  const items = Array.from({ length: 50 }, (_, index) => index);
  const shuffled = createRandom(3, 'x').shuffle(items);
  expect(shuffled).not.toEqual(items);
  expect(shuffled.toSorted((a, b) => a - b)).toEqual(items);
});

test('text is wrapped at the width, but for words that are longer', () => {
  const text = wrap(`one two three ${'x'.repeat(40)} four`, 20, '- ', '  ');
  expect(text.split('\n')).toEqual(['- one two three', `  ${'x'.repeat(40)}`, '  four']);
});

test('what a terminal would obey is shown instead', () => {
  expect(toPlain('a\u001b[31mb\u202ec')).toBe(String.raw`a\u001b[31mb\u202ec`);
});

function draw(seed: number, use: string): readonly number[] {
  const random = createRandom(seed, use);
  return Array.from({ length: 20 }, () => random.integer(0, 1_000_000));
}
