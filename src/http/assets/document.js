import { fetchWithKey } from './access.js';

/** Fetches the document that the page shows; undefined when that failed, which the page then says. */
export async function loadDocument(page) {
  try {
    const response = await fetchWithKey('openapi.json');
    if (!response.ok) throw new Error(`openapi.json answers ${response.status} ${response.statusText}`);
    const shown = await response.json();
    // The gateway that served this page is the one to call, under whatever path a proxy has put it.
    shown.servers = [{ url: new URL('.', location.href).href.replace(/\/$/, '') }];
    return shown;
  } catch (error) {
    const alert = document.createElement('p');
    alert.role = 'alert';
    alert.textContent = `The document could not be loaded: ${error.message}. Reload the page to try again.`;
    page.replaceChildren(alert);
    return undefined;
  }
}

/** True when the reader prefers a dark page. */
export function isDark() {
  return matchMedia('(prefers-color-scheme: dark)').matches;
}
