/**
 * Where runs of code points are cut: no high surrogate may stand before a low one, for the two would be read as one
 * code point.
 */
const blocks: readonly (readonly [number, number])[] = [
  [0x0, 0xd7ff],
  [0xd800, 0xdbff],
  [0xdc00, 0xdfff],
  [0xe000, 0x10ffff],
];

/**
 * The code points that a `\p{…}` or `\P{…}` escape matches, as the inside of an RE2 class.
 *
 * Asked of the native engine, so that the Unicode version is the one that the pattern has natively. Takes some
 * ten milliseconds: keep the answer.
 *
 * @param escape valid with the flag `u`
 */
export function toPropertyRanges(escape: string): string {
  const pattern = new RegExp(`${escape}+`, 'gu');
  const ranges: string[] = [];
  for (const [first, last] of blocks) {
    // All code points in order, so a run of matches is a range.
    for (const [run] of toText(first, last).matchAll(pattern)) {
      ranges.push(`\\x{${toHex(run.codePointAt(0))}}-\\x{${toHex(lastCodePoint(run))}}`);
    }
  }
  return ranges.join('');
}

function toText(first: number, last: number): string {
  const pieces: string[] = [];
  for (let codePoint = first; codePoint <= last; codePoint += 1) pieces.push(String.fromCodePoint(codePoint));
  return pieces.join('');
}

function lastCodePoint(text: string): number | undefined {
  const pair = text.codePointAt(text.length - 2);
  return pair !== undefined && pair > 0xffff ? pair : text.codePointAt(text.length - 1);
}

function toHex(codePoint: number | undefined): string {
  return (codePoint ?? 0).toString(16);
}
