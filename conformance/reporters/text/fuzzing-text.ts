import { phases } from '../../fuzzing/test-call.ts';
import type { FuzzingReport } from '../collect-runs.ts';
import { toFuzzingRows, toRate, toSent, type FuzzingRow } from '../fuzzing-rows.ts';
import { cut, toPlain, wrap } from '../wrap.ts';

const SHOWN_UNTESTABLE = 12;

/** The calls of the fuzzing as a table, and what of the schemas no call could be made for. */
export function toFuzzingText(fuzzing: readonly FuzzingReport[], width: number): string {
  const rows = toFuzzingRows(fuzzing);
  const nameWidth = width - 2 - phases.length * 10 - 2 * 10;
  const line = (name: string, cells: readonly string[]): string =>
    `  ${cut(toPlain(name), nameWidth - 1).padEnd(nameWidth)}${cells.map((cell) => cell.padStart(10)).join('')}`;
  return [
    'Fuzzing, in calls:',
    line('', [...phases, 'refused', 'calls/s']),
    ...rows.map((row) =>
      line(row.tool, [
        ...phases.map((phase) => toCell(row.phases.get(phase))),
        toRefused(row),
        toRate(row.callsPerSecond),
      ]),
    ),
    ...(rows.some(({ isCutShort }) => isCutShort)
      ? ['  n/m: the budget of time was used up after n calls of m']
      : []),
    ...toUntestableText(rows, width),
  ].join('\n');
}

function toCell(report: FuzzingReport | undefined): string {
  return report === undefined ? '-' : toSent(report);
}

/** Of the negative ones: the others should not be. */
function toRefused({ phases: reports }: FuzzingRow): string {
  const negative = reports.get('negative');
  return negative === undefined ? '-' : `${negative.refused}/${negative.sent}`;
}

function toUntestableText(rows: readonly FuzzingRow[], width: number): readonly string[] {
  const all = rows.flatMap(({ tool, untestable }) => untestable.map((item) => ({ tool, ...item })));
  if (all.length === 0) return [];
  const left = all.length - SHOWN_UNTESTABLE;
  return [
    'Untestable, so nothing is known of these parts of the schemas:',
    ...all
      .slice(0, SHOWN_UNTESTABLE)
      .map(({ tool, pointer, keyword, reason }) =>
        wrap(toPlain(`${tool} ${pointer} ${keyword}: ${reason}`), width, '  ', '    ', { breaksWords: true }),
      ),
    ...(left > 0 ? [`  and ${left} more; the JSON report has all`] : []),
  ];
}
