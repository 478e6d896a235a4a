/** Fetches the document that the page shows, as it is to be shown; undefined when that failed, which the page then says. */
export async function loadDocument(page) {
  try {
    const response = await fetch('openapi.json');
    if (!response.ok) throw new Error(`openapi.json answers ${response.status} ${response.statusText}`);
    const shown = await response.json();
    // The gateway that served this page is the one to call, under whatever path a proxy has put it.
    shown.servers = [{ url: new URL('.', location.href).href.replace(/\/$/, '') }];
    dropForeignLinks(shown);
    return shown;
  } catch (error) {
    const alert = document.createElement('p');
    alert.role = 'alert';
    alert.textContent = `The document could not be loaded: ${error.message}. Reload the page to try again.`;
    page.replaceChildren(alert);
    return undefined;
  }
}

/**
 * Splits a description into runs of plain text and of `code`.
 *
 * Descriptions come from the tools, and are text: neither HTML nor Markdown links in them mean anything here.
 * Characters that reorder what follows them (UAX #9, explicit formatting) are named rather than obeyed.
 */
export function toRuns(description) {
  return description.split(/`([^`\n]+)`/).map((text, index) => ({
    isCode: index % 2 === 1,
    text: text.replaceAll(/[\u202A-\u202E\u2066-\u2069]/g, nameCharacter),
  }));
}

/** Calls `change(owner, key)` for each description in the document, and not for what examples and defaults hold. */
export function forEachDescription(value, change) {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, member] of Object.entries(value)) {
    if (key === 'description' && typeof member === 'string') change(value, key);
    else if (!dataKeys.has(key)) forEachDescription(member, change);
  }
}

/** True when the reader prefers a dark page. */
export function isDark() {
  return matchMedia('(prefers-color-scheme: dark)').matches;
}

const dataKeys = new Set(['example', 'examples', 'default', 'const', 'enum']);

function nameCharacter(character) {
  return `[U+${character.codePointAt(0).toString(16).toUpperCase()}]`;
}

/** A schema may carry `externalDocs`; a tool has no business linking `javascript:` from our page. */
function dropForeignLinks(value) {
  if (typeof value !== 'object' || value === null) return;
  if (typeof value.externalDocs?.url === 'string' && !/^https?:\/\//i.test(value.externalDocs.url)) {
    delete value.externalDocs;
  }
  for (const member of Object.values(value)) dropForeignLinks(member);
}
