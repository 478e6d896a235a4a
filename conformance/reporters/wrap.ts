/** Breaks a text into lines of at most `width` characters, the lines after the first indented; long words stay whole. */
export function wrap(text: string, width: number, first: string, indent: string): string {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
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
  return text.replaceAll(
    // oxlint-disable-next-line no-control-regex -- control characters are what this is about
    /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The beginning of a text, if it is long. */
export function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}
