/** A number with what it may as well be. */
export interface Estimate {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  /** How sure it is that the true median lies between `low` and `high`, 0 to 1. */
  readonly coverage: number;
  /** How many samples it comes from. */
  readonly count: number;
}

/** What a number is held to. */
export type Limit = { readonly atMost: number } | { readonly atLeast: number };

/**
 * The value that this part of the samples does not exceed (nearest rank).
 *
 * @param samples at least one, in any order
 * @param part 0 to 1
 * @throws RangeError when there is no sample
 */
export function percentile(samples: ArrayLike<number>, part: number): number {
  const sorted = toSorted(samples);
  return at(sorted, Math.max(0, Math.ceil(part * sorted.length) - 1));
}

/**
 * The middle value, or the mean of the two.
 *
 * @throws RangeError when there is no sample
 */
export function median(samples: ArrayLike<number>): number {
  const sorted = toSorted(samples);
  const upper = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? at(sorted, upper) : (at(sorted, upper - 1) + at(sorted, upper)) / 2;
}

/**
 * The median with its interval of order statistics: the narrowest symmetric one that holds the true median with 95 %
 * certainty, or, of fewer than six samples, all of them. Nothing is assumed about how the numbers are spread.
 *
 * @throws RangeError when there is no sample
 */
export function estimate(samples: readonly number[]): Estimate {
  const sorted = toSorted(samples);
  const count = sorted.length;
  let cut = 0;
  while (cut + 1 < count / 2 && coverageOf(count, cut + 1) >= 0.95) cut += 1;
  return {
    median: median(sorted),
    low: at(sorted, cut),
    high: at(sorted, count - 1 - cut),
    coverage: coverageOf(count, cut),
    count,
  };
}

/** The ratios of samples taken in turn, a[i] to b[i]: what both shared at that time falls out. */
export function estimateRatio(a: readonly number[], b: readonly number[]): Estimate {
  return estimate(a.map((value, index) => value / at(b, index)));
}

/** The differences of samples taken in turn, a[i] less b[i]. */
export function estimateDifference(a: readonly number[], b: readonly number[]): Estimate {
  return estimate(a.map((value, index) => value - at(b, index)));
}

/** Whether a limit is kept, by the median; uncertain when the interval reaches across it. */
export function judge(
  value: Estimate,
  limit: Limit,
): { readonly verdict: 'met' | 'missed'; readonly isUncertain: boolean } {
  const isWithin = (number: number): boolean =>
    'atMost' in limit ? number <= limit.atMost : number >= limit.atLeast;
  return {
    verdict: isWithin(value.median) ? 'met' : 'missed',
    isUncertain: isWithin(value.low) !== isWithin(value.high),
  };
}

/** How likely the median lies between the sorted samples `cut` and `count - 1 - cut`: fair coins on either side. */
function coverageOf(count: number, cut: number): number {
  let outside = 0;
  let ways = 1;
  for (let index = 0; index <= cut; index += 1) {
    outside += ways;
    ways = (ways * (count - index)) / (index + 1);
  }
  return Math.max(0, 1 - (2 * outside) / 2 ** count);
}

function toSorted(samples: ArrayLike<number>): Float64Array {
  if (samples.length === 0) throw new RangeError('no samples');
  return Float64Array.from(samples).toSorted();
}

function at(samples: ArrayLike<number>, index: number): number {
  return samples[index] ?? Number.NaN;
}
