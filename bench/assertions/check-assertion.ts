import type { AssertionResult, BenchResult, LoadResult } from '../result.ts';
import { isWithin, type Assertion, type Metric } from './assertion.ts';

/** Holds a run against a line; what was not measured is not met. */
export function checkAssertion(assertion: Assertion, result: BenchResult): AssertionResult {
  const { text } = assertion;
  const found = read(assertion, result);
  if (found.value === undefined || Number.isNaN(found.value)) {
    return { text, isMet: false, found: `${assertion.metric} was not measured: ${found.words}` };
  }
  return { text, isMet: isWithin(found.value, assertion), found: `${assertion.metric} is ${found.words}` };
}

interface Found {
  readonly value: number | undefined;
  /** What was found, or why nothing was. */
  readonly words: string;
}

function read(assertion: Assertion, result: BenchResult): Found {
  const { metric, users, per } = assertion;
  if (metric === 'pipelining')
    return toFound(result.pipelining?.pipelining, '', 'no check of pipelining was made');
  if (metric === 'overhead')
    return toFound(result.baseline?.overhead ?? undefined, 'x', 'there is no baseline');
  if (metric === 'recovery' || metric === 'lost' || metric === 'budget') return readFaults(metric, result);
  const steps = result.sweep.steps.filter((each) => users === undefined || each.users === users);
  if (metric === 'errors' || metric === 'wrong') {
    const count = sum(steps, metric) + (metric === 'wrong' ? wrongBesideSteps(result) : 0);
    if (steps.length === 0) return { value: undefined, words: missing(users) };
    const all = steps.reduce((total, { calls, failed, wrong }) => total + calls + failed + wrong, 0);
    return per === 'calls' ? toPercent(count / all) : toFound(count, '', '');
  }
  const step =
    metric === 'throughput' && users === undefined && per === 'nothing' ? best(steps) : steps.at(-1);
  if (step === undefined || step.calls === 0) return { value: undefined, words: missing(users) };
  const value = valueOf(metric, step);
  const place = `at ${step.users === 1 ? '1 user' : `${step.users} users`}`;
  if (per !== 'baseline') return toFound(value, `${unitOf(metric)} ${place}`, 'it cannot be read here');
  const level = result.baseline?.levels.find((each) => each.users === step.users);
  if (level === undefined || level.calls === 0)
    return { value: undefined, words: `there is no baseline ${place}` };
  const ratio = (value ?? Number.NaN) / (valueOf(metric, level) ?? Number.NaN);
  return toFound(ratio, `x baseline ${place}`, 'it cannot be read here');
}

function readFaults(metric: 'recovery' | 'lost' | 'budget', { faults }: BenchResult): Found {
  if (faults === undefined) return { value: undefined, words: 'add --faults' };
  const { recovery, lost, failedShare } = faults;
  if (metric === 'lost') return toFound(lost, '', '');
  if (metric === 'budget') {
    return failedShare === null ? { value: undefined, words: 'no call was made' } : toPercent(failedShare);
  }
  return toFound(recovery?.firstSuccessMs ?? undefined, ' ms', 'no call succeeded after the kill');
}

function valueOf(
  metric: Metric,
  { latencyMs, callsPerSecond, cpuUsPerCall }: LoadResult,
): number | undefined {
  switch (metric) {
    case 'p50':
    case 'p90':
    case 'p99':
    case 'max':
    case 'mean':
      return latencyMs[metric];
    case 'throughput':
      return callsPerSecond;
    case 'cpu':
      return cpuUsPerCall.gateway ?? undefined;
    default:
      return undefined;
  }
}

function unitOf(metric: Metric): string {
  if (metric === 'throughput') return ' calls/s';
  return metric === 'cpu' ? ' µs a call' : ' ms';
}

function toFound(value: number | undefined, unit: string, otherwise: string): Found {
  return { value, words: value === undefined ? otherwise : `${Number(value.toPrecision(3))}${unit}` };
}

function toPercent(part: number): Found {
  return { value: part, words: `${Number((part * 100).toPrecision(3))} % of all calls` };
}

function sum(steps: readonly LoadResult[], metric: 'errors' | 'wrong'): number {
  return steps.reduce((total, { failed, wrong }) => total + (metric === 'errors' ? failed : wrong), 0);
}

function wrongBesideSteps({ pipelining, faults, soak }: BenchResult): number {
  return (pipelining?.correlation.wrong ?? 0) + (faults?.wrong ?? 0) + (soak?.wrong ?? 0);
}

function best(steps: BenchResult['sweep']['steps']): BenchResult['sweep']['steps'][number] | undefined {
  return steps.toSorted((a, b) => b.callsPerSecond - a.callsPerSecond)[0];
}

function missing(users: number | undefined): string {
  return users === undefined ? 'no step was made' : `no step had ${users} users`;
}
