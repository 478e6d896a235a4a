import type { JsonValue } from '../../src/index.ts';

/** Strings, so that what looks like a number in them stays; then numbers. */
const tokens = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/gs;

/**
 * Parses JSON without rounding: an integer that no double holds becomes a text that only equal integers become.
 * Undefined for what is no JSON.
 */
export function parseExactly(text: string): JsonValue | undefined {
  const marked = text.replace(tokens, (token) => (isInexact(token) ? JSON.stringify(toMark(token)) : token));
  try {
    return JSON.parse(marked) as JsonValue;
  } catch {
    return undefined;
  }
}

function isInexact(token: string): boolean {
  return /^-?\d{16,}$/.test(token) && BigInt(token) !== BigInt(Number(token));
}

function toMark(token: string): string {
  return `the integer ${BigInt(token)}`;
}
