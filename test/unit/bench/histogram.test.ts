import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Histogram } from '../../../bench/histogram.ts';
import { percentile } from '../../../bench/statistics.ts';

const times = fc.array(fc.double({ min: 0.001, max: 600_000, noNaN: true }), { minLength: 1, maxLength: 80 });

test('percentiles are those of the recorded times, at most 0.8 % and 1 µs above', () => {
  fc.assert(
    fc.property(times, fc.double({ min: 0, max: 1, noNaN: true }), (samples, part) => {
      const histogram = toHistogram(samples);
      const exact = percentile(samples, part);
      const found = histogram.percentileMs(part);
      expect(found).toBeGreaterThanOrEqual(exact - 1e-9);
      expect(found).toBeLessThanOrEqual(exact * (1 + 1 / 128) + 0.001);
    }),
  );
});

test('histograms of several workers add up to the histogram of all', () => {
  fc.assert(
    fc.property(times, times, (a, b) => {
      const merged = Histogram.merge([toHistogram(a).pack(), toHistogram(b).pack()]);
      expect(merged.pack()).toEqual(toHistogram([...a, ...b]).pack());
      expect(merged.count).toBe(a.length + b.length);
    }),
  );
});

test('no time at all has percentiles of 0', () => {
  expect(new Histogram().percentileMs(0.99)).toBe(0);
});

function toHistogram(samples: readonly number[]): Histogram {
  const histogram = new Histogram();
  for (const ms of samples) histogram.record(ms);
  return histogram;
}
