import type { LoadResult } from '../result.ts';
import type { RoundSample, RoundStep } from './comparison.ts';

/** Measures one side of a comparison, its gateway started for it, with each of so many users. */
export type MeasureRound = (levels: readonly number[], stage: string) => Promise<readonly LoadResult[]>;

/**
 * Measures the sides in turn, so often, so that what drifts meets all of them alike. A round that an abort cut short
 * does not count, for any side.
 */
export async function measureRounds(
  sides: readonly MeasureRound[],
  {
    levels,
    rounds,
    signal,
  }: { readonly levels: readonly number[]; readonly rounds: number; readonly signal: AbortSignal },
): Promise<readonly (readonly RoundStep[])[]> {
  const whole: (readonly (readonly LoadResult[])[])[] = [];
  for (let round = 1; round <= rounds && !signal.aborted; round += 1) {
    const results: (readonly LoadResult[])[] = [];
    for (const measure of sides) {
      if (!signal.aborted) results.push(await measure(levels, `round ${round} of ${rounds}`));
    }
    // What listens to the signal may have set it while this waited.
    if (!(signal.aborted as boolean)) whole.push(results);
  }
  return sides.map((_side, side) =>
    levels.map((users) => ({
      users,
      rounds: whole.flatMap((round) =>
        (round[side] ?? []).filter((each) => each.users === users).map(toSample),
      ),
    })),
  );
}

function toSample({
  calls,
  callsPerSecond,
  latencyMs,
  cpuUsPerCall,
  failed,
  wrong,
}: LoadResult): RoundSample {
  const { gateway, server } = cpuUsPerCall;
  return {
    callsPerSecond,
    p50Ms: calls === 0 ? null : latencyMs.p50,
    p99Ms: calls === 0 ? null : latencyMs.p99,
    cpuUs: gateway === null || server === null ? null : gateway + server,
    failed,
    wrong,
  };
}
