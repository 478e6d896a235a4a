/** Three digits, or those before the point. */
export function showNumber(value: number): string {
  if (Number.isInteger(value)) return String(value);
  if (Math.abs(value) >= 100) return String(Math.round(value));
  const places = Math.min(3, Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value)))));
  return value.toFixed(places);
}

/** A time in ms, with its unit. */
export function showMs(ms: number): string {
  if (ms >= 10_000) return `${showNumber(ms / 1_000)} s`;
  return `${showNumber(ms)} ms`;
}

/** Columns aligned: the first to the left, the others to the right, two blanks between. */
export function alignColumns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, at) => (widths[at] = Math.max(widths[at] ?? 0, cell.length)));
  return rows.map((row) =>
    row
      .map((cell, at) => (at === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}

/** The first row is the head; cells are as Markdown has them. */
export function toMarkdownTable(rows: readonly (readonly string[])[]): readonly string[] {
  const [head = [], ...others] = rows;
  return [head, head.map(() => '---:'), ...others].map((cells) => `| ${cells.join(' | ')} |`);
}

const bars = '▁▂▃▄▅▆▇█';

/** A line of bars, the highest for the largest value. */
export function toSparkline(values: readonly number[]): string {
  const most = Math.max(...values, Number.MIN_VALUE);
  return values.map((value) => bars[Math.max(0, Math.ceil((value / most) * bars.length) - 1)]).join('');
}

/** Lines of at most so many characters, those after the first indented. */
export function wrapText(text: string, width = 80, indent = '  '): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (longer.length <= width || line.trim() === '') {
      line = longer;
      continue;
    }
    lines.push(line);
    line = `${indent}${word}`;
  }
  // What has no blanks, such as a path, is cut.
  return [...lines, line].flatMap((each) => each.match(new RegExp(`.{1,${width}}`, 'gu')) ?? ['']);
}
