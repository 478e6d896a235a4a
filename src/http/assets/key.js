import { fetchWithKey, storedKey, storeKey } from './access.js';

const form = document.querySelector('#key-form');
const input = document.querySelector('#key');
const fault = document.querySelector('#key-fault');

form.addEventListener('submit', (event) => {
  event.preventDefault();
  void open(input.value);
});

const known = storedKey();
if (known === undefined) ask();
else await open(known);

/** Puts what the key opens in this page's place: its address stays, and with it where its links lead. */
async function open(key) {
  const answer = await answerFor(key);
  if (typeof answer === 'string') {
    storeKey(undefined);
    ask(answer);
    return;
  }
  storeKey(key);
  const text = await answer.text();
  if (answer.headers.get('content-type')?.startsWith('text/html')) {
    document.open();
    document.write(text);
    document.close();
    return;
  }
  const shown = document.createElement('pre');
  shown.className = 'file';
  shown.tabIndex = 0;
  shown.textContent = text;
  document.body.replaceChildren(shown);
}

/** The answer, or why there is none. */
async function answerFor(key) {
  try {
    const answer = await fetchWithKey(location.href, {
      headers: { accept: 'text/html, */*;q=0.8' },
      withKey: key,
    });
    if (answer.status !== 401 && answer.status !== 403) return answer;
    // Whoever is known, and may not see this, has a key that is right.
    if (!asksForKey(await answer.clone().text())) return answer;
    return answer.status === 403
      ? 'The gateway refuses this key.'
      : 'This is no key that the gateway can read.';
  } catch {
    return 'The gateway cannot be reached; try again.';
  }
}

/** Whether a refusal is of the key: what is no page was not made for this script. */
function asksForKey(text) {
  const page = new DOMParser().parseFromString(text, 'text/html');
  return page.querySelector('main') === null || page.querySelector('#key-form') !== null;
}

function ask(why = '') {
  form.hidden = false;
  fault.textContent = why;
  input.toggleAttribute('aria-invalid', why !== '');
  input.focus();
}
