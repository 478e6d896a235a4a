import type { Change, ContractDiff } from '../../contract/diff/change.ts';
import { toTerminalText } from '../../terminal-text.ts';
import { groupChanges, toShortPlace, toSummaryWords, toTitle } from './diff-report.ts';

const width = 80;
const indent = ' '.repeat(13);

/** The diff for a terminal, 80 columns wide: by operation, the gravest first. */
export function toDiffText(diff: ContractDiff): string {
  const groups = groupChanges(diff).map(({ operation, changes }) => {
    const title = operation === undefined ? 'The document' : toTitle(operation);
    return [toTerminalText(title), ...changes.map(toLines)].join('\n');
  });
  return `${[...groups, `Summary: ${toSummaryWords(diff)}`].join('\n\n')}\n`;
}

function toLines(change: Change): string {
  const { part, pointer } = toShortPlace(change);
  const place = wrap(toTerminalText(pointer === '' ? part : `${part} ${pointer}`), '/');
  const lines = [...place, ...wrap(toTerminalText(change.message), ' ')].map((line) => `${indent}${line}`);
  return `  ${change.severity.padEnd(10)} ${lines.join('\n').trimStart()}`;
}

/** Lines that end before a mark where there is one, and anywhere where there is none. */
function wrap(text: string, mark: ' ' | '/'): readonly string[] {
  const room = width - indent.length;
  const lines: string[] = [];
  let rest = text;
  while (rest.length > room) {
    const at = rest.lastIndexOf(mark, room);
    const end = at > 0 ? at : room;
    lines.push(rest.slice(0, end));
    rest = rest.slice(end).replace(/^ /, '');
  }
  return [...lines, rest];
}
