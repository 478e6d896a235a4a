import { expect, test } from 'vitest';
import { createTextReporter } from '../../../../conformance/reporters/text.ts';
import { events } from './event-fixture.ts';
import { render } from './render.ts';

const text = render(createTextReporter);
const lines = text.split('\n');

test('fits 80 columns, but for what is there to be copied', () => {
  const long = lines.filter(
    (line) => line.length > 80 && !/^ {3}(?:source|replay|elsewhere|curl): /.test(line),
  );
  expect(long).toEqual([]);
});

test('nothing that a server says commands the terminal', () => {
  // oxlint-disable-next-line no-control-regex -- control characters are what this is about
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b\u202e]/);
  expect(text.isWellFormed()).toBe(true);
});

test('a finding tells how often it happened and where, what came before, and the same call by curl', () => {
  expect(text).toMatch(/^ {3}happened: {2}7 times, at \/limit, \/nested\/list, the root$/m);
  expect(text).toMatch(/^ {3}after: {5}reset \{"all":true\}$/m);
  expect(text).toMatch(/^ {3}curl: {6}curl -X POST http:\/\/localhost:8000\/echo /m);
});

test('the fuzzing is a table, which tells what was cut short and what is untestable', () => {
  expect(text).toContain('coverage  negative   fuzzing   refused   calls/s\n');
  expect(text).toMatch(/^ {2}echo +38 +42 +60\/100 +40\/42 +512$/m);
  expect(text).toContain('the budget of time was used up after n calls of m');
  expect(text).toContain('  echo /properties/pattern pattern: no text was found');
});

test('several runs follow each other, and the last line sums them up', () => {
  expect(lines.filter((line) => line === '='.repeat(80))).toHaveLength(2);
  expect(text).toContain('Not verified: command not found: no-such-server\n');
  expect(text).toMatch(
    /\nAll 3 servers, 1 of them not verified to the end: 1 error, 1 warning, 1 flaky;\n {2}checks: 2 passed, 2 failed,/,
  );
});

test('one run alone ends with its own sum', () => {
  const end = events.findIndex(({ kind }) => kind === 'run-finished');
  expect(render(createTextReporter, events.slice(0, end + 1))).toMatch(/\n310 requests in 12\.3 s\n$/);
});

test('is coloured only when asked, and says the same then', () => {
  const coloured = render((write) => createTextReporter(write, { isColoured: true }));
  expect(coloured).toContain('\u001b[31mFAIL\u001b[39m');
  // oxlint-disable-next-line no-control-regex -- the escapes of colours
  expect(coloured.replaceAll(/\u001b\[\d+m/g, '')).toBe(text);
});
