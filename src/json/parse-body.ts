import { isUtf8 } from 'node:buffer';
import type { JsonValue } from './value.ts';

/** What became of a request body. */
export type ParsedBody =
  /** `text` is the body as sent, less a byte order mark, its line breaks (all between tokens) made spaces. */
  | { readonly kind: 'parsed'; readonly value: JsonValue; readonly text: string }
  | { readonly kind: 'malformed'; readonly detail: string };

/** RFC 8259 section 9 lets a reader bound the nesting; recursive readers behind us fail at about this depth. */
const maxDepth = 1_000;

/**
 * Parses a request body so that its text can be passed on in place of its value.
 *
 * What the text means to any reader must be what the parsed value means here, so a body that names a key twice
 * (RFC 8259 section 4: "unpredictable") is malformed, as are text that is not UTF-8 and nesting beyond 1,000 levels.
 *
 * @param bytes the whole body, not empty
 */
export function parseBody(bytes: Buffer): ParsedBody {
  if (!isUtf8(bytes)) return malformed('The body is not valid UTF-8.');
  const decoded = bytes.toString('utf8');
  const text = decoded.charCodeAt(0) === 0xfeff ? decoded.slice(1) : decoded;
  const shape = measure(text);
  if (shape.depth > maxDepth) return malformed(`The body is nested more than ${maxDepth} levels deep.`);
  let value: JsonValue;
  try {
    // JSON.parse returns any; by the grammar of JSON it is a JsonValue.
    value = JSON.parse(text) as JsonValue;
  } catch (error) {
    return malformed(`The body is not JSON: ${error instanceof Error ? error.message : 'unreadable'}.`);
  }
  if (shape.colons > 0 && shape.colons !== countKeys(value)) {
    return malformed(`The body names the key ${JSON.stringify(findRepeatedKey(text))} twice in one object.`);
  }
  return { kind: 'parsed', value, text: shape.hasLineBreaks ? text.replaceAll(/[\r\n]/g, ' ') : text };
}

function malformed(detail: string): ParsedBody {
  return { kind: 'malformed', detail };
}

interface Shape {
  readonly depth: number;
  /** Colons outside strings: in valid JSON, the number of members written. */
  readonly colons: number;
  readonly hasLineBreaks: boolean;
}

/** One pass over the text, strings skipped by indexOf; meaningful when the text turns out to be JSON. */
function measure(text: string): Shape {
  let depth = 0;
  let deepest = 0;
  let colons = 0;
  let hasLineBreaks = false;
  for (let index = 0; index < text.length; index += 1) {
    switch (text.charCodeAt(index)) {
      case 0x22:
        index = endOfString(text, index);
        break;
      case 0x7b:
      case 0x5b:
        depth += 1;
        if (depth > deepest) deepest = depth;
        break;
      case 0x7d:
      case 0x5d:
        depth -= 1;
        break;
      case 0x3a:
        colons += 1;
        break;
      case 0x0a:
      case 0x0d:
        hasLineBreaks = true;
        break;
      default:
    }
  }
  return { depth: deepest, colons, hasLineBreaks };
}

/** The index of the quote that closes the string opened at `start`, or the text's length. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === 0x5c) backslashes += 1;
    if (backslashes % 2 === 0) return end;
  }
  return text.length;
}

function countKeys(value: JsonValue): number {
  if (typeof value !== 'object' || value === null) return 0;
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value) count += countKeys(item);
    return count;
  }
  for (const item of Object.values(value)) count += 1 + countKeys(item);
  return count;
}

/** Only on the way to an error: the first key that an object of this valid JSON text repeats. */
function findRepeatedKey(text: string): string {
  const open: Array<Set<string> | undefined> = [];
  const colon = /\s*:/y;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === 0x7b) open.push(new Set());
    else if (code === 0x5b) open.push(undefined);
    else if (code === 0x7d || code === 0x5d) open.pop();
    else if (code === 0x22) {
      const end = endOfString(text, index);
      const keys = open.at(-1);
      colon.lastIndex = end + 1;
      if (keys !== undefined && colon.test(text)) {
        // A string token of valid JSON parses to a string.
        const key = JSON.parse(text.slice(index, end + 1)) as string;
        if (keys.has(key)) return key;
        keys.add(key);
      }
      index = end;
    }
  }
  return '';
}
