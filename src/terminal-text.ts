/**
 * A text from outside, such as a server's, for a terminal: what would steer it, or reorder or hide what is shown, is written
 * as an escape. Colours go; with `keepsLines`, lines and tabs stay.
 */
export function toTerminalText(
  text: string,
  { keepsLines = false }: { readonly keepsLines?: boolean } = {},
): string {
  return text
    .replaceAll(colours, '')
    .replaceAll(steering, (character) =>
      keepsLines && (character === '\n' || character === '\t')
        ? character
        : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
    );
}

// oxlint-disable-next-line no-control-regex -- what is looked for
const colours = /\u001b\[[\d;]*m/g;
const steering = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
