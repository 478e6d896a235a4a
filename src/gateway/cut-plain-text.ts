import { isUtf8 } from 'node:buffer';

/** How servers write a result of one text, whichever SDK they are built on. */
const head = Buffer.from('{"content":[{"type":"text","text":"');
const tails = [Buffer.from('"}]}'), Buffer.from('"}],"isError":false}')];
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const DELETE = 0x7f;

/**
 * Cuts the text of a result of one text out of its bytes, as the JSON string that stands for it; undefined for any other
 * result, and for texts that have escapes or may be JSON themselves: those are parsed.
 *
 * It saves three passes and two copies of what is the usual result by far: 3 to 4 µs for 1 KB.
 */
export function cutPlainText(resultJson: Buffer): Buffer | undefined {
  const start = head.length;
  if (!hasAt(resultJson, 0, head) || mayBeginJson(resultJson[start] ?? QUOTE)) return undefined;
  let at = start;
  let isAscii = true;
  for (; at < resultJson.length; at += 1) {
    const byte = resultJson[at] ?? 0;
    if (byte === QUOTE) break;
    if (byte < SPACE || byte === BACKSLASH) return undefined;
    if (byte > DELETE) isAscii = false;
  }
  if (!tails.some((tail) => at + tail.length === resultJson.length && hasAt(resultJson, at, tail)))
    return undefined;
  const text = resultJson.subarray(start - 1, at + 1);
  return isAscii || isUtf8(text) ? text : undefined;
}

/** White space, and the first characters of JSON values. */
function mayBeginJson(byte: number): boolean {
  switch (byte) {
    case SPACE:
    case QUOTE:
    case 0x2d: // -
    case 0x5b: // [
    case 0x66: // f
    case 0x6e: // n
    case 0x74: // t
    case 0x7b: // {
      return true;
    default:
      return byte >= 0x30 && byte <= 0x39;
  }
}

function hasAt(bytes: Buffer, at: number, expected: Buffer): boolean {
  if (at + expected.length > bytes.length) return false;
  for (let index = 0; index < expected.length; index += 1) {
    if (bytes[at + index] !== expected[index]) return false;
  }
  return true;
}
