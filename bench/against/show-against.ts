import { alignColumns, showNumber, toMarkdownTable } from '../report/format.ts';
import type { AgainstResult, AgainstStep, Pair } from './against-result.ts';

const titles = { callsPerSecond: 'calls/s', p50Ms: 'p50 ms', cpuUs: 'CPU µs/call' } as const;

/** The table for a terminal, with what A and B are. */
export function toAgainstText(against: AgainstResult): readonly string[] {
  return [
    `A: ${against.gateway}`,
    `B: ${against.other}`,
    ...alignColumns(toAgainstRows(against)),
    ...toAgainstNotes(against),
  ];
}

export function toAgainstMarkdown(against: AgainstResult): readonly string[] {
  return [...toMarkdownTable(toAgainstRows(against)), ''];
}

/** What has to be known to judge the numbers. */
export function toAgainstNotes({ rounds, steps }: AgainstResult): readonly string[] {
  const failed = steps.reduce((sum, step) => sum + step.failed, 0);
  const otherFailed = steps.reduce((sum, step) => sum + step.otherFailed, 0);
  const coverage = steps[0]?.callsPerSecond?.ratio.coverage;
  const certainty =
    coverage === undefined
      ? ''
      : `; the interval holds the ratio with ${Math.floor(coverage * 100)} % certainty`;
  return [
    `${rounds === 1 ? '1 round' : `${rounds} rounds`} of each in turn, A B A B${certainty}; CPU is of gateway and server together`,
    ...(failed + otherFailed === 0
      ? []
      : [`calls that failed, and count nowhere: A ${failed}, B ${otherFailed}`]),
  ];
}

/** Rows of a table, the head first; the ratio is of the gateway to the other one. */
function toAgainstRows({ steps }: AgainstResult): readonly (readonly string[])[] {
  const head = ['users', 'metric', 'A', 'B', 'A / B', 'interval'];
  return [head, ...steps.flatMap(toRows)];
}

function toRows(step: AgainstStep): readonly (readonly string[])[] {
  // Object.keys() forgets that these are the keys.
  const keys = Object.keys(titles) as (keyof typeof titles)[];
  return keys.map((key) => [String(step.users), titles[key], ...toCells(step[key])]);
}

function toCells(pair: Pair | null): readonly string[] {
  if (pair === null) return ['-', '-', '-', '-'];
  const { ours, other, ratio } = pair;
  const interval = `${showNumber(ratio.low)} to ${showNumber(ratio.high)}`;
  return [showNumber(ours), showNumber(other), `x ${showNumber(ratio.median)}`, interval];
}
