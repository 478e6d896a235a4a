import { estimate, median } from '../statistics.ts';
import type {
  Metric,
  MetricComparison,
  RoundSample,
  RoundStep,
  StepComparison,
  Verdict,
} from './comparison.ts';

/** With fewer on either side, nothing is told. */
const leastRounds = 4;

/** Two runs of one program differ by as much, whatever their own rounds say: a tail more than a median. */
const leastChange: Readonly<Record<Metric, number>> = {
  callsPerSecond: 0.1,
  p50Ms: 0.1,
  p99Ms: 0.25,
  cpuUs: 0.1,
};

/** How many standard errors of the difference are still noise. */
const errors = 3;

/** Steps with the same users, held against each other. */
export function compareRounds(
  before: readonly RoundStep[],
  now: readonly RoundStep[],
): readonly StepComparison[] {
  return now.flatMap(({ users, rounds }) => {
    const old = before.find((step) => step.users === users);
    if (old === undefined) return [];
    // Object.keys() forgets that these are the metrics.
    const metrics = (Object.keys(leastChange) as Metric[]).map((metric) =>
      compareMetric(metric, pick(old.rounds, metric), pick(rounds, metric)),
    );
    return [{ users, metrics, verdict: joinVerdicts(metrics.map(({ verdict }) => verdict)) }];
  });
}

/** Worse when any is; else better when any is; else the same, unless nothing could be told. */
export function joinVerdicts(verdicts: readonly Verdict[]): Verdict {
  const order: readonly Verdict[] = ['worse', 'better', 'same'];
  return order.find((verdict) => verdicts.includes(verdict)) ?? 'unclear';
}

/**
 * Something changed only when three things hold: the medians differ by more than two runs of one program do, by more
 * than the spread of the rounds explains, and the rounds of the one do not reach into those of the other.
 */
function compareMetric(metric: Metric, before: readonly number[], now: readonly number[]): MetricComparison {
  const medians = { before: medianOf(before), now: medianOf(now) };
  if (before.length < leastRounds || now.length < leastRounds) {
    return { metric, ...medians, noise: null, verdict: 'unclear' };
  }
  const [old, fresh] = [estimate(before), estimate(now)];
  const noise = Math.max(leastChange[metric], errors * Math.hypot(errorOf(before), errorOf(now)));
  const isApart = fresh.low > old.high || fresh.high < old.low;
  // Half as much is as far away as twice as much.
  const [less, more] = [old.median, fresh.median].toSorted((a, b) => a - b);
  const isChanged = isApart && Number(more) > (1 + noise) * Number(less);
  const verdict = toVerdict(isChanged ? fresh.median - old.median : 0, metric);
  return { metric, ...medians, noise, verdict };
}

function toVerdict(change: number, metric: Metric): Verdict {
  if (change === 0) return 'same';
  const isMoreBetter = metric === 'callsPerSecond';
  return change > 0 === isMoreBetter ? 'better' : 'worse';
}

/** The standard error of the median, as a part of it, by the distances from it: one odd round does not widen it much. */
function errorOf(values: readonly number[]): number {
  const middle = median(values);
  const distance = median(values.map((value) => Math.abs(value - middle)));
  // 1.4826: distance to standard deviation, 1.2533: of a mean to that of a median, both of a normal distribution.
  const error = (1.2533 * 1.4826 * distance) / Math.sqrt(values.length);
  return error === 0 ? 0 : error / middle;
}

function medianOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : median(values);
}

function pick(rounds: readonly RoundSample[], metric: Metric): readonly number[] {
  return rounds.map((round) => round[metric]).filter((value) => value !== null);
}
