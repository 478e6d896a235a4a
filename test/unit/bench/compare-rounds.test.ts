import { describe, expect, test } from 'vitest';
import { compareRounds, joinVerdicts } from '../../../bench/compare/compare-rounds.ts';
import type { RoundSample, RoundStep } from '../../../bench/compare/comparison.ts';

const rates = [100, 103, 98, 101, 99, 102];

describe('rounds held against rounds', () => {
  test('half of the calls a second is worse, twice as many is better', () => {
    expect(verdictOf('callsPerSecond', rates, scale(rates, 0.5))).toBe('worse');
    expect(verdictOf('callsPerSecond', rates, scale(rates, 2))).toBe('better');
  });

  test.each(['p50Ms', 'p99Ms', 'cpuUs'] as const)('of %s, less is better', (metric) => {
    expect(verdictOf(metric, rates, scale(rates, 2))).toBe('worse');
    expect(verdictOf(metric, rates, scale(rates, 0.5))).toBe('better');
  });

  test('what two runs of one program differ by is the same, however steady the rounds were', () => {
    const steady = [100, 100, 100, 100, 100, 100];
    expect(verdictOf('callsPerSecond', steady, scale(steady, 0.95))).toBe('same');
    expect(verdictOf('callsPerSecond', steady, scale(steady, 0.85))).toBe('worse');
    expect(verdictOf('p99Ms', steady, scale(steady, 1.2))).toBe('same');
  });

  test('the same change is noise where rounds differ as much by themselves', () => {
    const restless = [60, 140, 75, 125, 90, 110];
    expect(verdictOf('callsPerSecond', rates, scale(rates, 0.7))).toBe('worse');
    expect(verdictOf('callsPerSecond', restless, scale(restless, 0.7))).toBe('same');
  });

  test('one odd round decides nothing', () => {
    expect(verdictOf('p50Ms', rates, [100, 101, 99, 102, 98, 900])).toBe('same');
  });

  test('too few rounds, on either side, tell nothing', () => {
    const few = rates.slice(0, 3);
    expect(verdictOf('callsPerSecond', few, scale(rates, 0.1))).toBe('unclear');
    expect(verdictOf('callsPerSecond', rates, scale(few, 0.1))).toBe('unclear');
    expect(verdictOf('callsPerSecond', rates, [])).toBe('unclear');
  });

  test('where nothing came through any more, it is worse; where it does again, better', () => {
    const none = rates.map(() => 0);
    expect(verdictOf('callsPerSecond', rates, none)).toBe('worse');
    expect(verdictOf('callsPerSecond', none, rates)).toBe('better');
    expect(verdictOf('callsPerSecond', none, none)).toBe('same');
  });

  test('what could not be measured is left out of the verdict', () => {
    const [step] = compareRounds([toStep(rates, null)], [toStep(rates, null)]);
    expect(step?.verdict).toBe('same');
    expect(step?.metrics.find(({ metric }) => metric === 'cpuUs')).toMatchObject({
      before: null,
      now: null,
      verdict: 'unclear',
    });
  });

  test('one metric that is worse makes the step, and the run, worse', () => {
    expect(joinVerdicts(['same', 'worse', 'better'])).toBe('worse');
    expect(joinVerdicts(['same', 'better', 'unclear'])).toBe('better');
    expect(joinVerdicts(['unclear', 'same'])).toBe('same');
    expect(joinVerdicts(['unclear'])).toBe('unclear');
    expect(joinVerdicts([])).toBe('unclear');
  });
});

/** What is said of a metric when only that differs. */
function verdictOf(
  metric: 'callsPerSecond' | 'p50Ms' | 'p99Ms' | 'cpuUs',
  before: readonly number[],
  now: readonly number[],
): string | undefined {
  const of = (values: readonly number[]): RoundStep => ({
    users: 4,
    rounds: values.map((value) => ({ ...toSample(100, 100), [metric]: value })),
  });
  const [step] = compareRounds([of(before)], [of(now)]);
  return step?.metrics.find((each) => each.metric === metric)?.verdict;
}

function scale(values: readonly number[], factor: number): readonly number[] {
  return values.map((value) => value * factor);
}

function toStep(values: readonly number[], cpuUs: number | null): RoundStep {
  return { users: 4, rounds: values.map((value) => toSample(value, cpuUs)) };
}

function toSample(value: number, cpuUs: number | null): RoundSample {
  return { callsPerSecond: value, p50Ms: value, p99Ms: value, cpuUs, failed: 0, wrong: 0 };
}
