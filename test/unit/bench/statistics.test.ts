import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  estimate,
  estimateDifference,
  estimateRatio,
  judge,
  median,
  percentile,
} from '../../../bench/statistics.ts';

const finite = fc.double({ min: -1e9, max: 1e9, noNaN: true });
const samplesOf = (minLength: number): fc.Arbitrary<number[]> =>
  fc.array(finite, { minLength, maxLength: 60 });

describe('percentiles', () => {
  test('are samples, by nearest rank, whatever the order', () => {
    const samples = [50, 15, 40, 20, 35];
    expect([0, 0.3, 0.4, 0.5, 0.99, 1].map((part) => percentile(samples, part))).toEqual([
      15, 20, 20, 35, 50, 50,
    ]);
    expect(samples).toEqual([50, 15, 40, 20, 35]);
  });

  test('leave no more than their part below them', () => {
    fc.assert(
      fc.property(samplesOf(1), fc.double({ min: 0, max: 1, noNaN: true }), (samples, part) => {
        const value = percentile(samples, part);
        expect(samples).toContain(value);
        expect(samples.filter((each) => each < value).length).toBeLessThanOrEqual(part * samples.length);
      }),
    );
  });

  test('and medians of nothing are refused', () => {
    expect(() => percentile([], 0.5)).toThrow(RangeError);
    expect(() => median([])).toThrow(RangeError);
  });
});

describe('an estimate', () => {
  test('has the middle as its median', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });

  // Tables of the sign test give these ranks for 95 %.
  test.each([
    [6, 1, 0.96875],
    [8, 1, 0.9921875],
    [9, 2, 0.9609375],
    [12, 3, 0.961426],
    [20, 6, 0.958611],
  ])('of %i samples reaches from number %i to its mirror', (count, first, coverage) => {
    const samples = Array.from({ length: count }, (_sample, index) => index + 1);
    expect(estimate(samples)).toMatchObject({ low: first, high: count + 1 - first, count });
    expect(estimate(samples).coverage).toBeCloseTo(coverage, 5);
  });

  test('of fewer than six samples takes all of them, and says how little that is', () => {
    expect(estimate([2, 3, 1])).toEqual({ median: 2, low: 1, high: 3, coverage: 0.75, count: 3 });
    expect(estimate([7])).toEqual({ median: 7, low: 7, high: 7, coverage: 0, count: 1 });
  });

  test('holds its median, does not depend on the order, and is at least 95 % sure from six samples on', () => {
    fc.assert(
      fc.property(samplesOf(6), (samples) => {
        const value = estimate(samples);
        expect(value.low).toBeLessThanOrEqual(value.median);
        expect(value.median).toBeLessThanOrEqual(value.high);
        expect(value.coverage).toBeGreaterThanOrEqual(0.95);
        expect(estimate(samples.toReversed())).toEqual(value);
      }),
    );
  });

  test('of pairs drops what both share', () => {
    const busy = [1, 5, 2, 9, 1, 3];
    const ratio = estimateRatio(
      busy.map((each) => 3 * each),
      busy.map((each) => 2 * each),
    );
    expect(ratio).toMatchObject({ median: 1.5, low: 1.5, high: 1.5 });
    const difference = estimateDifference(
      busy.map((each) => each + 4),
      busy,
    );
    expect(difference).toMatchObject({ median: 4, low: 4, high: 4 });
  });
});

describe('a verdict', () => {
  const value = { median: 1.4, low: 1.3, high: 1.6, coverage: 0.97, count: 6 };

  test('goes by the median, and is uncertain when the interval reaches across the target', () => {
    expect(judge(value, { atMost: 1.5 })).toEqual({ verdict: 'met', isUncertain: true });
    expect(judge(value, { atMost: 1.35 })).toEqual({ verdict: 'missed', isUncertain: true });
    expect(judge(value, { atMost: 2 })).toEqual({ verdict: 'met', isUncertain: false });
    expect(judge(value, { atLeast: 2 })).toEqual({ verdict: 'missed', isUncertain: false });
    expect(judge(value, { atLeast: 1.3 })).toEqual({ verdict: 'met', isUncertain: false });
  });
});
