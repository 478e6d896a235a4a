import type { CheckVerdict, RunSummary, ToolUse, VerifyEvent } from '../events.ts';
import type { Finding } from '../findings/finding.ts';
import type { Reporter, Write } from './reporter.ts';

/** A run as one document; members that were not reached are absent. */
interface JsonReport {
  run?: Omit<Extract<VerifyEvent, { kind: 'run-started' }>, 'kind'>;
  server?: Extract<VerifyEvent, { kind: 'server-started' }>['server'];
  readonly warnings: string[];
  readonly tools: { readonly name: string; use: ToolUse }[];
  readonly checks: { readonly id: string; readonly title: string; readonly verdict: CheckVerdict }[];
  readonly fuzzing: Omit<Extract<VerifyEvent, { kind: 'tool-fuzzed' }>, 'kind'>[];
  readonly findings: Finding[];
  summary?: RunSummary;
}

/** Writes one JSON document at the end of the run. */
export function createJsonReporter(write: Write): Reporter {
  const report: JsonReport = { warnings: [], tools: [], checks: [], fuzzing: [], findings: [] };
  return {
    onEvent: (event) => {
      collect(report, event);
      if (event.kind === 'run-finished') write(`${JSON.stringify(report, null, 2)}\n`);
    },
  };
}

function collect(report: JsonReport, event: VerifyEvent): void {
  switch (event.kind) {
    case 'run-started': {
      const { kind: _kind, ...run } = event;
      report.run = run;
      return;
    }
    case 'server-started':
      report.server = event.server;
      return;
    case 'warning':
      report.warnings.push(event.message);
      return;
    case 'tool-listed':
      report.tools.push({ name: event.tool, use: event.use });
      return;
    case 'tool-skipped': {
      const tool = report.tools.find(({ name }) => name === event.tool);
      if (tool !== undefined) tool.use = { kind: 'not-called', reason: event.reason };
      return;
    }
    case 'check-finished':
      report.checks.push({ id: event.check, title: event.title, verdict: event.verdict });
      return;
    case 'finding':
      report.findings.push(event.finding);
      return;
    case 'run-finished':
      report.summary = event.summary;
      return;
    case 'tool-fuzzed': {
      const { kind: _kind, ...fuzzed } = event;
      report.fuzzing.push(fuzzed);
      return;
    }
    case 'progress':
    case 'check-started':
  }
}
