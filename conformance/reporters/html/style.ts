/** The look of the page: light and dark, on a phone and on paper. */
export const pageStyle = `
:root {
  --page: #fff; --card: #f6f7f9; --line: #d5d9e0; --ink: #1b2026; --soft: #59636f; --link: #0a58ca;
  --good: #17703a; --bad: #b3261e; --doubtful: #8a5a00;
  --good-back: #e3f4e8; --bad-back: #fbe5e3; --doubtful-back: #fdf0d5; --code: #eceff3;
  color-scheme: light dark;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14171b; --card: #1d2127; --line: #363d47; --ink: #e4e7eb; --soft: #9aa5b1; --link: #7cb0ff;
    --good: #6fd08c; --bad: #ff8f86; --doubtful: #f0be5c;
    --good-back: #16301f; --bad-back: #43201e; --doubtful-back: #3b2e12; --code: #262c34;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 1.25rem; background: var(--page); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.1rem; margin: 0; color: var(--soft); font-weight: 600; }
h2 { font-size: 1.5rem; margin: 2rem 0 .75rem; line-height: 1.25; }
h3 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
a { color: var(--link); }
code, pre { font: .85em/1.45 ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace; }
small { font-size: .8rem; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
[hidden] { display: none !important; }
.verdict { font-size: 1.6rem; font-weight: 650; margin: .1rem 0 0; line-height: 1.25; }
.verdict.good { color: var(--good); } .verdict.bad { color: var(--bad); } .verdict.doubtful { color: var(--doubtful); }
nav ul { padding-left: 1.2rem; margin: .5rem 0 0; }
.notice { margin: .5rem 0; padding: .5rem .75rem; border-left: 4px solid; border-radius: 4px; }
.notice p { margin: 0; }
.notice.bad { border-color: var(--bad); background: var(--bad-back); }
.notice.doubtful { border-color: var(--doubtful); background: var(--doubtful-back); }
.tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(7.5rem, 1fr)); gap: .5rem; list-style: none;
  margin: 0; padding: 0; }
.tiles li { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: .5rem .75rem;
  color: var(--soft); font-size: .85rem; }
.tiles b { display: block; white-space: nowrap; color: var(--ink); font-size: 1.25rem; line-height: 1.3; font-variant-numeric: tabular-nums; }
.tiles .bad b { color: var(--bad); } .tiles .doubtful b { color: var(--doubtful); }
.facts { display: grid; gap: .15rem; margin: 1rem 0; font-size: .9rem; }
.facts div { display: grid; grid-template-columns: 5rem 1fr; }
dt { color: var(--soft); } dd { margin: 0; }
.filters { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center;
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
.legend { color: var(--soft); font-size: .85rem; margin: .25rem 0 .5rem; }
.legend span { display: inline-block; margin-right: .9rem; }
.legend i { font-style: normal; display: inline-block; width: 1.5rem; text-align: center; border-radius: 4px; }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 8px; }
table { border-collapse: separate; border-spacing: 0; font-size: .85rem; }
th, td { border-bottom: 1px solid var(--line); padding: .3rem .5rem; text-align: left; overflow-wrap: normal; }
tbody:last-child tr:last-child > * { border-bottom: 0; }
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
.spoken { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
td { position: relative; }
.fuzzing { width: 100%; }
.fuzzing th, .fuzzing td { white-space: nowrap; text-align: right; font-variant-numeric: tabular-nums; }
.fuzzing th:first-child { text-align: left; min-width: 9rem; max-width: 18rem; white-space: normal; overflow-wrap: anywhere; position: sticky; left: 0; background: var(--page); font-weight: 500; }
.fuzzing .doubtful { color: var(--doubtful); font-weight: 600; }
.untestable { margin: .5rem 0; } .untestable summary { cursor: pointer; }
footer { color: var(--soft); font-size: .8rem; margin-top: 2rem; }
@media (min-width: 60rem) {
  .matrix .check small { display: inline; margin-left: .6rem; }
  .matrix .check .reason { display: block; margin: 0; }
}
@media (max-width: 40rem) {
  body { padding: .9rem; }
  .sides { grid-template-columns: 1fr; }
  .tiles { grid-template-columns: repeat(auto-fill, minmax(6rem, 1fr)); }
  .tiles li { padding: .4rem .5rem; font-size: .75rem; } .tiles b { font-size: 1.1rem; }
  .matrix th.check { min-width: 10.5rem; }
  .matrix .check small { font-size: .72rem; }
  .wire li { grid-template-columns: 1fr; }
  .filters label:first-child, .filters input { width: 100%; max-width: none; }
  .filters select { max-width: 8rem; }
}
@media print {
  body { max-width: none; padding: 0; font-size: 10pt; }
  .filters, .copy { display: none !important; }
  pre, .wire, .scroll { max-height: none; overflow: visible; }
  .finding { break-inside: avoid-page; } .matrix th.check { position: static; min-width: 0; }
}
`;
