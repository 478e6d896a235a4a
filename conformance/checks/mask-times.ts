const patterns: readonly RegExp[] = [
  // 2026-11-23T05:41:44.123Z, and the date alone
  /\d{4}-\d{2}-\d{2}(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?: ?(?:Z|[+-]\d{2}:?\d{2}))?)?/g,
  // 05:41 and 5:41:44
  /\b\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\b/g,
  // Seconds, milliseconds, microseconds or nanoseconds since 1970, from 2020 to 2036
  /\b(?:1[6-9]|20)\d{8}(?:\d{3}){0,3}(?:\.\d+)?\b/g,
];

/**
 * Puts the same mark in place of every time in a text.
 *
 * When something was last read or written tells nothing of what it holds, and every look may change it.
 */
export function maskTimes(text: string): string {
  return patterns.reduce((masked, pattern) => masked.replaceAll(pattern, '(time)'), text);
}
