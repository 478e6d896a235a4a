import type { Baseline, LoadResult, Step } from '../result.ts';

/** What the gateway costs: its steps against the same calls without it. */
export function compareBaseline(levels: readonly LoadResult[], steps: readonly Step[]): Baseline {
  const [directOne, one] = pair(levels, steps, 1);
  const most = steps.at(-1)?.users ?? 0;
  const [directMost, behindMost] = pair(levels, steps, most);
  return {
    levels,
    addedLatencyMs:
      directOne === undefined || one === undefined ? null : one.latencyMs.p50 - directOne.latencyMs.p50,
    overhead:
      directOne === undefined || one === undefined ? null : one.latencyMs.p50 / directOne.latencyMs.p50,
    throughputRatio:
      directMost === undefined || behindMost === undefined
        ? null
        : behindMost.callsPerSecond / directMost.callsPerSecond,
  };
}

/** The results with so many users, where both have any. */
function pair(
  levels: readonly LoadResult[],
  steps: readonly Step[],
  users: number,
): readonly [LoadResult | undefined, LoadResult | undefined] {
  const of = (all: readonly LoadResult[]): LoadResult | undefined =>
    all.find((each) => each.users === users && each.calls > 0);
  return [of(levels), of(steps)];
}
