/** The colours of severities, and of what stands behind them, in each scheme. */
export const severityColors = {
  light: `--breaking: #b3261e; --unknown: #855400; --compatible: #17703a; --editorial: #4c5866;
  --breaking-back: #fbe5e3; --unknown-back: #fdf0d5; --compatible-back: #e3f4e8; --editorial-back: #eceff3;
  --code: #eceff3;`,
  dark: `--breaking: #ff8f86; --unknown: #f0be5c; --compatible: #6fd08c; --editorial: #b4bec9;
  --breaking-back: #43201e; --unknown-back: #3b2e12; --compatible-back: #16301f; --editorial-back: #2a313a;
  --code: #262c34;`,
} as const;

/** What pages that stand alone look like: light and dark, on a phone and on paper. */
export const reportStyle: string = `
:root {
  --page: #fff; --card: #f6f7f9; --line: #d5d9e0; --ink: #1b2026; --soft: #59636f; --link: #0a58ca;
  ${severityColors.light}
  color-scheme: light dark;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14171b; --card: #1d2127; --line: #363d47; --ink: #e4e7eb; --soft: #9aa5b1; --link: #7cb0ff;
    ${severityColors.dark}
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 64rem; padding: 1.5rem 1.25rem 3rem; background: var(--page); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; margin: 0 0 .25rem; line-height: 1.25; }
h2 { font-size: 1.3rem; margin: 2.5rem 0 .5rem; line-height: 1.3; }
h3 { font-size: 1.05rem; margin: 0; line-height: 1.4; font-weight: 600; }
p { margin: .35rem 0; }
a { color: var(--link); }
code { font: .875em/1.45 ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
.skip { position: absolute; left: -999rem; }
.skip:focus { left: 1rem; top: .5rem; background: var(--page); padding: .3rem .6rem; }
.soft { color: var(--soft); }
footer { color: var(--soft); font-size: .85rem; margin-top: 3rem; border-top: 1px solid var(--line); padding-top: .75rem; }
@media (max-width: 40rem) { body { padding: 1rem .9rem 2rem; } h1 { font-size: 1.35rem; } }
@media print { body { max-width: none; padding: 0; font-size: 10pt; } }
`;
