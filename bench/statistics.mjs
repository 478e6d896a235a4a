// Small, exact statistics: nothing is assumed about how the numbers are spread.

/**
 * A number with what it may as well be.
 *
 * @typedef {object} Estimate
 * @property {number} median
 * @property {number} low
 * @property {number} high
 * @property {number} coverage how sure it is that the true median lies between `low` and `high`, 0 to 1
 * @property {number} count of samples
 */

/**
 * The value that this part of the samples does not exceed (nearest rank).
 *
 * @param {ArrayLike<number>} samples at least one, in any order
 * @param {number} part 0 to 1
 * @throws {RangeError} when there is no sample
 */
export function percentile(samples, part) {
  if (samples.length === 0) throw new RangeError('no samples');
  const sorted = Float64Array.from(samples).toSorted();
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)];
}

/** The middle value, or the mean of the two. */
export function median(samples) {
  const { length } = samples;
  if (length === 0) throw new RangeError('no samples');
  const sorted = Float64Array.from(samples).toSorted();
  const upper = Math.floor(length / 2);
  return length % 2 === 1 ? sorted[upper] : (sorted[upper - 1] + sorted[upper]) / 2;
}

/**
 * The median with its interval of order statistics: the narrowest symmetric one that holds the true median with 95 %
 * certainty, or, of fewer than six samples, all of them.
 *
 * @param {readonly number[]} samples
 * @returns {Estimate}
 */
export function estimate(samples) {
  const sorted = samples.toSorted((a, b) => a - b);
  const count = sorted.length;
  let cut = 0;
  while (cut + 1 < count / 2 && coverageOf(count, cut + 1) >= 0.95) cut += 1;
  return {
    median: median(sorted),
    low: sorted[cut],
    high: sorted[count - 1 - cut],
    coverage: coverageOf(count, cut),
    count,
  };
}

/** The ratios of samples taken in turn, a[i] to b[i]: what both shared at that time falls out. */
export function estimateRatio(a, b) {
  return estimate(a.map((value, index) => value / b[index]));
}

/** The differences of samples taken in turn, a[i] less b[i]. */
export function estimateDifference(a, b) {
  return estimate(a.map((value, index) => value - b[index]));
}

/**
 * Whether a target is met, by the median; uncertain when the interval reaches across it.
 *
 * @param {Estimate} value
 * @param {{atMost: number} | {atLeast: number}} target
 * @returns {{verdict: 'met' | 'missed', isUncertain: boolean}}
 */
export function judge(value, target) {
  const isWithin = (number) => ('atMost' in target ? number <= target.atMost : number >= target.atLeast);
  return {
    verdict: isWithin(value.median) ? 'met' : 'missed',
    isUncertain: isWithin(value.low) !== isWithin(value.high),
  };
}

/** How likely the median lies between the sorted samples `cut` and `count - 1 - cut`: fair coins on either side. */
function coverageOf(count, cut) {
  let outside = 0;
  let ways = 1;
  for (let index = 0; index <= cut; index += 1) {
    outside += ways;
    ways = (ways * (count - index)) / (index + 1);
  }
  return Math.max(0, 1 - (2 * outside) / 2 ** count);
}
