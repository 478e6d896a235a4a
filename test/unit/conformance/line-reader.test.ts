import { expect, test } from 'vitest';
import { LineReader } from '../../../conformance/target/line-reader.ts';

test('lines are the same however the bytes arrive', () => {
  const bytes = Buffer.from('{"a":"ü😀"}\n\nlog\r\n{}\n');
  const whole = read([bytes]);
  expect(whole.map(({ text }) => text)).toEqual(['{"a":"ü😀"}', '', 'log\r', '{}']);
  expect(read([...bytes].map((byte) => Buffer.from([byte])))).toEqual(whole);
});

test('bytes that are not UTF-8 are a fault', () => {
  expect(read([Buffer.from([0x22, 0xff, 0x22, 0x0a])])).toMatchObject([{ fault: 'the line is not UTF-8' }]);
});

test('a last line without its end is a fault', () => {
  expect(read([Buffer.from('{}\n{')])).toEqual([
    { text: '{}' },
    { text: '{', fault: 'the line was not ended by a newline' },
  ]);
});

test('a line over the limit is cut and counted, and the next one is whole', () => {
  const lines = read([Buffer.from('x'.repeat(50)), Buffer.from(`${'x'.repeat(60)}\nnext\n`)], 100);
  expect(lines).toEqual([{ text: 'x'.repeat(100), fault: 'the line has 110 bytes' }, { text: 'next' }]);
});

function read(chunks: readonly Buffer[], maxBytes = 1_000): { text: string; fault?: string }[] {
  const lines: { text: string; fault?: string }[] = [];
  const reader = new LineReader(maxBytes, (line) => lines.push(line));
  for (const chunk of chunks) reader.push(chunk);
  reader.end();
  return lines;
}
