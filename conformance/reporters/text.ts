import type { VerifyEvent } from '../events.ts';
import { collectRuns, type RunReport, type ToolReport } from './collect-runs.ts';
import type { Reporter, Write } from './reporter.ts';
import { sumRuns } from './sum-runs.ts';
import { toFindingText } from './text/finding-text.ts';
import { toFuzzingText } from './text/fuzzing-text.ts';
import { toGoneText } from './text/gone-text.ts';
import { createPaint, type Paint } from './text/paint.ts';
import { toSummaryText, toSumText } from './text/summary-text.ts';
import { toPlain, wrap } from './wrap.ts';

const WIDTH = 80;

export interface TextOptions {
  /** @default false */
  readonly isColoured?: boolean;
}

/** Writes for people: one line a check, then what was found, then the sum. */
export function createTextReporter(write: Write, { isColoured = false }: TextOptions = {}): Reporter {
  const collector = collectRuns();
  const paint = createPaint(isColoured);
  const say = (text: string): void => write(`${text}\n`);
  return {
    onEvent: (event) => {
      collector.onEvent(event);
      const run = collector.runs.at(-1);
      if (run !== undefined) tell(event, run);
    },
    onEnd: () => {
      const { runs } = collector;
      if (runs.length > 1) say(`\n${paint.strong(wrap(toSumText(sumRuns(runs)), WIDTH, '', '  '))}`);
    },
  };

  function tell(event: VerifyEvent, run: RunReport): void {
    switch (event.kind) {
      case 'run-started':
        if (collector.runs.length > 1) say(`\n${'='.repeat(WIDTH)}\n`);
        say(wrap(toPlain(event.target), WIDTH, 'Verifying ', '  '));
        say(`seed ${event.seed}, calls: ${event.calls}`);
        return;
      case 'server-started': {
        const { name, version, protocolVersion } = event.server;
        const text = `${`${name} ${version}`.trim()}, MCP ${protocolVersion}`;
        say(`${wrap(toPlain(text), WIDTH, '', '  ')}\n`);
        return;
      }
      case 'run-failed':
        say(paint.bad(wrap(toPlain(event.message), WIDTH, 'Not verified: ', '  ')));
        for (const line of event.stderrTail)
          say(wrap(toPlain(line), WIDTH, '  | ', '  | ', { breaksWords: true }));
        return;
      case 'warning':
        say(wrap(toPlain(event.message), WIDTH, 'warning: ', '  '));
        return;
      case 'check-finished':
        say(toCheckLine(event, paint));
        return;
      case 'run-finished':
        run.findings.forEach((finding, at) => say(`\n${toFindingText(finding, at + 1, WIDTH, paint)}`));
        if (run.fuzzing.length > 0) say(`\n${toFuzzingText(run.fuzzing, WIDTH)}`);
        sayUncalled(run.tools);
        if (run.gone !== undefined) say(`\n${paint.bad(toGoneText(run.gone, WIDTH))}`);
        say(`\n${toSummaryText(event.summary)}`);
        return;
      case 'known-gone':
      case 'tool-listed':
      case 'tool-skipped':
      case 'finding':
      case 'tool-fuzzed':
      case 'progress':
      case 'check-started':
    }
  }

  function sayUncalled(tools: readonly ToolReport[]): void {
    const text = toUncalledText(tools);
    if (text !== undefined) say(`\n${text}`);
  }
}

function toCheckLine(
  { check, title, verdict }: Extract<VerifyEvent, { kind: 'check-finished' }>,
  paint: Paint,
): string {
  const line = (word: string, text: string): string =>
    wrap(toPlain(text), WIDTH, `  ${word.padEnd(5)} ${check.padEnd(29)} `, ' '.repeat(38));
  switch (verdict.kind) {
    case 'passed':
      return line('ok', title).replace('ok', paint.good('ok'));
    case 'failed':
      return line('FAIL', `${title} (${verdict.findings})`).replace('FAIL', paint.bad('FAIL'));
    case 'known':
      return line('known', `${title} (${verdict.findings})`).replace('known', paint.doubtful('known'));
    case 'flaky':
      return line('flaky', `${title} (${verdict.findings})`).replace('flaky', paint.doubtful('flaky'));
    case 'not-exercised':
      return paint.faint(line('-', `not exercised: ${verdict.reason}`));
  }
}

function toUncalledText(tools: readonly ToolReport[]): string | undefined {
  const byReason = new Map<string, string[]>();
  for (const { name, use } of tools) {
    if (use.kind === 'called') continue;
    byReason.set(use.reason, [...(byReason.get(use.reason) ?? []), name]);
  }
  if (byReason.size === 0) return undefined;
  const groups = [...byReason].map(([reason, names]) =>
    wrap(toPlain(`${names.length} because ${reason}: ${names.join(', ')}`), WIDTH, '  ', '    ', {
      breaksWords: true,
    }),
  );
  const advice = [...byReason.keys()].some((reason) => reason.includes('read-only'))
    ? ['  (--allow NAME calls one, --calls all calls all of them)']
    : [];
  return [
    `Not called as they should be, so nothing is known of what these tools answer:`,
    ...groups,
    ...advice,
  ].join('\n');
}
