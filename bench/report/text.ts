import { describeFaults } from '../faults/describe-faults.ts';
import { describeSoak } from '../soak/describe-soak.ts';
import type { BenchResult, LoadResult, Step } from '../result.ts';
import { toAgainstText } from '../against/show-against.ts';
import { toComparisonText } from '../compare/show-comparison.ts';
import { toVisible } from './visible.ts';
import { alignColumns, showMs, showNumber, toSparkline, wrapText } from './format.ts';

const width = 80;

/** The report for a terminal, within 80 columns. */
export function toText(result: BenchResult): string {
  const paragraphs = [
    describeRun(result),
    toTable(result),
    toCosts(result),
    toPipe(result),
    result.faults === undefined ? [] : describeFaults(result.faults),
    result.soak === undefined ? [] : describeSoak(result.soak),
    result.comparison === undefined ? [] : toComparisonText(result.comparison),
    result.against === undefined ? [] : toAgainstText(result.against),
    toFailures(result.sweep.steps),
    result.warnings.map((warning) => `note: ${warning}`),
    result.assertions.map(({ text, isMet, found }) => `${isMet ? 'ok    ' : 'FAILED'} ${text}: ${found}`),
    result.isInterrupted ? ['Interrupted: this is what was measured until then.'] : [],
  ];
  const texts = paragraphs
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.flatMap((line) => wrapText(toVisible(line), width)).join('\n'));
  return `${texts.join('\n\n')}\n`;
}

function describeRun({ target, work, sweep, options, machine }: BenchResult): readonly string[] {
  const loop =
    sweep.loop === 'closed'
      ? 'closed loop: each user calls again when answered'
      : `open loop: ${options.rate} calls/s are due; late ones count from when they were due`;
  const calls = work.map(
    ({ tool, weight, shownArguments, source }) =>
      `  ${tool}${work.length > 1 ? ` (${showNumber(weight)})` : ''} ${shownArguments.slice(0, 50)}${shownArguments.length > 50 ? '…' : ''} (${source})`,
  );
  return [
    target.kind === 'url' ? target.name : `${target.name} behind ${target.gateway}`,
    loop,
    `${machine.cpu}, ${machine.cores} cores, Node ${machine.node}`,
    ...calls,
  ];
}

function toTable({ sweep: { steps, knee } }: BenchResult): readonly string[] {
  if (steps.length === 0) return [];
  const head = ['users', 'calls/s', 'p50 ms', 'p90 ms', 'p99 ms', 'max ms', 'errors', 'µs/call', 'in flight'];
  const lines = alignColumns([head, ...steps.map(toRow)]);
  if (steps.length < 2) return lines;
  const last = steps.at(-1)?.users;
  const kneeText =
    knee === null
      ? `no knee up to ${last} users`
      : `the knee: past ${knee === 1 ? '1 user' : `${knee} users`}, throughput stops growing`;
  return [...lines, '', `calls/s ${toSparkline(steps.map((step) => step.callsPerSecond))}  ${kneeText}`];
}

function toRow({ users, callsPerSecond, latencyMs, failed, wrong, cpuUsPerCall, inFlight, calls }: Step) {
  const { p50, p90, p99, max } = latencyMs;
  const times = [p50, p90, p99, max].map((ms) => (calls === 0 ? '-' : showNumber(ms)));
  const cells = [String(users), showNumber(callsPerSecond), ...times, String(failed + wrong)];
  return [...cells, orDash(cpuUsPerCall.gateway), orDash(inFlight)];
}

function toCosts({ baseline, sweep }: BenchResult): readonly string[] {
  const lines: string[] = [];
  const last = sweep.steps.at(-1);
  if (baseline !== undefined) {
    const { addedLatencyMs, overhead, throughputRatio, levels } = baseline;
    const one = levels[0];
    if (addedLatencyMs !== null && overhead !== null && one !== undefined) {
      const sign = addedLatencyMs < 0 ? '' : '+';
      lines.push(
        `gateway: ${sign}${showMs(addedLatencyMs)} a call with one user (${showMs(one.latencyMs.p50)} straight over the pipe, x ${showNumber(overhead)})`,
      );
    }
    const most = levels.at(-1);
    if (throughputRatio !== null && most !== undefined) {
      lines.push(
        `gateway: x ${showNumber(throughputRatio)} of the calls/s straight over the pipe (${showNumber(most.callsPerSecond)} with ${most.users} in flight)`,
      );
    }
  }
  if (last !== undefined && last.cpuUsPerCall.gateway !== null) lines.push(describeCpu(last));
  return lines;
}

function describeCpu({ users, cpuUsPerCall: { gateway, server, generator } }: LoadResult): string {
  return `CPU a call at ${users} users: gateway ${orDash(gateway)} µs, server ${orDash(server)} µs, load generator ${orDash(generator)} µs`;
}

function toPipe({ pipelining, headOfLine }: BenchResult): readonly string[] {
  if (pipelining === undefined) return [];
  const { verdict, correlation } = pipelining;
  const lines = [verdict.headline, ...verdict.evidence.map((each) => `  ${each}`)];
  if (headOfLine !== undefined) {
    const { slowTool, fastTool, slowMs, aloneP90Ms, besideP90Ms, blockedBy } = headOfLine;
    const beside = `${fastTool} beside ${slowTool} (${showMs(slowMs)}): p90 ${showMs(besideP90Ms)}, alone ${showMs(aloneP90Ms)}`;
    lines.push(`  ${beside}: ${blockedBy === null ? 'nobody waits for it' : `held up by the ${blockedBy}`}`);
  }
  if (correlation.checked === 0)
    lines.push('  no tool repeats a token: whose answer is whose was not checked');
  else if (correlation.wrong === 0)
    lines.push(`  each of ${correlation.checked} answers was to its own question`);
  else {
    lines.push(
      `  ${correlation.wrong} of ${correlation.checked} answers were WRONG: not to their own question`,
    );
    lines.push(...correlation.examples.map((example) => `    ${example}`));
  }
  return lines;
}

function toFailures(steps: readonly Step[]): readonly string[] {
  const examples = new Map<string, { count: number; example: string }>();
  for (const { what, count, example } of steps.flatMap((step) => step.failures)) {
    const known = examples.get(what);
    if (known === undefined) examples.set(what, { count, example });
    else known.count += count;
  }
  return [...examples].map(
    ([what, { count, example }]) =>
      `${count} calls failed (${what}): ${example.replaceAll(/\s+/g, ' ').slice(0, 160)}`,
  );
}

function orDash(value: number | null): string {
  return value === null ? '-' : showNumber(value);
}
