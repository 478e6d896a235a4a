import { phases, type Phase } from '../fuzzing/test-call.ts';
import type { FuzzingReport } from './collect-runs.ts';

/** What the fuzzing of one tool came to. */
export interface FuzzingRow {
  readonly tool: string;
  /** By phase; a phase that was left out is absent. */
  readonly phases: ReadonlyMap<Phase, FuzzingReport>;
  readonly sent: number;
  /** Of all phases together. */
  readonly callsPerSecond: number;
  readonly isCutShort: boolean;
  readonly untestable: FuzzingReport['untestable'];
}

/** One row a tool, in the order in which they were fuzzed. */
export function toFuzzingRows(fuzzing: readonly FuzzingReport[]): readonly FuzzingRow[] {
  const byTool = new Map<string, FuzzingReport[]>();
  for (const report of fuzzing) byTool.set(report.tool, [...(byTool.get(report.tool) ?? []), report]);
  return [...byTool].map(([tool, reports]) => {
    const sent = reports.reduce((sum, report) => sum + report.sent, 0);
    const seconds = reports.reduce(
      (sum, report) => sum + (report.callsPerSecond > 0 ? report.sent / report.callsPerSecond : 0),
      0,
    );
    return {
      tool,
      phases: new Map(
        phases.flatMap((phase) => {
          const report = reports.findLast((one) => one.phase === phase);
          return report === undefined ? [] : [[phase, report]];
        }),
      ),
      sent,
      callsPerSecond: seconds > 0 ? sent / seconds : 0,
      isCutShort: reports.some(isShort),
      untestable: withoutRepeats(reports.flatMap(({ untestable }) => untestable)),
    };
  });
}

/** True when calls were left; the time may also run out at the last one. */
export function isShort({ sent, planned }: FuzzingReport): boolean {
  return planned > sent;
}

/** Three digits that count, as in `0.52`, `7.4`, `1240`. */
export function toRate(callsPerSecond: number): string {
  if (callsPerSecond >= 100) return String(Math.round(callsPerSecond));
  return callsPerSecond >= 1 ? callsPerSecond.toFixed(1) : callsPerSecond.toFixed(2);
}

/** `40`, or `40/100` when not all were sent. */
export function toSent(report: FuzzingReport): string {
  return isShort(report) ? `${report.sent}/${report.planned}` : String(report.sent);
}

/** Phases tell the same of the schema. */
function withoutRepeats(untestable: FuzzingReport['untestable']): FuzzingReport['untestable'] {
  return [...new Map(untestable.map((item) => [JSON.stringify(item), item])).values()];
}
