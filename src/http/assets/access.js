/** Where the gateway is; it ends with a slash. */
export const root = new URL(document.documentElement.dataset.root ?? './', location.href);

/** The key that was given in this tab, if any: gone with the tab, and asked for anew in another. */
export function storedKey() {
  try {
    return sessionStorage.getItem(item) ?? undefined;
  } catch {
    return key;
  }
}

/** Keeps a key for this tab; undefined forgets the one that was there. */
export function storeKey(given) {
  key = given;
  try {
    if (given === undefined) sessionStorage.removeItem(item);
    else sessionStorage.setItem(item, given);
  } catch {
    // Where storage is denied, the key lasts as long as the page.
  }
}

/** As `fetch`, with the key where there is one. */
export async function fetchWithKey(address, { headers, withKey = storedKey(), ...options } = {}) {
  const all = new Headers(headers);
  if (withKey !== undefined) all.set('authorization', `Bearer ${toHeaderText(withKey)}`);
  return await fetch(address, { ...options, headers: all });
}

/** Headers carry bytes; the gateway reads these as UTF-8. */
export function toHeaderText(text) {
  return String.fromCharCode(...new TextEncoder().encode(text));
}

/** Adds a button that forgets the key, where there is one. */
export function offerToForget() {
  if (storedKey() === undefined || document.querySelector('#forget') !== null) return;
  const button = document.createElement('button');
  button.id = 'forget';
  button.type = 'button';
  button.textContent = 'Forget the key';
  button.addEventListener('click', () => {
    storeKey(undefined);
    location.reload();
  });
  document.querySelector('#bar nav')?.append(button);
}

// Gateways may share an origin, below paths of their own.
const item = `mcpo-key ${root.pathname}`;
let key;
