import type { LargeValues } from './large-values.ts';

/**
 * Finds the members of a JSON object, or the elements of an array, in UTF-8 bytes, without parsing the values.
 *
 * Structure is checked as RFC 8259 says: brackets, commas, colons, literals, number syntax. The inside of
 * strings is not: control characters, unknown escapes and invalid UTF-8 show when the string itself is parsed.
 */

/** `malformed`: the bytes are not one JSON object (or array) with only white space around it. */
export type ScanOutcome = 'complete' | 'stopped' | 'malformed';

/**
 * Gets a member's key, unescaped, and the span of its value; returns false to stop.
 * A key that the text names twice is visited twice; JSON.parse keeps the last.
 */
export type VisitMember = (key: string, valueStart: number, valueEnd: number) => boolean | void;

/** Gets an element's span; returns false to stop. */
export type VisitElement = (valueStart: number, valueEnd: number) => boolean | void;

/**
 * Visits the members of the JSON object in `bytes[start, end)` in their order.
 *
 * Members before a flaw are visited, so a truncated object gives up what it has; a number at the cut may be
 * incomplete (its `valueEnd` is then `end`). Values in `large` are not read.
 *
 * @example
 * const bytes = Buffer.from('{"id":7,"result":{"content":[]}}');
 * scanMembers(bytes, 0, bytes.length, (key, valueStart, valueEnd) => {
 *   if (key === 'result') console.log(bytes.toString('utf8', valueStart, valueEnd)); // {"content":[]}
 * });
 */
export function scanMembers(
  bytes: Buffer,
  start: number,
  end: number,
  visit: VisitMember,
  large?: LargeValues,
): ScanOutcome {
  let at = skipSpace(bytes, start, end);
  if (at >= end || bytes[at] !== OPEN_BRACE) return 'malformed';
  at = skipSpace(bytes, at + 1, end);
  if (at < end && bytes[at] === CLOSE_BRACE) return finish(bytes, at + 1, end);
  for (;;) {
    if (at >= end || bytes[at] !== QUOTE) return 'malformed';
    const keyEnd = skipString(bytes, at, end);
    if (keyEnd < 0) return 'malformed';
    const key = readKey(bytes, at, keyEnd);
    if (key === undefined) return 'malformed';
    at = skipSpace(bytes, keyEnd, end);
    if (at >= end || bytes[at] !== COLON) return 'malformed';
    const valueStart = skipSpace(bytes, at + 1, end);
    const valueEnd = endOfValue(bytes, valueStart, end, large);
    if (valueEnd < 0) return 'malformed';
    if (visit(key, valueStart, valueEnd) === false) return 'stopped';
    at = skipSpace(bytes, valueEnd, end);
    if (at < end && bytes[at] === CLOSE_BRACE) return finish(bytes, at + 1, end);
    if (at >= end || bytes[at] !== COMMA) return 'malformed';
    at = skipSpace(bytes, at + 1, end);
  }
}

/** Visits the elements of the JSON array in `bytes[start, end)` in their order; flaws as in {@link scanMembers}. */
export function scanElements(
  bytes: Buffer,
  start: number,
  end: number,
  visit: VisitElement,
  large?: LargeValues,
): ScanOutcome {
  let at = skipSpace(bytes, start, end);
  if (at >= end || bytes[at] !== OPEN_BRACKET) return 'malformed';
  at = skipSpace(bytes, at + 1, end);
  if (at < end && bytes[at] === CLOSE_BRACKET) return finish(bytes, at + 1, end);
  for (;;) {
    const valueEnd = endOfValue(bytes, at, end, large);
    if (valueEnd < 0) return 'malformed';
    if (visit(at, valueEnd) === false) return 'stopped';
    at = skipSpace(bytes, valueEnd, end);
    if (at < end && bytes[at] === CLOSE_BRACKET) return finish(bytes, at + 1, end);
    if (at >= end || bytes[at] !== COMMA) return 'malformed';
    at = skipSpace(bytes, at + 1, end);
  }
}

/** As {@link skipValue}, past a large value without reading it. */
export function endOfValue(
  bytes: Buffer,
  start: number,
  end: number,
  large: LargeValues | undefined,
): number {
  return large?.endOf(start) ?? skipValue(bytes, start, end);
}

/**
 * The index after the JSON value that begins at `start`, or -1 when none does.
 * Nesting is unlimited: the stack holds one bit a level, 31 levels a word.
 */
