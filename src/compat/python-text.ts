/** Words as Python's `str.title` writes them: every run of letters begins with a capital and goes on in lower case. */
export function toTitle(text: string): string {
  let title = '';
  let isInWord = false;
  for (const letter of text) {
    const isCased = letter.toLowerCase() !== letter.toUpperCase();
    title += isInWord ? letter.toLowerCase() : letter.toUpperCase();
    isInWord = isCased;
  }
  return title;
}

/** A name with everything but letters, digits and `_` replaced by `_`. */
export function toWord(text: string): string {
  return text.replaceAll(/[^\p{L}\p{N}_]/gu, '_');
}

/** The title that a field or a response gets from its name. */
export function titleOf(name: string): string {
  return toTitle(name).replaceAll('_', ' ').trim();
}
