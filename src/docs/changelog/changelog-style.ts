import { changeStyle } from '../diff/change-style.ts';
import { severityColors } from '../html/report-style.ts';

/** What a changelog has beyond the other pages of a site: the changes, their colours in both schemes, and the way to them. */
export const changelogStyle: string = `:root { --card: var(--raised); --link: var(--accent);
  ${severityColors.light} }
@media (prefers-color-scheme: dark) {
  :root:not([data-theme='light']) { ${severityColors.dark} }
}
:root[data-theme='dark'] { ${severityColors.dark} }
${changeStyle}
.toc { list-style: none; margin: 1rem 0; padding: 0; border: 1px solid var(--line); border-radius: 8px; overflow: hidden; }
.toc li { display: flex; flex-wrap: wrap; gap: .2rem .9rem; align-items: baseline; padding: .45rem .9rem; }
.toc li + li { border-top: 1px solid var(--line); }
.toc a { font-weight: 600; flex: 1 1 10rem; }
.step > header { display: flex; flex-wrap: wrap; gap: .1rem .8rem; align-items: baseline; margin-top: 2.5rem; }
.step > header h2, .step > header h3 { margin: 0; font-size: 1.25rem; }
.step > header p { margin: 0; flex-basis: 100%; }
.anchor { text-decoration: none; color: var(--soft); margin-left: .4rem; font-weight: 400; }
.changelog-head { padding-top: 2rem; }
.changelog-head p, .history > p { margin: .25rem 0 0; }
.history > h2 { border-bottom: 1px solid var(--line); padding-bottom: .35rem; margin-top: 3rem; }
`;
