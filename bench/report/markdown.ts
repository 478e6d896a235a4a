import { describeFaults } from '../faults/describe-faults.ts';
import { describeSoak } from '../soak/describe-soak.ts';
import type { BenchResult, Step } from '../result.ts';
import { toAgainstMarkdown, toAgainstNotes } from '../against/show-against.ts';
import { describeComparison, toComparisonMarkdown } from '../compare/show-comparison.ts';
import { showMs, showNumber } from './format.ts';

/** A table and the verdict, for a comment or a step summary. */
export function toMarkdown(result: BenchResult): string {
  const { target, sweep, pipelining, baseline, warnings, assertions } = result;
  const addedMs = baseline?.addedLatencyMs ?? null;
  const lines = [
    `## mcpo-bench: ${escape(target.name)}`,
    '',
    '| users | calls/s | p50 | p90 | p99 | max | errors | gateway CPU a call |',
    '| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...sweep.steps.map(toRow),
    '',
    ...(sweep.knee === null ? [] : [`Past ${sweep.knee} users, throughput stops growing.`, '']),
    ...(pipelining === undefined ? [] : [`**${escape(pipelining.verdict.headline)}**`, '']),
    ...(pipelining?.verdict.evidence ?? []).map((each) => `- ${escape(each)}`),
    ...(addedMs === null ? [] : [`- the gateway adds ${showMs(addedMs)} a call`]),
    ...toComparisons(result),
    ...toListed(result),
    ...warnings.map((warning) => `- note: ${escape(warning)}`),
    ...assertions.map(
      ({ text, isMet, found }) => `- ${isMet ? 'ok' : '**failed**'} \`${text}\`: ${escape(found)}`,
    ),
  ];
  return `${lines.join('\n')}\n`;
}

function toComparisons({ comparison, against }: BenchResult): readonly string[] {
  return [
    ...(comparison === undefined
      ? []
      : ['', `**${escape(describeComparison(comparison))}**`, '', ...toComparisonMarkdown(comparison), '']),
    ...(against === undefined
      ? []
      : [
          '',
          `**A: ${escape(against.gateway)}, B: ${escape(against.other)}**`,
          '',
          ...toAgainstMarkdown(against),
          ...toAgainstNotes(against).map((note) => `- ${escape(note)}`),
        ]),
  ];
}

/** What must not be told by a table alone. */
function toListed({ faults, soak }: BenchResult): readonly string[] {
  return [
    ...(faults === undefined ? [] : describeFaults(faults)),
    ...(soak === undefined ? [] : describeSoak(soak)),
  ].map((line) => `- ${escape(line.trim().replaceAll(/ {2,}/g, ' '))}`);
}

function toRow({ users, callsPerSecond, latencyMs, failed, wrong, cpuUsPerCall: { gateway } }: Step): string {
  const times = [latencyMs.p50, latencyMs.p90, latencyMs.p99, latencyMs.max].map(showMs);
  const cpu = gateway === null ? '-' : `${showNumber(gateway)} µs`;
  return `| ${[users, showNumber(callsPerSecond), ...times, failed + wrong, cpu].join(' | ')} |`;
}

function escape(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]<>|#]/g, String.raw`\$&`).replaceAll('\n', ' ');
}
