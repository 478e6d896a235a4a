import { phases } from '../../fuzzing/test-call.ts';
import type { FuzzingReport } from '../collect-runs.ts';
import { isShort, toFuzzingRows, toRate, toSent, type FuzzingRow } from '../fuzzing-rows.ts';
import { markup, type Markup } from './markup.ts';

/** The calls of the fuzzing by tool and phase, and what no call could be made for. */
export function toFuzzingTable(fuzzing: readonly FuzzingReport[]): Markup | undefined {
  const rows = toFuzzingRows(fuzzing);
  if (rows.length === 0) return undefined;
  const heads = [...phases, 'refused', 'discarded', 'calls/s', 'untestable'];
  const isCutShort = rows.some((row) => row.isCutShort);
  return markup`<h3>Fuzzing</h3>
    <p class="legend">
      Calls sent in each phase${isCutShort ? '; n/m: the budget of time was used up after n calls of m' : ''}.
      Refused are those of the negative phase, all of which should be.
    </p>
    <div class="scroll" tabindex="0" role="region" aria-label="Fuzzing">
      <table class="fuzzing">
        <thead>
          <tr>
            <th scope="col">Tool</th>
            ${heads.map((head) => markup`<th scope="col">${head}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows.map(toRow)}
        </tbody>
      </table>
    </div>
    ${toUntestable(rows)}`;
}

function toRow(row: FuzzingRow): Markup {
  const negative = row.phases.get('negative');
  const isAllRefused = negative === undefined || negative.refused === negative.sent;
  const discarded = [...row.phases.values()].reduce((sum, report) => sum + report.discarded, 0);
  return markup`<tr>
    <th scope="row"><code>${row.tool}</code></th>
    ${phases.map((phase) => toPhaseCell(row.phases.get(phase)))}
    <td class="${isAllRefused ? '' : 'doubtful'}">
      ${negative === undefined ? '–' : `${negative.refused} of ${negative.sent}`}
    </td>
    <td>${discarded}</td>
    <td>${toRate(row.callsPerSecond)}</td>
    <td>${row.untestable.length}</td>
  </tr>`;
}

function toPhaseCell(report: FuzzingReport | undefined): Markup {
  if (report === undefined) return markup`<td>–</td>`;
  const isCutShort = isShort(report);
  const title = `${toRate(report.callsPerSecond)} calls per second${isCutShort ? '; cut short: the time was used up' : ''}`;
  return markup`<td class="${isCutShort ? 'doubtful' : ''}" title="${title}">${toSent(report)}</td>`;
}

function toUntestable(rows: readonly FuzzingRow[]): Markup | undefined {
  const items = rows.flatMap(({ tool, untestable }) =>
    untestable.map(
      ({ pointer, keyword, reason }) =>
        markup`<li>
          <code>${tool}</code> <code>${pointer === '' ? '/' : pointer}</code> <code>${keyword}</code>:
          ${reason}
        </li>`,
    ),
  );
  if (items.length === 0) return undefined;
  return markup`<details class="untestable">
    <summary>${items.length} parts of schemas are untestable</summary>
    <ul>
      ${items}
    </ul>
  </details>`;
}
