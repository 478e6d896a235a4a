import { describe, expect, test } from 'vitest';
import { createRandom } from '../../../conformance/random.ts';
import { describeDrift, describeSoak } from '../../../bench/soak/describe-soak.ts';
import { findTrends } from '../../../bench/soak/find-trends.ts';
import { judgeDrift, type Point } from '../../../bench/soak/judge-drift.ts';

const limits = { part: 0.02, least: 1 };
const hourMs = 3_600_000;

/** A point every 10 s, with noise of so many MB either way. */
function watch(minutes: number, valueAt: (hours: number) => number, noise = 0): readonly Point[] {
  const random = createRandom(1, 'noise');
  return Array.from({ length: minutes * 6 + 1 }, (_point, at) => {
    const atMs = at * 10_000;
    const wobble = (noise * random.integer(-1_000, 1_000)) / 1_000;
    return { atMs, value: valueAt(atMs / hourMs) + wobble };
  });
}

describe('the drift of memory', () => {
  test('is flat when it stays within what it varies by', () => {
    const drift = judgeDrift(
      watch(30, () => 100, 2),
      limits,
    );
    expect(drift.kind).toBe('flat');
    expect(drift.perHour?.low).toBeLessThan(0);
    expect(drift.perHour?.high).toBeGreaterThan(0);
  });

  test('is flat, and nothing else, when nothing changes at all', () => {
    const drift = judgeDrift(
      watch(10, () => 30),
      limits,
    );
    expect(drift).toEqual({ kind: 'flat', level: 30, perHour: { slope: 0, low: 0, high: 0 } });
  });

  test('grows by what is leaked, within the uncertainty that is told', () => {
    const drift = judgeDrift(
      watch(30, (hours) => 100 + 60 * hours, 2),
      limits,
    );
    expect(drift.kind).toBe('grows');
    expect(drift.perHour?.low).toBeLessThanOrEqual(60);
    expect(drift.perHour?.high).toBeGreaterThanOrEqual(60);
    expect(drift.perHour?.low).toBeGreaterThan(40);
    expect(drift.perHour?.high).toBeLessThan(80);
  });

  test('falls when it does', () => {
    const points = watch(30, (hours) => 200 - 60 * hours, 2);
    expect(judgeDrift(points, limits).kind).toBe('falls');
  });

  test('is no growth when only the start grows', () => {
    const points = watch(30, (hours) => 60 + Math.min(40, hours * 800), 2);
    expect(judgeDrift(points, limits).kind).toBe('flat');
  });

  test('settles when it grew for longer, and then stopped', () => {
    const points = watch(30, (hours) => 100 - 40 * Math.exp(-hours * 12), 0.2);
    expect(judgeDrift(points, limits).kind).toBe('settles');
  });

  test('is not told from numbers that leap about', () => {
    const points = watch(30, () => 100, 90);
    expect(judgeDrift(points, limits).kind).toBe('unclear');
  });

  test('is moved by no single outlier', () => {
    const points = watch(30, () => 100, 1).map((point, at) =>
      at === 170 ? { ...point, value: 900 } : point,
    );
    expect(judgeDrift(points, limits).kind).toBe('flat');
  });

  test('is too short to say of seconds, however steep', () => {
    const points = Array.from({ length: 60 }, (_point, at) => ({ atMs: at * 50, value: at }));
    expect(judgeDrift(points, limits)).toEqual({ kind: 'too-short', level: 29.5, perHour: null });
    expect(judgeDrift([], limits)).toEqual({ kind: 'too-short', level: null, perHour: null });
  });

  test('is too short to say of few samples, however long', () => {
    const points = Array.from({ length: 10 }, (_point, at) => ({ atMs: at * 600_000, value: at }));
    expect(judgeDrift(points, limits).kind).toBe('too-short');
  });
});

test('what cannot be read has no trend, and the rest is told in words within 80 columns', () => {
  const samples = watch(30, (hours) => 100 + 60 * hours, 1).map(({ atMs, value }) => ({
    atMs,
    gatewayRssMb: value,
    gatewayFiles: 30,
    serverRssMb: null,
    serverFiles: null,
    gatewayLoopLagMs: 0.1,
    p50Ms: 5,
    p99Ms: 9,
    callsPerSecond: 800,
  }));
  const trends = findTrends(samples);
  expect(trends.map(({ what }) => what)).not.toContain('server memory');
  const words = trends.map(describeDrift);
  expect(words[0]).toMatch(/^GROWS by \d+(\.\d)? MB an hour \([\d.]+ to [\d.]+\)$/);
  expect(words[1]).toBe('flat (0 to 0 an hour)');
  const lines = describeSoak({
    users: 4,
    durationMs: 1_800_000,
    seconds: 1_801,
    calls: 9,
    failed: 0,
    wrong: 0,
    failures: [],
    samples,
    trends,
    gatewayEnding: null,
  });
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
  expect(lines[0]).toBe('soak: 4 users for 30.0 min, 9 calls, 0 failed, 0 wrong');
});
