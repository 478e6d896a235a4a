import { expect, test } from 'vitest';
import type { Finding } from '../../../../conformance/findings/finding.ts';
import { toDiff } from '../../../../conformance/reporters/json-diff.ts';
import { findings } from './event-fixture.ts';

test('two values are compared line by line, and the order of members means nothing', () => {
  expect(diff('{"b":[1,2],"a":"x"}', '{"a":"x","b":[1,3]}')).toEqual([
    '  {',
    '    "a": "x",',
    '    "b": [',
    '      1,',
    '-     2',
    '+     3',
    '    ]',
    '  }',
  ]);
});

test('a member more at the end makes one line of difference', () => {
  expect(diff('{"a":1}', '{"a":1,"b":2}')?.filter((line) => !line.startsWith(' '))).toEqual(['+   "b": 2']);
});

test('what is the same far around is left out', () => {
  const list = Array.from({ length: 100 }, (_, at) => at);
  const lines = diff(JSON.stringify(list), JSON.stringify(list.with(50, -1))) ?? [];
  expect(lines).toHaveLength(10);
  expect([lines[0], lines.at(-1)]).toEqual(['  …', '  …']);
});

test.each([
  ['words', 'a result', 'an error'],
  ['words that begin like JSON', '[sic', '{…}'],
  ['values of one line', '1', '2'],
  ['values that are alike', '{"a":1}', '{ "a": 1.0 }'],
  ['values too long to compare', `[${'1,'.repeat(2_000)}1]`, '[2]'],
])('%s have no difference to show', (_case, expected, seen) => {
  expect(diff(expected, seen)).toBeUndefined();
});

test('values that a check kept go before what its words say', () => {
  const finding: Finding = { ...findings[0]!, diff: { expected: [1], seen: [2] } };
  expect(toDiff(finding)?.map(({ text }) => text.trim())).toEqual(['[', '1', '2', ']']);
});

function diff(expected: string, seen: string): readonly string[] | undefined {
  const signs = { same: ' ', expected: '-', seen: '+' };
  return toDiff({ ...findings[0]!, expected, seen })?.map(({ kind, text }) => `${signs[kind]} ${text}`);
}
