import { hasChangeAtLeast, type ContractDiff } from '../../contract/diff/change.ts';
import { isJsonObject, type JsonObject } from '../../json/value.ts';
import { markup, type Markup } from '../html/markup.ts';
import { renderReportPage } from '../html/report-page.ts';
import { reportStyle } from '../html/report-style.ts';
import { toChangeGroups, toSeverityFilter } from './change-groups.ts';
import { changeStyle } from './change-style.ts';
import { toSummaryWords } from './diff-report.ts';

/** One of the two documents, as the page names it. */
export interface DiffSide {
  /** Of its file, without folders. */
  readonly fileName: string;
  readonly document: JsonObject;
}

/** The diff as one HTML file without scripts, which needs nothing beside it. */
export function toDiffHtml(diff: ContractDiff, before: DiffSide, after: DiffSide): string {
  const title = toTitle(after) ?? toTitle(before);
  const body = markup`<header>
<p class="soft">${title === undefined ? undefined : markup`<bdi>${title}</bdi>`}</p>
<h1>Contract changes: ${toSummaryWords(diff)}</h1>
<p class="verdict">${toVerdict(diff)}</p>
<p class="soft">From ${toName(before)} to ${toName(after)}.</p>
</header>
<main id="main">
${diff.changes.length === 0 ? undefined : toSeverityFilter(diff.summary)}
${toChangeGroups(diff, { level: 2 })}
</main>
<footer>
<p><b>breaking</b>: an input takes less, an output may hold more, or something is gone. <b>unknown</b>: it cannot be proven
either way. <b>compatible</b>: an input takes more, an output holds less, or something was added. <b>editorial</b>: only
words changed.</p>
</footer>`;
  return renderReportPage({
    title: `Contract changes: ${toSummaryWords(diff)}${title === undefined ? '' : ` · ${title}`}`,
    style: reportStyle + changeStyle,
    body,
  });
}

function toVerdict(diff: ContractDiff): string {
  if (diff.changes.length === 0) return 'Nothing changed.';
  if (diff.summary.breaking > 0) return 'Clients that rely on the old document will break.';
  return hasChangeAtLeast(diff, 'unknown')
    ? 'Clients may break: not every change could be proven safe.'
    : 'Clients that rely on the old document keep working.';
}

function toName({ fileName, document }: DiffSide): Markup {
  const version = infoOf(document, 'version');
  return version === undefined
    ? markup`<code><bdi>${fileName}</bdi></code>`
    : markup`<code><bdi>${fileName}</bdi></code> (version <bdi>${version}</bdi>)`;
}

function toTitle({ document }: DiffSide): string | undefined {
  return infoOf(document, 'title');
}

function infoOf({ info }: JsonObject, key: string): string | undefined {
  const value = isJsonObject(info) ? info[key] : undefined;
  return typeof value === 'string' && value.trim() !== '' ? value.slice(0, 200) : undefined;
}
