import { severities, type ContractDiff } from '../../contract/diff/change.ts';
import { toAnchor, toChangeGroups, toCounts, toSeverityFilter } from '../diff/change-groups.ts';
import { markup, type Markup } from '../html/markup.ts';
import { renderFrame } from '../pages/site-frame.ts';
import type { SiteContext } from '../site/site-context.ts';
import type { SiteFile } from '../site/site.ts';
import { changelogStyle } from './changelog-style.ts';
import { createChangelog, type ChangelogStep, type History, type Version } from './changelog.ts';

/** Of one step; `mcpo-docs diff` shows all. */
const maxChanges = 1_000;

const styleName = 'changelog.css';

/** What changed from each document to the next, the newest first: `changelog.html`, and its style. */
export function* renderChangelogPage(context: SiteContext): Generator<SiteFile> {
  const { contract, options, map, title } = context;
  const histories = createChangelog(contract, options.previous ?? []).map(toNamed);
  const summary = sum(histories.flatMap(({ history }) => history.steps.map(({ diff }) => diff.summary)));
  const hasOne = histories.length === 1;
  const main = markup`<header class="changelog-head"><h1>Changelog</h1>
<p class="soft">What each change means for those who rely on the document before it.</p></header>
${histories.map((named) => toContents(named, hasOne))}
${severities.every((severity) => summary[severity] === 0) ? undefined : toSeverityFilter(summary)}
${histories.map((named) => toHistory(named, hasOne))}
`;
  yield {
    path: map.changelog,
    content: renderFrame(context, {
      path: map.changelog,
      title: `Changelog · ${title}`,
      description: `What changed in ${title}, version by version.`,
      crumb: 'Changelog',
      links: [{ label: 'openapi.json', to: map.documentOf('', 'json') }],
      styles: [styleName],
      scripts: [],
      main,
    }),
  };
  yield { path: `assets/${styleName}`, content: changelogStyle };
}

interface NamedHistory {
  readonly history: History;
  /** Of each step, in its order. */
  readonly ids: readonly string[];
}

/** The id of a step is that of the document it leads to, so that links to it stay when others follow. */
function toNamed(history: History, at: number): NamedHistory {
  const prefix = history.server === '' ? '' : `${toAnchor(history.server) || String(at)}-`;
  const taken = new Set<string>();
  // From the oldest on: what comes later changes no id.
  const ids = history.steps.toReversed().map(({ to }) => {
    const base = `${prefix}${to.name === '' ? 'current' : `to-${toAnchor(to.name)}`}`;
    let id = base;
    for (let count = 2; taken.has(id); count++) id = `${base}-${count}`;
    taken.add(id);
    return id;
  });
  return { history, ids: ids.toReversed() };
}

function toContents({ history, ids }: NamedHistory, isOnly: boolean): Markup {
  const rows = history.steps.map(
    ({ to, diff }, at) =>
      markup`<li><a href="#${ids[at]}"><bdi>${toLabel(to)}</bdi></a> ${
        diff.changes.length === 0 ? markup`<span class="soft">no changes</span>` : toCounts(diff.summary)
      }</li>
`,
  );
  const first = markup`<li class="soft"><bdi>${toLabel(history.first)}</bdi> the first document known</li>
`;
  const label = isOnly ? markup`Versions` : markup`Versions of ${toServerName(history.server)}`;
  return markup`<nav aria-label="${label}">${isOnly ? undefined : markup`<p>${label}</p>`}
<ol class="toc">
${rows}${first}</ol></nav>
`;
}

function toHistory({ history, ids }: NamedHistory, isOnly: boolean): Markup {
  const steps = history.steps.map((step, at) => toStep(step, ids[at] ?? '', isOnly));
  if (isOnly) return markup`${steps}`;
  const gone = history.isCurrent
    ? undefined
    : markup`<p class="soft">This server is not part of the site any more.</p>`;
  return markup`<section class="history"><h2>${toServerName(history.server)}</h2>${gone}
${steps}</section>
`;
}

function toStep({ from, to, diff }: ChangelogStep, id: string, isOnly: boolean): Markup {
  const name = markup`<bdi>${toLabel(to)}</bdi><a class="anchor" href="#${id}" aria-label="Link to ${toLabel(to)}">#</a>`;
  const heading = isOnly ? markup`<h2>${name}</h2>` : markup`<h3>${name}</h3>`;
  return markup`<section class="step" id="${id}">
<header>${heading}${toCounts(diff.summary)}
<p class="soft">Compared with <bdi>${toLabel(from)}</bdi>${toInfoVersions(from, to)}</p></header>
${toChangeGroups(diff, { idPrefix: `${id}-`, level: isOnly ? 3 : 4, maxChanges })}
</section>
`;
}

function toInfoVersions(from: Version, to: Version): Markup | undefined {
  if (from.infoVersion === '' || to.infoVersion === '' || from.infoVersion === to.infoVersion)
    return undefined;
  return markup`; version <bdi>${from.infoVersion}</bdi> became <bdi>${to.infoVersion}</bdi>`;
}

function toLabel({ name, infoVersion }: Version): string {
  if (name === '') return infoVersion === '' ? 'Current' : `Current (${infoVersion})`;
  return name;
}

function toServerName(server: string): string {
  return server === '' ? 'all servers' : server;
}

function sum(summaries: readonly ContractDiff['summary'][]): Record<keyof ContractDiff['summary'], number> {
  const total = { breaking: 0, unknown: 0, compatible: 0, editorial: 0 };
  for (const summary of summaries) {
    for (const severity of severities) total[severity] += summary[severity];
  }
  return total;
}
