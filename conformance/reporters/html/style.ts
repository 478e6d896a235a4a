import { baseStyle } from './base-style.ts';

/** The look of the page: light and dark, on a phone and on paper. */
export const pageStyle: string = `${baseStyle}.filters { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center;
  border-bottom: 1px solid var(--line); padding: .6rem 0; margin-top: 1rem; font-size: .9rem; }
.filters label { color: var(--soft); }
.filters input, .filters select { font: inherit; color: var(--ink); background: var(--card); border: 1px solid var(--line);
  border-radius: 6px; padding: .25rem .4rem; max-width: 14rem; }
.filters output { margin-left: auto; color: var(--soft); font-variant-numeric: tabular-nums; }
.finding { border: 1px solid var(--line); border-left: 4px solid var(--soft); border-radius: 6px; margin: .5rem 0;
  background: var(--card); }
.finding.error { border-left-color: var(--bad); } .finding.warning { border-left-color: var(--doubtful); }
.finding summary { cursor: pointer; padding: .6rem .75rem; display: flex; flex-wrap: wrap; gap: .15rem .6rem;
  align-items: baseline; }
.finding summary::before { content: '▸'; color: var(--soft); width: .8em; }
.finding[open] summary::before { content: '▾'; }
.level { font-size: .75rem; font-weight: 700; border-radius: 4px; padding: .05rem .4rem; color: var(--soft);
  border: 1px solid currentColor; }
.error .level { color: var(--bad); background: var(--bad-back); }
.warning .level { color: var(--doubtful); background: var(--doubtful-back); }
.title { font-weight: 600; flex: 1 1 20rem; }
.where code, .uncalled code, .untestable code { background: var(--code); border-radius: 4px; padding: .1rem .3rem; }
.body { padding: 0 .75rem .75rem; border-top: 1px solid var(--line); }
.sides { display: grid; grid-template-columns: 1fr 1fr; gap: .75rem; margin: .75rem 0; }
.sides div { border: 1px solid var(--line); border-radius: 6px; padding: .4rem .6rem; background: var(--page);
  min-width: 0; }
.sides dt { font-size: .8rem; } .sides dd { white-space: pre-wrap; }
figure { margin: .75rem 0; }
figcaption { color: var(--soft); font-size: .8rem; margin-bottom: .2rem; }
pre { margin: 0; padding: .5rem .65rem; background: var(--code); border-radius: 6px; white-space: pre-wrap;
  overflow-wrap: anywhere; max-height: 30rem; overflow-y: auto; }
.wire { list-style: none; margin: 0; padding: 0; background: var(--code); border-radius: 6px; max-height: 30rem;
  overflow-y: auto; }
.wire li { padding: .35rem .65rem; display: grid; grid-template-columns: 5.2rem 1fr; }
.wire li + li { border-top: 1px solid var(--line); }
.wire span { color: var(--soft); font-size: .8rem; }
.wire code { white-space: pre-wrap; }
.diff pre > * { display: block; text-decoration: none; }
.diff del, .diff ins { text-decoration: none; padding: 0 .2rem; }
.diff del { background: var(--bad-back); color: var(--bad); } .diff ins { background: var(--good-back); color: var(--good); }
.source { font-size: .85rem; }
.copy { font: inherit; color: var(--ink); background: var(--page); border: 1px solid var(--line); border-radius: 6px;
  padding: .1rem .6rem; cursor: pointer; margin-left: .4rem; }
.legend i { font-style: normal; display: inline-block; width: 1.5rem; text-align: center; border-radius: 4px; }
.matrix th.check { position: sticky; left: 0; z-index: 1; background: var(--page); border-right: 1px solid var(--line);
  width: 100%; min-width: 16rem; font-weight: 400; overflow-wrap: anywhere; }
.matrix { width: 100%; }
.matrix thead th { vertical-align: bottom; font-weight: 600; }
.matrix .tool { width: 2.3rem; min-width: 2.3rem; padding: .4rem 0; text-align: center; }
.matrix .tool span { writing-mode: vertical-rl; transform: rotate(180deg); max-height: 13rem; white-space: nowrap;
  overflow: hidden; text-overflow: ellipsis; font-weight: 500; }
.matrix .uncalled { color: var(--soft); }
.matrix .check small { display: block; color: var(--soft); line-height: 1.35; }
.matrix .group { background: var(--card); font-weight: 600; }
.matrix .group span { position: sticky; left: .5rem; }
td.cell { text-align: center; padding: 0; }
.cell { font-weight: 700; color: var(--soft); }
.cell.passed { color: var(--good); }
.cell.failed { color: var(--bad); background: var(--bad-back); }
.cell.known { color: var(--doubtful); }
.cell.flaky { color: var(--doubtful); background: var(--doubtful-back); }
td { position: relative; }
.fuzzing { width: 100%; }
.fuzzing th, .fuzzing td { white-space: nowrap; text-align: right; font-variant-numeric: tabular-nums; }
.fuzzing th:first-child { text-align: left; min-width: 9rem; max-width: 18rem; white-space: normal; overflow-wrap: anywhere; position: sticky; left: 0; background: var(--page); font-weight: 500; }
.fuzzing .doubtful { color: var(--doubtful); font-weight: 600; }
.untestable { margin: .5rem 0; } .untestable summary { cursor: pointer; }
@media (min-width: 60rem) {
  .matrix .check small { display: inline; margin-left: .6rem; }
  .matrix .check .reason { display: block; margin: 0; }
}
@media (max-width: 40rem) {
  .sides { grid-template-columns: 1fr; }
  .matrix th.check { min-width: 10.5rem; }
  .matrix .check small { font-size: .72rem; }
  .wire li { grid-template-columns: 1fr; }
  .filters label:first-child, .filters input { width: 100%; max-width: none; }
  .filters select { max-width: 8rem; }
}
@media print {
  .filters, .copy { display: none !important; }
  pre, .wire { max-height: none; overflow: visible; }
  .finding { break-inside: avoid-page; } .matrix th.check { position: static; min-width: 0; }
}
`;
