/** The index after the closing quote of the string that begins at `open`; the text's length when none closes it. */
export function endOfString(text: string, open: number): number {
  for (let at = text.indexOf('"', open + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(at - 1 - backslashes) === 0x5c) backslashes += 1;
    if (backslashes % 2 === 0) return at + 1;
  }
  return text.length;
}

/** Rewrites a JSON text: its strings, quotes included, by one function, all between them by another. */
export function rewriteJson(
  text: string,
  rewrite: { readonly string: (part: string) => string; readonly other: (part: string) => string },
): string {
  let result = '';
  for (let at = 0; at < text.length;) {
    const open = text.indexOf('"', at);
    result += rewrite.other(text.slice(at, open === -1 ? undefined : open));
    if (open === -1) break;
    at = endOfString(text, open);
    result += rewrite.string(text.slice(open, at));
  }
  return result;
}
