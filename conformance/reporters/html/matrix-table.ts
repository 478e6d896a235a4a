import type { RunReport, ToolReport } from '../collect-runs.ts';
import { toMatrix, type Cell, type MatrixRow } from '../matrix.ts';
import { markup, type Markup } from './markup.ts';

/** Checks × tools, and the check's own word for where it was not exercised. */
export function toMatrixTable(report: RunReport): Markup {
  const { tools } = report;
  const rows = toMatrix(report);
  const groups = new Map<string, MatrixRow[]>();
  for (const row of rows) {
    const [group = ''] = row.check.id.split('/');
    groups.set(group, [...(groups.get(group) ?? []), row]);
  }
  const columns = tools.map(
    ({ name, use }) =>
      markup`<th scope="col" class="tool${use.kind === 'called' ? '' : ' uncalled'}"><span>${name}</span></th>`,
  );
  const bodies = [...groups].map(
    ([group, own]) =>
      markup`<tbody>
        <tr>
          <th class="group" scope="rowgroup" colspan="${tools.length + 2}"><span>${group}</span></th>
        </tr>
        ${own.map((row) => toRow(row, tools))}
      </tbody>`,
  );
  return markup`<h3>Checks and tools</h3>
    <p class="legend">${legend}</p>
    <div class="scroll" tabindex="0" role="region" aria-label="Checks and tools">
      <table class="matrix">
        <thead>
          <tr>
            <th scope="col" class="check">Check</th>
            <th scope="col" class="tool"><span>server</span></th>
            ${columns}
          </tr>
        </thead>
        ${bodies}
      </table>
    </div>
    ${toUncalled(tools)}`;
}

const signs: Readonly<Record<Cell['kind'], readonly [sign: string, word: string]>> = {
  passed: ['✓', 'passed'],
  failed: ['✗', 'failed'],
  known: ['≈', 'known'],
  flaky: ['?', 'flaky'],
  'not-exercised': ['–', 'not exercised'],
  'not-called': ['○', 'not called'],
};

const legend = Object.entries(signs).map(
  ([kind, [sign, word]]) =>
    markup`<span><i class="cell ${kind}" aria-hidden="true">${sign}</i> ${word}</span> `,
);

function toRow({ check, server, tools: cells }: MatrixRow, tools: readonly ToolReport[]): Markup {
  const { verdict } = check;
  const reason =
    verdict.kind === 'not-exercised'
      ? markup`<small class="reason">not exercised: ${verdict.reason}</small>`
      : undefined;
  return markup`<tr>
    <th scope="row" class="check"><code>${check.id}</code><small>${check.title}</small>${reason}</th>
    ${toCell(server, check.id, 'server')}${cells.map((cell, at) => toCell(cell, check.id, tools[at]?.name ?? ''))}
  </tr>`;
}

function toCell(cell: Cell | undefined, check: string, place: string): Markup {
  if (cell === undefined) return markup`<td></td>`;
  const [sign, word] = signs[cell.kind];
  const more = 'reason' in cell ? `: ${cell.reason}` : 'findings' in cell ? ` (${cell.findings})` : '';
  const count = 'findings' in cell && cell.findings > 1 ? String(cell.findings) : '';
  return markup`<td class="cell ${cell.kind}" title="${check}, ${place}: ${word}${more}">
    <span aria-hidden="true">${sign}${count}</span> <span class="spoken">${word}${more}</span>
  </td>`;
}

function toUncalled(tools: readonly ToolReport[]): Markup | undefined {
  const byReason = new Map<string, string[]>();
  for (const { name, use } of tools) {
    if (use.kind === 'not-called') byReason.set(use.reason, [...(byReason.get(use.reason) ?? []), name]);
  }
  if (byReason.size === 0) return undefined;
  const items = [...byReason].map(
    ([reason, names]) =>
      markup`<li>${names.length} because ${reason}: ${names.map((name) => markup`<code>${name}</code> `)}</li>`,
  );
  return markup`<h3>Not called</h3>
    <p>Nothing is known of what these tools answer.</p>
    <ul class="uncalled">
      ${items}
    </ul>`;
}
