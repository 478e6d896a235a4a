import { expect, test } from 'vitest';
import { findWarnings } from '../../../bench/run/find-warnings.ts';
import type { Step } from '../../../bench/result.ts';
import { exampleResult } from './example-result.ts';

const [first] = exampleResult.sweep.steps;

test('steps that the load generator did not hold up need no words', () => {
  expect(warn({})).toEqual([]);
});

test('a load generator that computes all the time is said to be the bottleneck', () => {
  const generator = { cores: 0.97, loopLagP50Ms: 0, loopLagP99Ms: 0, workers: 1 };
  expect(warn({ generator })).toEqual([
    expect.stringContaining('was a bottleneck at 1 user (0.97 of a core each)'),
  ]);
});

test('one that is late is said to make latencies longer', () => {
  const generator = { cores: 0.5, loopLagP50Ms: 8, loopLagP99Ms: 9, workers: 1 };
  expect(warn({ generator })).toEqual([expect.stringContaining('was late by 8.0 ms (median) at 1 user')]);
});

test('one whose own work is much of a quick call is said to make the rate lower', () => {
  const latencyMs = { mean: 0.2, p50: 0.19, p90: 0.3, p99: 0.4, max: 1 };
  expect(warn({ latencyMs })).toEqual([expect.stringContaining('more than a fifth of a call at 1 user')]);
});

function warn(changes: Partial<Step>): readonly string[] {
  if (first === undefined) throw new Error('the example has no steps');
  const { machine } = exampleResult;
  return findWarnings([{ ...first, ...changes }], { machine, othersCores: 0, rate: undefined });
}
