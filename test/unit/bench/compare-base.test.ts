import { describe, expect, test } from 'vitest';
import { CannotRunError } from '../../../bench/cannot-run.ts';
import { parseBase, requireSame, toBase, toConditions, type Base } from '../../../bench/compare/base.ts';
import { compareBase, warnOfDifferences } from '../../../bench/compare/compare-base.ts';
import { toComparisonMarkdown, toComparisonText } from '../../../bench/compare/show-comparison.ts';
import type { RoundStep } from '../../../bench/compare/comparison.ts';
import { toJson } from '../../../bench/report/json.ts';
import { exampleResult } from './example-result.ts';

const call = {
  tool: 'echo',
  path: '/echo',
  argumentsText: '{"text":"hello"}',
  hasToken: false,
  weight: 1,
  source: 'given',
} as const;
const options = { ...exampleResult.options, rounds: 5 };
const conditions = toConditions(options, [call]);
const base = toBase(
  { ...exampleResult, ...conditions },
  { workHash: conditions.workHash, steps: [toStep(8, 100)] },
);

describe('a run that was saved', () => {
  test('comes back as it was', () => {
    expect(parseBase(toJson(base), 'base.json')).toEqual(base);
  });

  test.each<[string, string, string]>([
    ['no JSON', 'users 4', 'base.json is not JSON'],
    ['something else', '{"name":"x"}', 'base.json is no saved run of mcpo-bench'],
    ['a report', toJson(exampleResult), 'base.json is a report, which holds no rounds'],
    ['a list', '[]', 'is no saved run'],
    ['one without steps', toJson({ ...base, steps: [] }), 'is no saved run'],
    ['one with a hole', toJson(base).replace('"callsPerSecond"', '"calls"'), 'is no saved run'],
  ])('%s is refused in a line', (_case, text, reason) => {
    expect(() => parseBase(text, 'base.json')).toThrow(CannotRunError);
    expect(() => parseBase(text, 'base.json')).toThrow(reason);
  });

  test('other options or other work are refused with both', () => {
    expect(() => requireSame(base, conditions, 'base.json')).not.toThrow();
    expect(() => requireSame(base, toConditions({ ...options, users: 9 }, [call]), 'base.json')).toThrow(
      /^--compare: base\.json is of other options \(--users 8 .*; now --users 9 .*\): repeat/,
    );
    const other = toConditions(options, [{ ...call, argumentsText: '{"text":"bye"}' }]);
    expect(() => requireSame(base, other, 'base.json')).toThrow(
      'is of other work (echo {"text":"hello"}; now echo {"text":"bye"})',
    );
  });

  test('arguments that differ past what is shown are other work', () => {
    const saved = { ...base, ...toConditions(options, toLongCall('a')) };
    expect(() => requireSame(saved, toConditions(options, toLongCall('b')), 'base.json')).toThrow(
      'other work',
    );
  });

  test('another machine, Node or server is told', () => {
    expect(warnOf({ loadAverage: 7 })).toEqual([]);
    expect(warnOf({ cores: 16 })).toEqual([expect.stringContaining('another machine (2 cores, now 16)')]);
    expect(warnOf({ node: 'v99.0.0' })).toEqual(['b was saved with Node v22.0.0, this is v99.0.0']);
    expect(warnOf({}, 'node other.js')).toEqual(['b was saved with another server: node server.js']);
  });
});

describe('a comparison', () => {
  const slower = compareBase(base, [toStep(8, 1)], '/a/folder/base.json');

  test('shows medians and changes within 80 columns, and what rose above the noise', () => {
    const [headline, ...lines] = toComparisonText(slower);
    expect(headline).toMatch(/^WORSE than \/a\/folder\/base\.json \(2026-01-01, /);
    expect(lines.filter((line) => line.startsWith('worse: '))).toEqual([
      expect.stringMatching(
        /^worse: calls\/s at 8 users is 1\.02, was 102 \(x 0\.01; noise is up to \d+%\)$/,
      ),
    ]);
    expect(lines.slice(0, 2).filter((line) => line.length > 80)).toEqual([]);
    expect(lines[1]).toMatch(/worse$/);
  });

  test('is a table in Markdown', () => {
    const [head, rule, row] = toComparisonMarkdown(slower);
    expect(new Set([head, rule, row].map(countColumns)).size).toBe(1);
    expect(row).toMatch(/ worse \|$/);
  });

  test('with nothing to compare tells nothing', () => {
    expect(compareBase(base, [], 'b').verdict).toBe('unclear');
  });
});

function toStep(users: number, callsPerSecond: number): RoundStep {
  const round = { p50Ms: 10, p99Ms: 20, cpuUs: 150, failed: 0, wrong: 0 };
  return {
    users,
    rounds: [0, 1, 2, 3, 4].map((index) => ({
      ...round,
      callsPerSecond: callsPerSecond * (1 + index / 100),
    })),
  };
}

function toLongCall(end: string): Parameters<typeof toConditions>[1] {
  return [{ ...call, argumentsText: JSON.stringify({ text: 'x'.repeat(300) + end }) }];
}

function warnOf(machine: Partial<Base['machine']>, name = base.target.name): readonly string[] {
  const now = { machine: { ...base.machine, ...machine }, target: { ...base.target, name } };
  return warnOfDifferences(base, now, 'b');
}

function countColumns(line = ''): number {
  return line.split('|').length;
}