export function skipValue(bytes: Buffer, start: number, end: number): number {
  let at = start;
  let depth = 0;
  // The lowest bit is the innermost container: 1 for an object, 0 for an array.
  let kinds = 0;
  const outerKinds: number[] = [];
  for (;;) {
    // Here a value begins.
    if (at >= end) return -1;
    const first = bytes[at];
    if (first === OPEN_BRACE || first === OPEN_BRACKET) {
      const isObject = first === OPEN_BRACE;
      at = skipSpace(bytes, at + 1, end);
      if (at >= end) return -1;
      if (bytes[at] === (isObject ? CLOSE_BRACE : CLOSE_BRACKET)) {
        at += 1;
      } else {
        if (depth !== 0 && depth % 31 === 0) {
          outerKinds.push(kinds);
          kinds = 0;
        }
        kinds = (kinds << 1) | (isObject ? 1 : 0);
        depth += 1;
        if (isObject) at = skipKeyAndColon(bytes, at, end);
        if (at < 0) return -1;
        continue;
      }
    } else {
      at = first === QUOTE ? skipString(bytes, at, end) : skipScalar(bytes, at, end);
      if (at < 0) return -1;
    }
    // Here a value has ended: close what ends with it, then go to the next value.
    for (;;) {
      if (depth === 0) return at;
      at = skipSpace(bytes, at, end);
      if (at >= end) return -1;
      const isObject = (kinds & 1) === 1;
      const next = bytes[at];
      if (next === COMMA) {
        at = skipSpace(bytes, at + 1, end);
        if (isObject) at = skipKeyAndColon(bytes, at, end);
        if (at < 0) return -1;
        break;
      }
      if (next !== (isObject ? CLOSE_BRACE : CLOSE_BRACKET)) return -1;
      at += 1;
      depth -= 1;
      kinds >>>= 1;
      if (depth !== 0 && depth % 31 === 0) kinds = outerKinds.pop() ?? 0;
    }
  }
}

/** The index of the first byte at or after `start` that is not JSON white space. */
function skipSpace(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end) {
    const byte = bytes[at];
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break;
    at += 1;
  }
  return at;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const COLON = 0x3a;
const COMMA = 0x2c;

/** Up to here a loop beats the call into native code; beyond, indexOf reads many bytes at a time. */
const LOOP_BYTES = 48;

function finish(bytes: Buffer, at: number, end: number): ScanOutcome {
  return skipSpace(bytes, at, end) === end ? 'complete' : 'malformed';
}

function skipKeyAndColon(bytes: Buffer, start: number, end: number): number {
  if (start >= end || bytes[start] !== QUOTE) return -1;
  const keyEnd = skipString(bytes, start, end);
  if (keyEnd < 0) return -1;
  const at = skipSpace(bytes, keyEnd, end);
  if (at >= end || bytes[at] !== COLON) return -1;
  return skipSpace(bytes, at + 1, end);
}

/** The index after the closing quote of the string whose opening quote is at `open`, or -1. */
function skipString(bytes: Buffer, open: number, end: number): number {
  let at = open + 1;
  for (;;) {
    const loopEnd = at + LOOP_BYTES < end ? at + LOOP_BYTES : end;
    while (at < loopEnd) {
      const byte = bytes[at];
      if (byte === QUOTE) return at + 1;
      at += byte === BACKSLASH ? 2 : 1;
    }
    if (at >= end) return -1;
    const quote = bytes.indexOf(QUOTE, at);
    if (quote < 0 || quote >= end) return -1;
    // The quote ends the string unless an odd number of backslashes stands before it. `at` itself is not escaped.
    let before = quote;
    while (before > at && bytes[before - 1] === BACKSLASH) before -= 1;
    if (((quote - before) & 1) === 0) return quote + 1;
    at = quote + 1;
  }
}

function skipScalar(bytes: Buffer, start: number, end: number): number {
  const first = bytes[start];
  if (first === 0x74) return skipWord(bytes, start, end, 'true');
  if (first === 0x66) return skipWord(bytes, start, end, 'false');
  if (first === 0x6e) return skipWord(bytes, start, end, 'null');
  return skipNumber(bytes, start, end);
}

function skipWord(bytes: Buffer, start: number, end: number, word: string): number {
  if (start + word.length > end) return -1;
  for (let index = 1; index < word.length; index += 1) {
    if (bytes[start + index] !== word.charCodeAt(index)) return -1;
  }
  return start + word.length;
}

/** number = [ "-" ] int [ "." 1*DIGIT ] [ ("e" / "E") [ "+" / "-" ] 1*DIGIT ] (RFC 8259 section 6). */
function skipNumber(bytes: Buffer, start: number, end: number): number {
  let at = bytes[start] === 0x2d ? start + 1 : start;
  const intEnd = skipDigits(bytes, at, end);
  if (intEnd === at || (bytes[at] === 0x30 && intEnd > at + 1)) return -1;
  at = intEnd;
  if (at < end && bytes[at] === 0x2e) {
    const fractionEnd = skipDigits(bytes, at + 1, end);
    if (fractionEnd === at + 1) return -1;
    at = fractionEnd;
  }
  if (at < end && (bytes[at] === 0x65 || bytes[at] === 0x45)) {
    at += 1;
    if (at < end && (bytes[at] === 0x2b || bytes[at] === 0x2d)) at += 1;
    const exponentEnd = skipDigits(bytes, at, end);
    if (exponentEnd === at) return -1;
    at = exponentEnd;
  }
  return at;
}

function skipDigits(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end) {
    const byte = bytes[at] ?? 0;
    if (byte < 0x30 || byte > 0x39) break;
    at += 1;
  }
  return at;
}

/** Undefined when the key holds what no JSON string may hold. */
function readKey(bytes: Buffer, open: number, end: number): string | undefined {
  for (let at = open + 1; at < end - 1; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === BACKSLASH || byte > 0x7e || byte < 0x20) return parseKey(bytes.toString('utf8', open, end));
  }
  return bytes.toString('latin1', open + 1, end - 1);
}

function parseKey(text: string): string | undefined {
  try {
    const key: unknown = JSON.parse(text);
    return typeof key === 'string' ? key : undefined;
  } catch {
    return undefined;
  }
}
