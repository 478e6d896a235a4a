/** HTML that may stand in a page as it is. */
export class Markup {
  readonly text: string;

  /** @param text HTML of ours, never a text of a server's */
  constructor(text: string) {
    this.text = text;
  }
}

type Part = string | number | Markup | readonly Markup[] | undefined;

/**
 * HTML from a template: every part that is not markup already becomes text, in elements and in quoted attributes alike.
 *
 *     markup`<p title="${'"'}">${'<b>'}</p>`.text // <p title="&quot;">&lt;b&gt;</p>
 */
export function markup(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(strings.reduce((page, string, at) => page + toText(parts[at - 1]) + string));
}

/** Characters as text of HTML, with what is invisible or reorders a line written as the escape that JSON has for it. */
function escapeHtml(text: string): string {
  return toVisible(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

function toText(part: Part): string {
  if (part === undefined) return '';
  if (part instanceof Markup) return part.text;
  if (typeof part === 'object') return part.map(({ text }) => text).join('');
  return escapeHtml(String(part));
}

// Joiners build emoji and the letters of some scripts; alone they move nothing.
function toVisible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\ufffe\uffff]/gu, (character) =>
    /[\n\t\u200c\u200d]/.test(character) ? character : toEscape(character),
  );
}

/** By code unit: a character beyond the first plane is a pair, as in JSON. */
function toEscape(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}
