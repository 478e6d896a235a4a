import { isUtf8 } from 'node:buffer';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseCallResult, type CallResult } from '../../src/gateway/call-result.ts';
import type { ContentBlock } from '../../src/gateway/content-block.ts';
import { unwrapContent } from '../../src/gateway/unwrap.ts';
import { unwrapLargeContent } from '../../src/gateway/unwrap-large.ts';
import { JsonScanner } from '../../src/json/json-scanner.ts';
import { LargeValues } from '../../src/json/large-values.ts';
import { readJsonInString } from '../../src/json/read-json-in-string.ts';

/** Long enough for a block to be cut. */
const padding = 'x'.repeat(5_000);

/** Writes a string in one of the many ways that JSON has. */
function toLiteral(text: string, styles: readonly number[]): string {
  let literal = '';
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    const style = styles[index % Math.max(1, styles.length)] ?? 0;
    const hex = unit.toString(16).padStart(4, '0');
    if (style === 1) literal += `\\u${hex}`;
    else if (style === 2) literal += `\\u${hex.toUpperCase()}`;
    else if (style === 3 && unit === 0x2f) literal += '\\/';
    // Half a pair cannot be written otherwise than escaped; JSON.stringify leaves a whole one as it is.
    else literal += JSON.stringify(text[index]).slice(1, -1);
  }
  // Halves that were escaped one by one, next to each other, are a pair again.
  return `"${literal}"`;
}

const styles = fc.array(fc.nat(3), { minLength: 1, maxLength: 7 });
const awkward = fc.constantFrom(
  '\\',
  '"',
  '\u0000',
  '\u001f',
  '\n',
  '/',
  'é',
  '€',
  '\u{1f600}',
  '\ud800',
  '\udc00',
  '\ufeff',
  '\u2028',
  '\\u0041',
);
const prose = fc
  .array(fc.oneof(fc.string(), fc.string({ unit: 'binary' }), awkward), { maxLength: 8 })
  .map((parts) => parts.join(''));
const jsonText = fc
  .tuple(fc.jsonValue({ stringUnit: 'binary' }), fc.constantFrom(undefined, 1, '\t'))
  .map(([value, indent]) => JSON.stringify(value, undefined, indent));
const nearlyJson = fc
  .tuple(jsonText, fc.nat(), fc.oneof(awkward, fc.string({ maxLength: 2 })))
  .map(
    ([text, at, insert]) =>
      text.slice(0, at % (text.length + 1)) + insert + text.slice(at % (text.length + 1)),
  );
const surrogates = fc.array(awkward, { maxLength: 6 }).map((parts) => `"${parts.join('')}"`);
const long = fc
  .tuple(
    fc.oneof(prose, jsonText, nearlyJson, surrogates),
    fc.constantFrom('', ' '.repeat(5_000), `["${padding}",`, padding),
  )
  .map(([text, pad]) => (pad.startsWith('[') ? `${pad}${text}]` : pad + text));
const text = fc.oneof(prose, jsonText, nearlyJson, surrogates, long);

const block = fc.oneof(
  fc
    .tuple(text, styles)
    .map(([value, style]) => `{"type":"text","text":${toLiteral(value, style)},"_pad":"${padding}"}`),
  fc
    .tuple(text, styles)
    .map(([value, style]) => `{"text":1,"text":${toLiteral(value, style)},"\\u0074ype":"text"}`),
  fc
    .tuple(
      fc.constantFrom('image', 'audio'),
      fc.oneof(text, fc.base64String()),
      fc.option(fc.oneof(text, fc.constant('image/png; a="b"'))),
      styles,
    )
    .map(([type, data, mime, style]) => {
      const mimeType = mime === null ? '' : `,"mimeType":${toLiteral(mime, style)}`;
      return `{"type":"${type}"${mimeType},"data":${toLiteral(data, style)},"_pad":"${padding}"}`;
    }),
  fc.constantFrom(
    '{"type":"text"}',
    `{"type":"text","text":{"a":1},"_pad":"${padding}"}`,
    `{"type":"image","data":7,"_pad":"${padding}"}`,
    `{"type":"image","data":"AAAA","mimeType":7,"_pad":"${padding}"}`,
    `{"type":"resource","resource":{"uri":"a:b","text":"${padding}"}}`,
    `{"type":7,"text":"${padding}"}`,
    `{"text":"${padding}"}`,
    '7',
  ),
);
const result = fc
  .tuple(fc.array(block, { maxLength: 3 }), fc.constantFrom('', ' ', '\t'))
  .map(([blocks, space]) => Buffer.from(`{"content":${space}[${blocks.join(`,${space}`)}]${space}}`));

function largeValuesOf(bytes: Buffer, largeBytes: number): LargeValues {
  const scanner = new JsonScanner(largeBytes);
  scanner.push(bytes);
  expect(scanner.end()).toBe('complete');
  return new LargeValues(scanner.large);
}

function blocksOf(cut: CallResult | undefined): readonly ContentBlock[] {
  return Array.isArray(cut?.content) ? cut.content : [];
}

describe('a large result', () => {
  test('is answered with the same JSON as a small one, cut instead of parsed (BULK-02)', async () => {
    await fc.assert(
      fc.asyncProperty(result, fc.integer({ min: 1, max: 6_000 }), async (bytes, largeBytes) => {
        const parsed = parseCallResult(bytes);
        const cut = parseCallResult(bytes, largeValuesOf(bytes, largeBytes));
        expect(Array.isArray(cut?.content)).toBe(Array.isArray(parsed?.content));
        const [parsedBlocks, cutBlocks] = [blocksOf(parsed), blocksOf(cut)];
        expect(cutBlocks.map(({ type, value }) => ({ type, value }))).toStrictEqual(
          parsedBlocks.map(({ type, value }) => ({ type, value })),
        );
        const body = await unwrapLargeContent(cutBlocks);
        expect(isUtf8(body)).toBe(true);
        expect(JSON.parse(body.toString('utf8'))).toStrictEqual(JSON.parse(unwrapContent(parsedBlocks)));
      }),
      { numRuns: 3_000 },
    );
  });

  test('holds text that is JSON to the letter, as a small one does (BULK-02, RES-03)', async () => {
    await fc.assert(
      fc.asyncProperty(text, styles, async (value, style) => {
        const literal = toLiteral(value, style);
        // Escapes side by side may have made a pair of two halves.
        const read = JSON.parse(literal) as string;
        const json = await readJsonInString(Buffer.from(literal));
        const expected = unwrapContent([{ type: 'text', value: { text: read }, bytes: Buffer.alloc(0) }]);
        expect(json?.toString('utf8') ?? JSON.stringify(read)).toBe(expected);
      }),
      { numRuns: 5_000 },
    );
  });

  test('that is not UTF-8 is parsed, so that what is answered is (BULK-02)', () => {
    const bytes = Buffer.from(`{"content":[{"type":"text","text":"${padding}~"}]}`);
    bytes[bytes.indexOf('~')] = 0xff;
    const parsed = parseCallResult(bytes, largeValuesOf(bytes, 100));
    expect(parsed?.isLarge).toBe(false);
    expect(unwrapContent(blocksOf(parsed))).toBe(`"${padding}\ufffd"`);
  });
});
