import type { Change, ContractDiff, Severity } from '../../contract/diff/change.ts';
import { toCode, toPlain } from '../markdown/markdown-text.ts';
import { groupChanges, toShortPlace, toSummaryWords, toTitle } from './diff-report.ts';

const marks: Readonly<Record<Severity, string>> = {
  breaking: '🔴 breaking',
  unknown: '🟡 unknown',
  compatible: '🟢 compatible',
  editorial: '⚪ editorial',
};

/** GitHub refuses comments above 65,536 characters; a report that says where it stops is worth more. */
const maxLength = 60_000;

/** The diff as a pull request's comment shows it (GitHub Flavored Markdown), up to 60,000 characters. */
export function toDiffMarkdown(diff: ContractDiff): string {
  const head = `## Contract changes: ${toSummaryWords(diff)}\n`;
  let text = head;
  let left = diff.changes.length;
  for (const { operation, changes } of groupChanges(diff)) {
    const title = operation === undefined ? 'The document' : toCode(toTitle(operation));
    const header = `\n### ${title}\n\n| severity | where | what |\n| --- | --- | --- |\n`;
    const rows = changes.map(toRow);
    const kept = takeWhileShort(rows, maxLength - text.length - header.length);
    if (kept.length > 0) text += header + kept.join('');
    left -= kept.length;
    if (kept.length < rows.length) break;
  }
  return left === 0 ? text : `${text}\n… and ${left} more.\n`;
}

function toRow(change: Change): string {
  const { part, pointer } = toShortPlace(change);
  const place = pointer === '' ? part : `${part} ${toCode(pointer)}`;
  return `| ${marks[change.severity]} | ${place} | ${toPlain(change.message)} |\n`;
}

function takeWhileShort(rows: readonly string[], room: number): readonly string[] {
  let length = 0;
  const end = rows.findIndex((row) => (length += row.length) > room);
  return end === -1 ? rows : rows.slice(0, end);
}
