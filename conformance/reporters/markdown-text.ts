import { toVisible } from './visible.ts';

/**
 * Text that stays text in GitHub's Markdown, also in a table or within HTML: whatever could be markup is a character
 * reference, and what GitHub would link in any case (names after an at sign, numbers after a hash) is parted from its sign.
 */
export function toMarkdownText(text: string): string {
  return toVisible(text)
    .replace(/[^\p{L}\p{N} ,;()'-]/gu, toReference)
    .replaceAll(/&#(?:64|35);/g, (sign) => `${sign}&#8203;`);
}

/** A name or a value, set apart; GitHub links nothing in it. */
export function toMarkdownCode(text: string): string {
  const escaped = toVisible(text).replace(
    /[^\p{L}\p{N} ,()/_-]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu,
    toReference,
  );
  return `<code>${escaped}</code>`;
}

/** A block in which nothing is markup: its fence is longer than any in the text. */
export function toFence(text: string, language: string): string {
  const runs = text.match(/`+/g) ?? [];
  const fence = '`'.repeat(Math.max(3, ...runs.map(({ length }) => length + 1)));
  return `${fence}${language}\n${toVisible(text, { keepsLines: true })}\n${fence}`;
}

function toReference(character: string): string {
  return `&#${character.codePointAt(0)};`;
}
