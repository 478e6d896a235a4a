import { baseStyle } from '../../../conformance/reporters/html/base-style.ts';

/** The look of the page, but for the plots' inside. */
export const pageStyle: string = `${baseStyle}
:root { --p50: #0a6ebd; --p90: #b25e00; --p99: #a3219b; --max: #59636f; }
@media (prefers-color-scheme: dark) {
  :root { --p50: #62b0f5; --p90: #f0a252; --p99: #e78be0; --max: #9aa5b1; }
}
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 30rem), 1fr)); gap: 1rem; }
.plot { margin: 0; min-width: 0; border: 1px solid var(--line); border-radius: 8px; padding: .6rem .75rem; break-inside: avoid; }
.plot h3 { margin: 0; font-size: 1rem; }
.plot .legend { margin: .1rem 0 .3rem; min-height: 1.3rem; }
.plot label { float: right; font-size: .85rem; color: var(--soft); }
.plot select { font: inherit; color: var(--ink); background: var(--card); border: 1px solid var(--line); border-radius: 6px; }
.key::before { content: ''; display: inline-block; width: 1.1rem; margin-right: .35rem; vertical-align: middle;
  border-top: 3px solid var(--key); }
.key.dashed::before { border-top-style: dashed; }
.key.k1 { --key: var(--p50); } .key.k2 { --key: var(--p90); } .key.k3 { --key: var(--p99); } .key.k4 { --key: var(--max); }
.key b { color: var(--ink); font-weight: 600; font-variant-numeric: tabular-nums; }
.canvas { height: 260px; overflow: hidden; }
.absent { color: var(--soft); height: 260px; display: grid; place-content: center; margin: 0; text-align: center; }
.numbers { width: 100%; }
.numbers th, .numbers td { white-space: nowrap; text-align: right; font-variant-numeric: tabular-nums; }
.numbers th:first-child { text-align: left; position: sticky; left: 0; background: var(--page); font-weight: 500; }
.numbers tbody + tbody th, .numbers tbody + tbody td { color: var(--soft); }
.numbers .bad { color: var(--bad); font-weight: 600; }
.numbers tr.knee th { font-weight: 700; }
.checks { list-style: none; padding: 0; margin: .5rem 0; }
.checks li { padding: .35rem .75rem; border-left: 4px solid; border-radius: 4px; margin: .25rem 0; color: var(--ink); }
.checks .good { border-color: var(--good); background: var(--good-back); }
.checks .bad { border-color: var(--bad); background: var(--bad-back); }
.work code { background: var(--code); border-radius: 4px; padding: .1rem .3rem; }
.facts div { grid-template-columns: 6.5rem 1fr; }
.soft { color: var(--soft); }
@media print {
  .plots { grid-template-columns: 1fr 1fr; } .plot label { display: none; }
  .numbers { font-size: 7.5pt; } .numbers th, .numbers td { white-space: normal; padding: .15rem .25rem; }
}
`;
