import { severities } from '../../contract/diff/change.ts';

const marks = severities
  .map(
    (severity) => `
.${severity} { --mark: var(--${severity}); --back: var(--${severity}-back); }`,
  )
  .join('');

// A group stays while one of its severities is chosen. Where `:has` is not known, everything is shown.
const filter = severities
  .map(
    (severity) => `
  body:has(#show-${severity}:not(:checked)) .change.${severity} { display: none; }
  body:has(#show-${severity}:checked) .group.has-${severity} { display: block; }`,
  )
  .join('');

/** The look of changes, and the choice among them: by checkboxes, without a script. */
export const changeStyle: string = `
${marks}
.filter { display: flex; flex-wrap: wrap; gap: .5rem; border: 0; margin: 1.25rem 0; padding: 0; }
.filter legend { font-size: .85rem; color: var(--soft); padding: 0; margin-bottom: .35rem; }
.filter label { display: flex; align-items: center; gap: .45rem; border: 1px solid var(--line); border-radius: 8px;
  padding: .4rem .75rem; background: var(--card); font-size: .9rem; cursor: pointer; }
.filter label:has(:disabled) { color: var(--soft); cursor: default; }
.filter b { font-size: 1.15rem; font-variant-numeric: tabular-nums; color: var(--mark); }
.filter label:has(:disabled) b { color: inherit; font-weight: 400; }
.filter input { accent-color: var(--link); margin: 0; }
.group { border: 1px solid var(--line); border-radius: 8px; margin: .75rem 0; background: var(--card); overflow: hidden; }
.group summary { padding: .6rem .9rem; cursor: pointer; display: flex; flex-wrap: wrap; gap: .2rem .75rem; align-items: baseline;
  list-style: none; }
.group summary::-webkit-details-marker { display: none; }
.group summary::before { content: '▸'; color: var(--soft); width: .8em; flex: none; }
.group[open] summary::before { content: '▾'; }
.group summary:focus-visible { outline-offset: -2px; }
.group :is(h2, h3, h4) { flex: 1 1 14rem; font-size: 1rem; margin: 0; font-weight: 600; }
.group .method { font-size: .75rem; font-weight: 700; color: var(--soft); margin-right: .35rem; }
.counts { display: flex; flex-wrap: wrap; gap: .3rem; font-size: .8rem; }
.severity, .counts span { color: var(--mark); background: var(--back); border-radius: 4px; padding: .05rem .45rem; font-size: .78rem;
  font-weight: 650; white-space: nowrap; }
.changes { list-style: none; margin: 0; padding: 0; border-top: 1px solid var(--line); background: var(--page); }
.change { display: grid; grid-template-columns: 6.8rem minmax(0, 1fr); gap: .15rem .75rem; padding: .55rem .9rem;
  border-left: 4px solid var(--mark); }
.change + .change { border-top: 1px solid var(--line); }
.change .severity { justify-self: start; align-self: start; }
.change .place { color: var(--soft); font-size: .85rem; }
.change .what { margin: 0; white-space: pre-wrap; }
.change del, .change ins { text-decoration: none; border-radius: 3px; padding: 0 .25rem;
  font: .9em/1.45 ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace; background: var(--code); }
.change ins { font-weight: 650; }
.more { padding: .5rem .9rem; color: var(--soft); }
.nothing { padding: 1rem; border: 1px solid var(--line); border-radius: 8px; background: var(--card); }
@supports selector(:has(*)) {
  .group { display: none; }${filter}
}
@media (max-width: 40rem) { .change { grid-template-columns: 1fr; } .filter label { flex: 1 1 8rem; } }
@media print {
  .filter { display: none; } .group { break-inside: avoid-page; }
  .group:not([open])::details-content { content-visibility: visible; display: block; }
}
`;
