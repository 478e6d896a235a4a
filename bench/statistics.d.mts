/** A number with what it may as well be. */
export interface Estimate {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  readonly coverage: number;
  readonly count: number;
}

export function percentile(samples: ArrayLike<number>, part: number): number;
export function median(samples: ArrayLike<number>): number;
export function estimate(samples: readonly number[]): Estimate;
export function estimateRatio(a: readonly number[], b: readonly number[]): Estimate;
export function estimateDifference(a: readonly number[], b: readonly number[]): Estimate;
export function judge(
  value: Estimate,
  target: { readonly atMost: number } | { readonly atLeast: number },
): { readonly verdict: 'met' | 'missed'; readonly isUncertain: boolean };
