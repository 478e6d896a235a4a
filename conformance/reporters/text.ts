import type { RunSummary, VerifyEvent } from '../events.ts';
import type { Finding } from '../findings/finding.ts';
import type { Reporter, Write } from './reporter.ts';
import { cut, toPlain, wrap } from './wrap.ts';

const WIDTH = 80;
const SHOWN_LINE = 400;

/** Writes for people: one line a check, then what was found, then the sum. */
export function createTextReporter(write: Write): Reporter {
  const findings: Finding[] = [];
  const uncalled: { readonly tool: string; readonly reason: string }[] = [];
  const say = (text: string): void => write(`${text}\n`);
  return { onEvent };

  function onEvent(event: VerifyEvent): void {
    switch (event.kind) {
      case 'run-started':
        say(wrap(toPlain(event.target), WIDTH, 'Verifying ', '  '));
        say(`seed ${event.seed}, calls: ${event.calls}`);
        return;
      case 'server-started': {
        const { name, version, protocolVersion } = event.server;
        say(`${toPlain(`${name} ${version}`)}, MCP ${toPlain(protocolVersion)}\n`);
        return;
      }
      case 'warning':
        say(wrap(toPlain(event.message), WIDTH, 'warning: ', '  '));
        return;
      case 'tool-listed':
        if (event.use.kind === 'not-called') uncalled.push({ tool: event.tool, reason: event.use.reason });
        return;
      case 'tool-skipped':
        uncalled.push(event);
        return;
      case 'finding':
        findings.push(event.finding);
        return;
      case 'check-finished':
        say(toCheckLine(event));
        return;
      case 'run-finished':
        findings.forEach((finding, index) => say(`\n${toFindingText(finding, index + 1)}`));
        if (uncalled.length > 0) say(`\n${toUncalledText(uncalled)}`);
        say(`\n${toSummaryText(event.summary)}`);
        return;
      case 'tool-fuzzed':
      case 'progress':
      case 'check-started':
    }
  }
}

function toCheckLine({ check, title, verdict }: Extract<VerifyEvent, { kind: 'check-finished' }>): string {
  switch (verdict.kind) {
    case 'passed':
      return wrap(title, WIDTH, `  ok    ${check.padEnd(29)} `, ' '.repeat(38));
    case 'failed':
      return wrap(`${title} (${verdict.findings})`, WIDTH, `  FAIL  ${check.padEnd(29)} `, ' '.repeat(38));
    case 'flaky':
      return wrap(`${title} (${verdict.findings})`, WIDTH, `  flaky ${check.padEnd(29)} `, ' '.repeat(38));
    case 'not-exercised':
      return wrap(`not exercised: ${verdict.reason}`, WIDTH, `  -     ${check.padEnd(29)} `, ' '.repeat(38));
  }
}

function toFindingText(finding: Finding, number: number): string {
  const { severity, isFlaky, tool, requirement, lines } = finding;
  const word = isFlaky ? `flaky ${severity}` : severity;
  const subject = tool === undefined ? '' : ` [${tool}]`;
  const field = (name: string, text: string): string =>
    wrap(toPlain(text), WIDTH, `   ${`${name}:`.padEnd(10)} `, ' '.repeat(14));
  return [
    wrap(toPlain(`${finding.title}${subject}`), WIDTH, `${number}. ${word}: `, '   '),
    field('check', finding.check),
    ...(finding.arguments === undefined
      ? []
      : [field('arguments', cut(JSON.stringify(finding.arguments), SHOWN_LINE))]),
    field('expected', finding.expected),
    field('seen', finding.seen),
    ...lines.map(({ direction, text }) =>
      field(direction === 'sent' ? '-->' : '<--', cut(text, SHOWN_LINE)).replace(':', ' '),
    ),
    field('required', requirement.behaviour),
    field('source', requirement.source),
    // Not wrapped: it is there to be copied.
    `   replay:    ${toPlain(finding.replay)}`,
  ].join('\n');
}

function toUncalledText(uncalled: readonly { readonly tool: string; readonly reason: string }[]): string {
  const byReason = new Map<string, string[]>();
  for (const { tool, reason } of uncalled) byReason.set(reason, [...(byReason.get(reason) ?? []), tool]);
  const groups = [...byReason].map(([reason, tools]) =>
    wrap(toPlain(`${tools.length} because ${reason}: ${tools.join(', ')}`), WIDTH, '  ', '    '),
  );
  const advice = uncalled.some(({ reason }) => reason.includes('read-only'))
    ? ['  (--allow NAME calls one, --calls all calls all of them)']
    : [];
  return [`Not called, so nothing is known of what these tools answer:`, ...groups, ...advice].join('\n');
}

function toSummaryText(summary: RunSummary): string {
  const { checks, findings, tools, requests, durationMs } = summary;
  const counted = [
    `${checks.passed} passed`,
    `${checks.failed} failed`,
    ...(checks.flaky > 0 ? [`${checks.flaky} flaky`] : []),
    `${checks.notExercised} not exercised`,
    ...(checks.notRun > 0 ? [`${checks.notRun} not run`] : []),
  ];
  const flaky = findings.flaky > 0 ? `, ${findings.flaky} flaky` : '';
  return [
    ...(summary.isInterrupted ? ['Interrupted: this is what was found so far.'] : []),
    ...(summary.withoutServer > 0
      ? [`The server could not be started again, ${summary.withoutServer} times.`]
      : []),
    ...(summary.isCutShort ? ['Ended early: --max-failures was reached.'] : []),
    `Checks:   ${counted.join(', ')}`,
    `Tools:    ${tools.called} of ${tools.listed} called`,
    `Findings: ${findings.error} errors, ${findings.warning} warnings${flaky}`,
    `${requests} requests in ${(durationMs / 1000).toFixed(1)} s`,
  ].join('\n');
}
