/** The words before the first `--`, and those after it. */
export function splitWords(words: readonly string[]): {
  readonly own: readonly string[];
  readonly server: readonly string[];
} {
  const at = words.indexOf('--');
  return at === -1 ? { own: words, server: [] } : { own: words.slice(0, at), server: words.slice(at + 1) };
}
