import { expect, test } from 'vitest';
import { findKnee, toUserSteps } from '../../../bench/run/steps.ts';

test('users double from step to step, up to the most', () => {
  expect(toUserSteps(1)).toEqual([1]);
  expect(toUserSteps(8)).toEqual([1, 2, 4, 8]);
  expect(toUserSteps(100)).toEqual([1, 2, 4, 8, 16, 32, 64, 100]);
});

test('the knee is the step after which no other brings a tenth more', () => {
  expect(kneeOf([100, 200, 390, 400, 395])).toBe(4);
  // It dips, and grows again.
  expect(kneeOf([100, 90, 200, 205])).toBe(4);
});

test('there is no knee while throughput grows, of two steps, or where nothing succeeded', () => {
  expect(kneeOf([100, 200, 400])).toBeNull();
  expect(kneeOf([100, 100])).toBeNull();
  expect(kneeOf([0, 0, 0])).toBeNull();
});

function kneeOf(rates: readonly number[]): number | null {
  return findKnee(rates.map((callsPerSecond, index) => ({ users: 2 ** index, callsPerSecond })));
}
