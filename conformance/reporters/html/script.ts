/** What the page does beyond showing: filters, copying, and opening what is printed or linked to. */
export const pageScript = `
'use strict';
const findings = [...document.querySelectorAll('.finding')];
const filters = document.getElementById('filters');
if (filters !== null) {
  const shown = document.getElementById('shown');
  const apply = () => {
    const wanted = Object.fromEntries(new FormData(filters));
    const text = wanted.text.trim().toLowerCase();
    let count = 0;
    for (const finding of findings) {
      const matches = ['severity', 'group', 'tool'].every((name) => !wanted[name] || finding.dataset[name] === wanted[name]);
      finding.hidden = !(matches && finding.textContent.toLowerCase().includes(text));
      if (!finding.hidden) count += 1;
    }
    shown.textContent = count + ' of ' + findings.length;
  };
  filters.addEventListener('input', apply);
  filters.addEventListener('submit', (event) => event.preventDefault());
  filters.hidden = false;
  apply();
}
for (const button of document.querySelectorAll('.copy')) {
  button.hidden = false;
  button.addEventListener('click', async () => {
    const source = button.closest('figure').querySelector('pre');
    let isDone = true;
    try {
      await navigator.clipboard.writeText(source.textContent);
    } catch {
      // Pages opened as files may not have the clipboard.
      getSelection().selectAllChildren(source);
      isDone = document.execCommand('copy');
    }
    button.textContent = isDone ? 'Copied' : 'Select and copy';
    setTimeout(() => { button.textContent = 'Copy'; }, 2000);
  });
}
const openTarget = () => {
  const target = location.hash === '' ? null : document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target instanceof HTMLDetailsElement) target.open = true;
};
addEventListener('hashchange', openTarget);
openTarget();
let closed = [];
addEventListener('beforeprint', () => {
  closed = [...document.querySelectorAll('details:not([open])')];
  for (const details of closed) details.open = true;
});
addEventListener('afterprint', () => {
  for (const details of closed) details.open = false;
});
`;
