import type { Fault } from './config-node.ts';

/** Where something stands in a text; both count from 1, columns in UTF-16 code units as editors do. */
export interface LineColumn {
  readonly line: number;
  readonly column: number;
}

/** Indexes the lines of a text once; returns what finds the place of an offset. */
export function createLineIndex(text: string): (offset: number) => LineColumn {
  const starts = [0, ...[...text.matchAll(/\r\n|\r|\n/g)].map((match) => match.index + match[0].length)];
  return (offset) => {
    // The last line that starts at the offset or before it.
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
}

/** Faults as `path:line:column: message`, in the order of the text, each once. */
export function toLines(
  path: string,
  faults: readonly Fault[],
  lineColumnOf: (offset: number) => LineColumn,
): readonly string[] {
  const lines = faults
    .toSorted((a, b) => a.offset - b.offset)
    .map(({ offset, message }) => {
      const { line, column } = lineColumnOf(offset);
      return `${path}:${line}:${column}: ${message}`;
    });
  return [...new Set(lines)];
}
