// The table of targets for people, within 80 columns, and the file of results for whoever compares later.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * A row of the table.
 *
 * @typedef {object} Row
 * @property {string} title
 * @property {string} target
 * @property {string} measured
 * @property {'met' | 'missed' | 'skipped' | 'not run' | 'failed'} verdict
 * @property {boolean} isUncertain the interval reaches across the target
 * @property {readonly string[]} notes
 * @property {object} numbers
 */

const widths = [29, 20, 20];

/** The line above the rows. */
export function tableHead() {
  return `${toLine(['', 'target', 'measured', 'verdict'])}\n${'-'.repeat(79)}`;
}

/** A row, with its notes below it. @param {Row} row */
export function toText({ title, target, measured, verdict, isUncertain, notes }) {
  const line = toLine([title, target, measured, `${verdict}${isUncertain ? ' ?' : ''}`]);
  return [
    line,
    ...notes.flatMap((note) => wrap(note, 75).map((text, index) => `  ${index === 0 ? '' : '  '}${text}`)),
  ].join('\n');
}

/** How many rows came out how. @param {readonly Row[]} rows */
export function toSummary(rows) {
  const counts = new Map();
  for (const { verdict } of rows) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  const text = [...counts].map(([verdict, count]) => `${count} ${verdict}`).join(', ');
  const isUncertain = rows.some((row) => row.isUncertain);
  const legend = 'median [interval that holds it with 95 %, or all samples if there are under 6]';
  return [text, legend, ...(isUncertain ? ['?: the interval reaches across the target'] : [])].join('\n');
}

/** Keeps the rows with the machine that made them. */
export function writeResults(path, results) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(results, round, 2)}\n`);
}

function toLine(cells) {
  return cells
    .map((cell, index) => cell.padEnd(widths[index] ?? 0))
    .join(' ')
    .trimEnd();
}

function wrap(text, width) {
  const lines = [''];
  for (const word of text.split(' ')) {
    if (lines.at(-1).length + word.length + 1 > width) lines.push('');
    lines[lines.length - 1] += lines.at(-1) === '' ? word : ` ${word}`;
  }
  return lines;
}

/** Five significant digits: more is noise. */
function round(_key, value) {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value;
}
