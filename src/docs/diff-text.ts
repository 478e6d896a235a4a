import type { Change, ContractDiff } from '../contract/diff/change.ts';
import { groupChanges, toShortPlace, toSummaryWords, toTitle } from './diff-report.ts';

const width = 80;
const indent = ' '.repeat(13);

/** The diff for a terminal: by operation, the gravest first, lines of 80 columns where words allow it. */
export function toDiffText(diff: ContractDiff): string {
  const groups = groupChanges(diff).map(({ operation, changes }) => {
    const title = operation === undefined ? 'The document' : toTitle(operation);
    return [printable(title), ...changes.map(toLines)].join('\n');
  });
  return `${[...groups, `Summary: ${toSummaryWords(diff)}`].join('\n\n')}\n`;
}

function toLines(change: Change): string {
  const { part, pointer } = toShortPlace(change);
  const place = printable(pointer === '' ? part : `${part} ${pointer}`);
  const message = wrap(printable(change.message)).map((line) => `${indent}${line}`);
  return [`  ${change.severity.padEnd(10)} ${place}`, ...message].join('\n');
}

function wrap(text: string): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && indent.length + line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** Names and values come from a server: what would steer a terminal is written as an escape. */
function printable(text: string): string {
  return text.replaceAll(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
