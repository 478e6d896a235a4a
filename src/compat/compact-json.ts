import { rewriteJson } from './json-text.ts';

/**
 * Reads a text as JSON the way Python does, and says it again without white space; undefined when it is none.
 *
 * Numbers stay as written, beyond the double range too. `NaN` and the infinities, which Python writes and JSON lacks,
 * become null.
 */
export function toCompactJson(text: string): string | undefined {
  // Most texts are prose: their first character tells without the price of an exception.
  if (!/^[ \t\r\n]*[[{"\-0-9tfnNI]/.test(text)) return undefined;
  if (isJson(text)) return compact(text);
  if (!text.includes('NaN') && !text.includes('Infinity')) return undefined;
  const plain = rewriteJson(text, {
    string: (part) => part,
    other: (part) => part.replaceAll(/-?\b(?:NaN|Infinity)\b/g, (word) => (word === '-NaN' ? word : 'null')),
  });
  return isJson(plain) ? compact(plain) : undefined;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function compact(json: string): string {
  if (!/[\s\\\p{Surrogate}]/u.test(json)) return json;
  return rewriteJson(json, {
    // A string token of valid JSON parses to a string, whose halves of surrogate pairs are escaped again.
    string: (part) => JSON.stringify(JSON.parse(part)),
    other: (part) => part.replaceAll(/\s+/g, ''),
  });
}
