/** What the pages of all reports look like: light and dark, on a phone and on paper. */
export const baseStyle = `
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
.legend { color: var(--soft); font-size: .85rem; margin: .25rem 0 .5rem; }
.legend span { display: inline-block; margin-right: .9rem; }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 8px; }
table { border-collapse: separate; border-spacing: 0; font-size: .85rem; }
th, td { border-bottom: 1px solid var(--line); padding: .3rem .5rem; text-align: left; overflow-wrap: normal; }
tbody:last-child tr:last-child > * { border-bottom: 0; }
.spoken { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
footer { color: var(--soft); font-size: .8rem; margin-top: 2rem; }
@media (max-width: 40rem) {
  body { padding: .9rem; }
  .tiles { grid-template-columns: repeat(auto-fill, minmax(6rem, 1fr)); }
  .tiles li { padding: .4rem .5rem; font-size: .75rem; } .tiles b { font-size: 1.1rem; }
}
@media print {
  body { max-width: none; padding: 0; font-size: 10pt; }
  .scroll { max-height: none; overflow: visible; }
}
`;
