import { alignColumns, showNumber, toMarkdownTable } from '../report/format.ts';
import type { Comparison, Metric, MetricComparison, StepComparison, Verdict } from './comparison.ts';

const titles: Readonly<Record<Metric, string>> = {
  callsPerSecond: 'calls/s',
  p50Ms: 'p50 ms',
  p99Ms: 'p99 ms',
  cpuUs: 'µs/call',
};

const headlines: Readonly<Record<Verdict, string>> = {
  worse: 'WORSE than',
  better: 'better than',
  same: 'the same, within noise, as',
  unclear: 'too few rounds to compare with',
};

/** The table for a terminal: medians over the rounds, and by how much they changed. */
export function toComparisonText(comparison: Comparison): readonly string[] {
  return [
    describeComparison(comparison),
    ...alignColumns(toComparisonRows(comparison)),
    ...toChanges(comparison),
  ];
}

export function toComparisonMarkdown(comparison: Comparison): readonly string[] {
  return [
    ...toMarkdownTable(toComparisonRows(comparison)),
    '',
    ...toChanges(comparison).map((line) => `- ${line}`),
  ];
}

/** The verdict, and with what it was compared. */
export function describeComparison({
  verdict,
  path,
  savedAt,
  version,
  gateway,
  machine,
}: Comparison): string {
  return `${headlines[verdict]} ${path} (${savedAt.slice(0, 10)}, mcpo-bench ${version}, ${gateway}, Node ${machine.node})`;
}

function toComparisonRows({ steps }: Comparison): readonly (readonly string[])[] {
  // Object.values() and the keys of titles are in the order in which metrics are compared.
  const head = ['users', ...Object.values(titles).flatMap((title) => [title, '']), 'verdict'];
  return [head, ...steps.map(toRow)];
}

function toRow({ users, verdict, metrics }: StepComparison): readonly string[] {
  const cells = metrics.flatMap((each) => [each.now === null ? '-' : showNumber(each.now), showChange(each)]);
  return [String(users), ...cells, verdict];
}

/** What changed, with the noise that it rose above. */
function toChanges({ steps }: Comparison): readonly string[] {
  return steps.flatMap(({ users, metrics }) =>
    metrics
      .filter(({ verdict }) => verdict === 'worse' || verdict === 'better')
      .map((each) => {
        const { metric, before, now, noise, verdict } = each;
        const threshold = noise === null ? '' : `; noise is up to ${Math.round(noise * 100)}%`;
        const at = users === 1 ? '1 user' : `${users} users`;
        return `${verdict}: ${titles[metric]} at ${at} is ${orDash(now)}, was ${orDash(before)} (${showChange(each)}${threshold})`;
      }),
  );
}

/** `+12%`, or `x 2.5` where a part of the value before says little. */
function showChange({ before, now }: MetricComparison): string {
  if (before === null || now === null) return '';
  if (before === 0) return now === 0 ? '+0%' : '';
  const ratio = now / before;
  if (ratio < 2 && ratio > 0.5) return `${ratio < 1 ? '' : '+'}${Math.round((ratio - 1) * 100)}%`;
  return `x ${Number(ratio.toPrecision(2))}`;
}

function orDash(value: number | null): string {
  return value === null ? '-' : showNumber(value);
}
