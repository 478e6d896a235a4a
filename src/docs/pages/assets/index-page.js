import MiniSearch from 'minisearch';

/** How many finds are listed; who has more says more. */
const maxShown = 100;

const box = document.querySelector('#search');
const list = document.querySelector('#listing');
const found = document.querySelector('#found');
const status = document.querySelector('#found-status');
const items = document.querySelector('#found-items');
let index;
let loading;

document.querySelector('#search-form').hidden = false;
box.addEventListener('focus', () => void prepare());
box.addEventListener('input', () => void search());
box.form.addEventListener('submit', (event) => {
  event.preventDefault();
  items.querySelector('a')?.click();
});
box.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') {
    box.value = '';
    void search();
  } else if (event.key === 'ArrowDown') {
    event.preventDefault();
    items.querySelector('a')?.focus();
  }
});
items.addEventListener('keydown', (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined) return;
  event.preventDefault();
  const links = [...items.querySelectorAll('a[data-tool]')];
  const next = links[links.indexOf(document.activeElement) + step];
  (next ?? (step < 0 ? box : undefined))?.focus();
});
addEventListener('keydown', (event) => {
  const isTyping = /^(?:input|textarea|select)$/i.test(document.activeElement?.tagName ?? '');
  if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  box.focus();
  box.select();
});
// The browser may have kept what was written before the reader went on and came back.
if (box.value !== '') void search();

async function search() {
  const words = box.value.trim();
  found.hidden = words === '';
  list.hidden = words !== '';
  if (words === '') return;
  if (index === undefined) status.textContent = 'Preparing the search …';
  try {
    await prepare();
  } catch (error) {
    status.textContent = `The search could not be prepared: ${error.message}`;
    return;
  }
  if (words !== box.value.trim()) return;
  const results = index.search(words, {
    prefix: true,
    fuzzy: (term) => (term.length > 4 ? 0.2 : false),
    combineWith: 'AND',
    boost: { name: 4, words: 4, summary: 3, parameters: 2 },
  });
  const many = `${results.length} ${results.length === 1 ? 'tool' : 'tools'}`;
  status.textContent =
    results.length === 0
      ? 'No tool has these words.'
      : results.length > maxShown
        ? `${many}; the first ${maxShown} are shown.`
        : `${many} found.`;
  items.replaceChildren(...results.slice(0, maxShown).map(toItem));
}

function toItem({ id }) {
  const tool = globalThis.siteTools[id];
  const item = document.createElement('li');
  item.className = 'tool';
  const link = document.createElement('a');
  link.href = tool.href;
  link.dataset.tool = '';
  link.append(isolate(tool.name));
  const about = document.createElement('p');
  about.dir = 'auto';
  about.textContent = tool.line;
  if (tool.server !== '') {
    const server = document.createElement('span');
    server.className = 'of';
    server.append(isolate(tool.server));
    item.append(link, server, about);
  } else item.append(link, about);
  return item;
}

function isolate(text) {
  const element = document.createElement('bdi');
  element.textContent = text;
  return element;
}

function prepare() {
  loading ??= load(document.querySelector('#search').dataset.tools).then(fill);
  return loading;
}

async function fill() {
  const fresh = new MiniSearch({
    fields: ['name', 'words', 'summary', 'description', 'parameters', 'server'],
    extractField: (tool, field) =>
      // read_file and readFile are found by their words, too.
      field === 'words' ? tool.name.replaceAll(/([a-z\d])([A-Z])|_/g, '$1 $2') : tool[field],
  });
  await fresh.addAllAsync(
    globalThis.siteTools.map((tool, id) => ({ id, ...tool })),
    { chunkSize: 200 },
  );
  index = fresh;
}

/** As a script: pages in a folder may not fetch. */
function load(url) {
  return new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = url;
    script.addEventListener('load', resolve);
    script.addEventListener('error', () => reject(new Error(`${url} could not be loaded`)));
    document.head.append(script);
  });
}
