/** What a changelog has beyond the changes themselves. */
export const changelogStyle = `
.toc { list-style: none; margin: 1rem 0; padding: 0; border: 1px solid var(--line); border-radius: 8px; overflow: hidden; }
.toc li { display: flex; flex-wrap: wrap; gap: .2rem .9rem; align-items: baseline; padding: .45rem .9rem; }
.toc li + li { border-top: 1px solid var(--line); }
.toc a { font-weight: 600; flex: 1 1 10rem; }
.step { scroll-margin-top: 1rem; }
.step > header { display: flex; flex-wrap: wrap; gap: .1rem .8rem; align-items: baseline; margin-top: 2.5rem; }
.step > header h2, .step > header h3 { margin: 0; font-size: 1.25rem; }
.step > header p { margin: 0; flex-basis: 100%; }
.anchor { text-decoration: none; color: var(--soft); margin-left: .4rem; font-weight: 400; }
.history > h2 { border-bottom: 1px solid var(--line); padding-bottom: .35rem; margin-top: 3rem; }
`;
