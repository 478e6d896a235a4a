/**
 * Shows what would steer a terminal, or reorder or hide what is on it, as the escapes that JSON has: texts of servers are
 * not trusted.
 */
export function toVisible(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, toEscape);
}

function toEscape(character: string): string {
  // By code unit: one beyond the first plane is a pair.
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}
