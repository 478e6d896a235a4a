import type { Metric, RoundSample, RoundStep } from '../compare/comparison.ts';
import { estimateRatio, median } from '../statistics.ts';
import type { AgainstResult, AgainstStep, Pair } from './against-result.ts';

/** Holds rounds taken in turn against each other, pair by pair. */
export function compareGateways(
  ours: readonly RoundStep[],
  other: readonly RoundStep[],
): Pick<AgainstResult, 'rounds' | 'steps'> {
  const steps = ours.flatMap(({ users, rounds }): readonly AgainstStep[] => {
    const theirs = other.find((step) => step.users === users)?.rounds ?? [];
    if (rounds.length === 0 || theirs.length === 0) return [];
    return [
      {
        users,
        callsPerSecond: pair(rounds, theirs, 'callsPerSecond'),
        p50Ms: pair(rounds, theirs, 'p50Ms'),
        cpuUs: pair(rounds, theirs, 'cpuUs'),
        failed: countFailed(rounds),
        otherFailed: countFailed(theirs),
      },
    ];
  });
  return { rounds: Math.max(0, ...ours.map((step) => step.rounds.length)), steps };
}

function pair(ours: readonly RoundSample[], other: readonly RoundSample[], metric: Metric): Pair | null {
  const a: number[] = [];
  const b: number[] = [];
  for (const [index, round] of ours.entries()) {
    const [value, theirs] = [round[metric], other[index]?.[metric] ?? null];
    // A ratio to nothing says nothing.
    if (value === null || theirs === null || theirs === 0) continue;
    a.push(value);
    b.push(theirs);
  }
  return a.length === 0 ? null : { ours: median(a), other: median(b), ratio: estimateRatio(a, b) };
}

function countFailed(rounds: readonly RoundSample[]): number {
  return rounds.reduce((sum, { failed, wrong }) => sum + failed + wrong, 0);
}
