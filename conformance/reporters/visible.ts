/**
 * Shows what is invisible, reorders a line, commands a terminal or cannot be encoded: controls, format characters, lone
 * surrogates, noncharacters. They become the escapes that JSON has for them. Texts of servers are not trusted.
 */
export function toVisible(
  text: string,
  { keepsLines = false }: { readonly keepsLines?: boolean } = {},
): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\ufffe\uffff]/gu, (character) =>
    keepsLines && (character === '\n' || character === '\t') ? character : toEscape(character),
  );
}

function toEscape(character: string): string {
  // By code unit: one beyond the first plane is a pair, as in JSON.
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}

/** The beginning of a text that is long, and how much is left out. */
export function toExcerpt(text: string, length: number): string {
  if (text.length <= length) return text;
  return `${text.slice(0, length)}… (${text.length - length} more characters)`;
}
