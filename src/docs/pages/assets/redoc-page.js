/* global Redoc */
import { toRedocSettings } from '../redoc-settings.ts';

/** How long the bundle and the document may take to come: from a folder they are there at once, or not at all. */
const loadDeadlineMs = 60_000;

const plain = document.querySelector('#plain');
const redoc = document.querySelector('#redoc');
const opener = document.querySelector('#open-redoc');
const { bundle, document: source } = redoc.dataset;
let isRunning = false;

if (opener === null) void start();
else {
  opener.hidden = false;
  opener.querySelector('button').addEventListener('click', () => {
    opener.querySelector('button').disabled = true;
    opener.querySelector('[role=status]').textContent = 'Opening …';
    // The words are drawn first: what follows keeps the page busy.
    setTimeout(() => void start(), 50);
  });
}

addEventListener('themechange', () => {
  if (isRunning) draw();
});

async function start() {
  try {
    await Promise.all([load(bundle), load(source)]);
    // Between tasks the reader can scroll.
    await new Promise((resolve) => setTimeout(resolve));
    isRunning = true;
    draw();
  } catch (error) {
    // The page stays as it came: everything is in it.
    const status = opener?.querySelector('[role=status]');
    if (status) status.textContent = `Redoc could not be opened: ${error.message}`;
  }
}

/** As a script: pages in a folder may not fetch. */
function load(url) {
  return new Promise((resolve, reject) => {
    const script = document.createElement('script');
    const timer = setTimeout(() => reject(new Error(`${url} does not come`)), loadDeadlineMs);
    script.src = url;
    script.addEventListener('load', () => resolve(clearTimeout(timer)));
    script.addEventListener('error', () => reject(new Error(`${url} could not be loaded`)));
    document.head.append(script);
  });
}

/** Draws beside what is shown, and takes its place when it is done: the reader sees no empty page. */
function draw() {
  const { hash } = location;
  const fresh = document.createElement('div');
  fresh.className = 'drawing';
  redoc.append(fresh);
  const style = getComputedStyle(document.documentElement);
  const settings = toRedocSettings({
    isDark: style.getPropertyValue('--scheme').trim() === 'dark',
    accent: style.getPropertyValue('--accent').trim(),
  });
  const height = document.querySelector('#bar')?.offsetHeight ?? 0;
  const isSticky = getComputedStyle(document.querySelector('#bar')).position === 'sticky';
  Redoc.init(
    globalThis.shownDocument,
    { ...settings, scrollYOffset: isSticky ? height : 0 },
    fresh,
    (error) => (error ? fresh.remove() : show(fresh, hash)),
  );
}

function show(fresh, hash) {
  const place =
    placeInView() ?? (hash === '' ? undefined : { id: decodeURIComponent(hash.slice(1)), offset: 0 });
  // Redoc says that it is done also when what it shows is that it failed.
  if (fresh.querySelector('.api-content') === null) {
    fresh.remove();
    return;
  }
  redoc.replaceChildren(fresh);
  plain.remove();
  opener?.remove();
  fresh.classList.remove('drawing');
  document.body.classList.add('with-redoc');
  // Redoc takes the anchor away while nothing of it is in view.
  if (location.hash !== hash) history.replaceState(null, '', `${location.href.split('#')[0]}${hash}`);
  const target = place && document.getElementById(place.id);
  if (!target) return;
  const top = target.getBoundingClientRect().top + scrollY - place.offset;
  scrollTo({ top, behavior: 'instant' });
}

/** What the reader looks at: the last operation that begins above the window's upper third. */
function placeInView() {
  const root = redoc.querySelector(':scope > :not(.drawing)') ?? plain;
  if (scrollY < 10) return undefined;
  let place;
  for (const element of root.querySelectorAll('article[id], [data-section-id]')) {
    const { top } = element.getBoundingClientRect();
    if (top > innerHeight / 3) break;
    const id = element.id || element.dataset.sectionId;
    if (id) place = { id, offset: Math.max(top, 0) };
  }
  return place;
}
