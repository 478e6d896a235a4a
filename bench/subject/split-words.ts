/**
 * Splits a command into words as a POSIX shell would, as far as quotes and backslashes go; nothing is expanded.
 *
 * @throws RangeError when a quote does not end
 */
export function splitWords(text: string): readonly string[] {
  const words: string[] = [];
  const pattern = /(?:[^\s'"\\]+|'[^']*'|"(?:[^"\\]|\\.)*"|\\.)+/gs;
  const rest = text.replace(pattern, (word) => {
    words.push(unquote(word));
    return '';
  });
  if (rest.trim() !== '') throw new RangeError(`a quote does not end: ${text}`);
  return words;
}

function unquote(word: string): string {
  return word.replace(
    /'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)/gs,
    (_whole, single: string | undefined, double: string | undefined, escaped: string | undefined) =>
      single ?? double?.replaceAll(/\\(["\\$`])/g, '$1') ?? escaped ?? '',
  );
}
