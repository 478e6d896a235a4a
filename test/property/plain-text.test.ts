import { array, assert, constantFrom, nat, oneof, property, record } from 'fast-check';
import { expect, test } from 'vitest';
import { parseCallResult } from '../../src/gateway/call-result.ts';
import { cutPlainText } from '../../src/gateway/cut-plain-text.ts';
import { unwrapContent } from '../../src/gateway/unwrap.ts';

const character = oneof(
  { weight: 8, arbitrary: constantFrom('a', 'Z', ' ', '.', 'é', '\u{1F600}', '\u2028', '\u007F') },
  constantFrom('"', '\\', '\n', '\t', '\u0000', '\uD83D', '7', '[', '{', '-', 'true'),
);
const text = array(character, { maxLength: 12 }).map((parts) => parts.join(''));
const rest = constantFrom({}, { isError: false }, { isError: true }, { _meta: {} });

function parsed(bytes: Buffer): string | undefined {
  const content = parseCallResult(bytes)?.content;
  return Array.isArray(content) ? unwrapContent(content) : undefined;
}

test('a text that is cut out is the text that parsing gives, to the byte (RES-10)', () => {
  let cuts = 0;
  assert(
    property(text, rest, (value, more) => {
      const bytes = Buffer.from(JSON.stringify({ content: [{ type: 'text', text: value }], ...more }));
      const cut = cutPlainText(bytes);
      if (cut === undefined) return;
      cuts += 1;
      expect(cut.toString('utf8')).toBe(parsed(bytes));
      expect(more).not.toHaveProperty('isError', true);
    }),
    { numRuns: 2_000 },
  );
  expect(cuts).toBeGreaterThan(200);
});

test('what is no result of one valid text is left to parsing', () => {
  const plain = Buffer.from('{"content":[{"type":"text","text":"plain"}]}');
  expect(cutPlainText(plain)?.toString()).toBe('"plain"');
  const change = record({ at: nat({ max: plain.length - 1 }), byte: nat({ max: 255 }) });
  assert(
    property(change, ({ at, byte }) => {
      const bytes = Buffer.from(plain);
      bytes[at] = byte;
      const cut = cutPlainText(bytes);
      expect([undefined, parsed(bytes)]).toContain(cut?.toString('utf8'));
    }),
    { numRuns: 2_000 },
  );
});
