import type { RunReport } from '../collect-runs.ts';
import { markup, type Markup } from './markup.ts';

/** Chooses among the findings of the page; hidden where scripts do not run, since it would do nothing. */
export function toFilters(runs: readonly RunReport[]): Markup | undefined {
  const findings = runs.flatMap((run) => run.findings);
  if (findings.length < 2) return undefined;
  const groups = [...new Set(findings.map(({ group }) => group))];
  const tools = [...new Set(findings.flatMap(({ tool }) => (tool === undefined ? [] : [tool])))];
  return markup`<form class="filters" id="filters" role="search" aria-label="Findings" hidden>
    <label>Filter <input type="search" name="text" placeholder="in ${findings.length} findings" /></label>
    ${toSelect('severity', ['error', 'warning', 'known', 'flaky'])} ${toSelect('group', groups)}
    ${toSelect('tool', tools)}
    <output id="shown" aria-live="polite"></output>
  </form>`;
}

function toSelect(name: string, values: readonly string[]): Markup {
  const options = values.map((value) => markup`<option value="${value}">${value}</option>`);
  return markup`<label
    >${name}
    <select name="${name}">
      <option value="">all</option>
      ${options}
    </select></label
  >`;
}
