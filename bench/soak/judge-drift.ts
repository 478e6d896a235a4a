import { median } from '../statistics.ts';
import type { Drift } from './soak-result.ts';

/** A number at a time. */
export interface Point {
  readonly atMs: number;
  readonly value: number;
}

/** What counts as a change over the watched time. */
export interface DriftLimits {
  /** A smaller part of the level is no change. */
  readonly part: number;
  /** Nor is less than this. */
  readonly least: number;
}

/** Changes a ms. */
interface Slope {
  readonly slope: number;
  readonly low: number;
  readonly high: number;
}

/** The start is left out: programs take what they need then. */
const settlingPart = 0.2;
const leastMs = 60_000;
const leastPoints = 20;
/**
 * Neighbouring samples are alike, so that each is little news. The medians of blocks are nearly independent, which the
 * uncertainty of the slope rests on.
 */
const blocks = 10;
/** What may be this many times as large as what counts is not called flat. */
const flatTimes = 5;
/** A second half that rises by less than this part of the whole slope has settled. */
const settledPart = 0.25;
const hourMs = 3_600_000;

/** Where a number goes over time, told from points in order. */
export function judgeDrift(points: readonly Point[], limits: DriftLimits): Drift {
  const level = points.length === 0 ? null : median(points.map(({ value }) => value));
  const from = points[0]?.atMs ?? 0;
  const spanMs = (points.at(-1)?.atMs ?? 0) - from;
  const settled = points.filter(({ atMs }) => atMs >= from + settlingPart * spanMs);
  if (level === null || spanMs < leastMs || settled.length < leastPoints)
    return { kind: 'too-short', level, perHour: null };
  const middles = toBlocks(settled);
  const { slope, low, high } = findSlope(middles);
  const watchedMs = (1 - settlingPart) * spanMs;
  const change = Math.max(limits.least, limits.part * Math.abs(level));
  const drift = (kind: Drift['kind'], told: Slope = { slope, low, high }): Drift => ({
    kind,
    level,
    perHour: { slope: told.slope * hourMs, low: told.low * hourMs, high: told.high * hourMs },
  });
  if (low > 0 && slope * watchedMs > change) {
    const late = findSlope(middles.slice(blocks / 2));
    const isLittle = (late.slope * watchedMs) / 2 <= change && late.slope < settledPart * slope;
    return isLittle ? drift('settles', late) : drift('grows');
  }
  if (high < 0 && slope * watchedMs < -change) return drift('falls');
  const widest = Math.max(Math.abs(low), Math.abs(high)) * watchedMs;
  return drift(widest <= flatTimes * change ? 'flat' : 'unclear');
}

function toBlocks(points: readonly Point[]): readonly Point[] {
  return Array.from({ length: blocks }, (_block, at) => {
    const part = points.slice(
      Math.round((at * points.length) / blocks),
      Math.round(((at + 1) * points.length) / blocks),
    );
    return { atMs: median(part.map(({ atMs }) => atMs)), value: median(part.map(({ value }) => value)) };
  });
}

/**
 * The median of the slopes of all pairs (Theil and Sen), with the interval that Kendall's rank test gives it: an outlier
 * moves neither, and nothing is assumed about how the numbers are spread.
 */
function findSlope(points: readonly Point[]): Slope {
  const slopes = points
    .flatMap((a, at) => points.slice(at + 1).map((b) => (b.value - a.value) / (b.atMs - a.atMs)))
    .toSorted((a, b) => a - b);
  const count = points.length;
  const reach = 1.96 * Math.sqrt((count * (count - 1) * (2 * count + 5)) / 18);
  const first = Math.max(0, Math.floor((slopes.length - reach) / 2));
  return {
    slope: median(slopes),
    low: slopes[first] ?? 0,
    high: slopes[slopes.length - 1 - first] ?? 0,
  };
}
