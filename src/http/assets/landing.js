import { fetchWithKey, offerToForget, root, storedKey } from './access.js';
import { watch } from './live.js';

const everyMs = 5_000;
let sought = '';
let seen = '';

offerToForget();
nameAddresses();
addSearch();
showReadinessHere();
watch(async () => {
  const now = await readState();
  if (seen !== '' && seen !== now) await renew();
  seen = now;
  return true;
}, everyMs);
seen = await readState().catch(() => '');

/** The gateway knows how it was asked, and not by which name a proxy shows it: the browser does. */
function nameAddresses() {
  for (const place of document.querySelectorAll('[data-url]')) {
    const { href } = new URL(place.dataset.url, location.href);
    place.textContent =
      'bare' in place.dataset ? href.replace(/\/$/, '') : href.replaceAll("'", String.raw`'\''`);
  }
}

/** The browser would ask without the key, and everybody gets an answer: only not what the key would show. */
function showReadinessHere() {
  const link = document.querySelector('#readiness');
  link.addEventListener('click', (event) => {
    const isElsewhere = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
    if (isElsewhere || storedKey() === undefined) return;
    event.preventDefault();
    void showReadiness(link);
  });
}

async function showReadiness(link) {
  const shown = document.querySelector('#readiness-details') ?? document.createElement('pre');
  shown.id = 'readiness-details';
  shown.tabIndex = 0;
  try {
    const answer = await fetchWithKey(link.href, { cache: 'no-store' });
    shown.textContent = JSON.stringify(await answer.json(), undefined, 2);
  } catch {
    shown.textContent = 'The gateway cannot be reached; try again.';
  }
  link.parentElement.after(shown);
  shown.focus();
}

/** What the page shows of the servers, without what changes with each call. */
async function readState() {
  const response = await fetchWithKey(new URL('readyz', root), { cache: 'no-store' });
  const { status, contract, servers = {} } = await response.json();
  const states = Object.entries(servers).map(([name, { state, tools, reason }]) => [
    name,
    state,
    tools,
    reason,
  ]);
  return JSON.stringify([status, contract, states]);
}

/** Takes the parts that change from the page as the gateway would send it now. */
async function renew() {
  const response = await fetchWithKey(location.href, { headers: { accept: 'text/html' } });
  if (!response.ok) throw new Error(`${response.status}`);
  const fresh = new DOMParser().parseFromString(await response.text(), 'text/html');
  const isSearching = document.activeElement?.id === 'find';
  for (const part of document.querySelectorAll('[data-live]')) {
    const next = fresh.getElementById(part.id);
    // A status that is announced has to stay the same element.
    if (next !== null) {
      const status = part.querySelector(':scope > [role=status]');
      const nextStatus = next.querySelector(':scope > [role=status]');
      if (status !== null && nextStatus !== null) {
        status.className = nextStatus.className;
        if (status.textContent !== nextStatus.textContent) status.textContent = nextStatus.textContent;
        nextStatus.replaceWith(status);
      }
      part.replaceChildren(...next.childNodes);
    }
  }
  addSearch();
  if (isSearching) document.querySelector('#find')?.focus();
}

function addSearch() {
  const input = document.querySelector('#find');
  if (input === null) return;
  input.closest('[hidden]').hidden = false;
  input.value = sought;
  input.addEventListener('input', () => {
    sought = input.value;
    filter();
  });
  filter();
}

function filter() {
  const words = sought.toLowerCase().split(/\s+/).filter(Boolean);
  const tools = [...document.querySelectorAll('.tools > li')];
  const found = tools.filter((tool) => {
    const text = tool.textContent.toLowerCase();
    tool.hidden = !words.every((word) => text.includes(word));
    return !tool.hidden;
  });
  const note = document.querySelector('#found');
  note.textContent = words.length === 0 ? '' : `${found.length} of ${tools.length}`;
}
