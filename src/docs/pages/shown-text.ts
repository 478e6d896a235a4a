/** A part of a description. */
export interface Run {
  readonly isCode: boolean;
  readonly text: string;
}

/**
 * Splits a description into runs of plain text and of `code`.
 *
 * Descriptions come from the tools, and are text: neither HTML nor Markdown links in them mean anything here.
 * Characters that reorder what follows them (UAX #9, explicit formatting) are named rather than obeyed.
 */
export function toRuns(description: string): readonly Run[] {
  return description
    .split(/`([^`\n]+)`/)
    .map((text, index) => ({ isCode: index % 2 === 1, text: nameReordering(text) }));
}

/** The text with `[U+202E]` in the place of a character that would reorder the line. */
export function nameReordering(text: string): string {
  return text.replaceAll(/[\u202A-\u202E\u2066-\u2069]/g, nameCharacter);
}

/** The description as Redoc is given it: one line of HTML is one HTML block to Markdown (CommonMark 4.6), which then looks no further into it. */
export function toHtmlBlock(description: string): string {
  const runs = toRuns(description).map(({ isCode, text }) => {
    const html = escapeHtml(text);
    return isCode ? `<code>${html}</code>` : html;
  });
  return `<p class="text" dir="auto">${runs.join('')}</p>`;
}

/** The beginning of a description on one line, for lists. */
export function toOneLine(description: string, maxLength: number): string {
  // Far more than is kept: a description of a million characters is not read whole.
  const [paragraph = ''] = description
    .slice(0, maxLength * 4)
    .trim()
    .split(/\n\s*\n/);
  const line = nameReordering(paragraph).replaceAll(/\s+/g, ' ').trim();
  const sentence = /^.{20,}?[.!?](?=\s|$)/.exec(line)?.[0] ?? line;
  const kept = sentence.length <= maxLength ? sentence : line;
  return kept.length <= maxLength ? kept : `${kept.slice(0, maxLength - 1).trimEnd()}…`;
}

function nameCharacter(character: string): string {
  return `[U+${character.charCodeAt(0).toString(16).toUpperCase()}]`;
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\r', '')
    .replaceAll('\n', '&#10;');
}
