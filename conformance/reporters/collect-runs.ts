import type { KnownFinding } from '../baseline/known-finding.ts';
import type { CheckVerdict, RunSummary, ToolUse, VerifyEvent } from '../events.ts';
import type { Finding } from '../findings/finding.ts';
import type { ServerFacts } from '../target/server-facts.ts';

type EventOf<Kind extends VerifyEvent['kind']> = Extract<VerifyEvent, { kind: Kind }>;

/** All that the events of one run said; members that were not reached are absent. */
export interface RunReport {
  readonly run: Omit<EventOf<'run-started'>, 'kind'>;
  readonly server?: ServerFacts;
  /** Why there is nothing else. */
  readonly failure?: Omit<EventOf<'run-failed'>, 'kind'>;
  readonly warnings: readonly string[];
  readonly tools: readonly ToolReport[];
  /** In the order in which they ended. */
  readonly checks: readonly CheckReport[];
  readonly fuzzing: readonly FuzzingReport[];
  readonly findings: readonly Finding[];
  /** Findings of the baseline that were looked for in vain; absent when there are none. */
  readonly gone?: readonly KnownFinding[];
  /** Absent when the run came to no end. */
  readonly summary?: RunSummary;
}

/** A tool, and whether it was called. */
export interface ToolReport {
  readonly name: string;
  readonly use: ToolUse;
}

/** How a check went. */
export interface CheckReport {
  readonly id: string;
  readonly title: string;
  readonly verdict: CheckVerdict;
  /** Tools that it was tried on; absent when it is about the server as a whole. */
  readonly tools?: readonly string[];
}

/** A phase of the fuzzing of a tool. */
export type FuzzingReport = Omit<EventOf<'tool-fuzzed'>, 'kind'>;

/** Collects runs from their events. */
export interface RunCollector {
  readonly onEvent: (event: VerifyEvent) => void;
  /** So far. */
  readonly runs: readonly RunReport[];
}

export function collectRuns(): RunCollector {
  const runs: Draft[] = [];
  return {
    runs,
    onEvent: (event) => {
      if (event.kind === 'run-started') {
        const { kind: _kind, ...run } = event;
        runs.push({ run, warnings: [], tools: [], checks: [], fuzzing: [], findings: [] });
        return;
      }
      const current = runs.at(-1);
      if (current !== undefined) collect(current, event);
    },
  };
}

/** The name by which people know the server of a run: the one that they gave it, and what it says of itself. */
export function toRunName({ run, server }: RunReport): string {
  const own =
    server === undefined || server.name === '' ? undefined : `${server.name} ${server.version}`.trim();
  if (run.server === undefined) return own ?? run.target;
  return own === undefined ? run.server : `${run.server} (${own})`;
}

type Draft = {
  -readonly [Key in keyof RunReport]: RunReport[Key] extends readonly (infer Item)[]
    ? Item[]
    : RunReport[Key];
};

function collect(report: Draft, event: Exclude<VerifyEvent, { kind: 'run-started' }>): void {
  switch (event.kind) {
    case 'server-started':
      report.server = event.server;
      return;
    case 'run-failed':
      report.failure = { message: event.message, stderrTail: event.stderrTail };
      return;
    case 'warning':
      report.warnings.push(event.message);
      return;
    case 'tool-listed':
      report.tools.push({ name: event.tool, use: event.use });
      return;
    case 'tool-skipped': {
      const at = report.tools.findIndex(({ name }) => name === event.tool);
      const skipped: ToolReport = { name: event.tool, use: { kind: 'not-called', reason: event.reason } };
      if (at !== -1) report.tools[at] = skipped;
      return;
    }
    case 'check-finished': {
      const { check: id, title, verdict, tools } = event;
      report.checks.push({ id, title, verdict, ...(tools !== undefined && { tools }) });
      return;
    }
    case 'finding':
      report.findings.push(event.finding);
      return;
    case 'known-gone':
      report.gone = [...(report.gone ?? []), event.known];
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
