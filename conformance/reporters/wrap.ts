import { toVisible } from './visible.ts';

/**
 * Breaks a text into lines of at most `width` characters, the lines after the first indented; long words stay whole,
 * unless `breaksWords`.
 */
export function wrap(
  text: string,
  width: number,
  first: string,
  indent: string,
  { breaksWords = false }: { readonly breaksWords?: boolean } = {},
): string {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  const words = text.split(/\s+/).filter((part) => part !== '');
  const room = Math.max(1, width - Math.max(first.length, indent.length));
  for (const word of breaksWords ? words.flatMap((whole) => toPieces(whole, room)) : words) {
    const gap = isEmpty ? '' : ' ';
    if (!isEmpty && line.length + gap.length + word.length > width) {
      lines.push(line);
      line = indent + word;
    } else {
      line += gap + word;
    }
    isEmpty = false;
  }
  return [...lines, line].join('\n');
}

/** What a terminal would take for a command is shown instead: texts of servers are not trusted. */
export function toPlain(text: string): string {
  return toVisible(text);
}

/** The beginning of a text, if it is long. */
export function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

/** A break never parts the halves of a surrogate pair. */
function toPieces(word: string, length: number): readonly string[] {
  return word.length <= length ? [word] : (word.match(new RegExp(`.{1,${length - 1}}`, 'gu')) ?? []);
}
