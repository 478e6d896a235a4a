/**
 * What a header value says. HTTP has no encoding for it, and Node reads the bytes as Latin-1; what callers mean today
 * is UTF-8, so that is what valid UTF-8 is taken for.
 */
export function toHeaderText(value: string): string {
  // Nearly all values are ASCII, and the same in both.
  if (!/[\u{80}-\u{ff}]/u.test(value)) return value;
  try {
    return utf8.decode(Buffer.from(value, 'latin1'));
  } catch {
    return value;
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true });
