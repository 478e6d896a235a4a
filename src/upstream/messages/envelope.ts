import type { LargeValues } from '../../json/large-values.ts';
import { endOfValue, scanMembers } from '../../json/members.ts';

/**
 * What one line is, as far as routing needs it (JSON-RPC 2.0 sections 4 and 5); values stay unparsed.
 * `start` and `end` are the span of `result` or `error` in the line.
 */
export type Envelope =
  | { readonly kind: 'result'; readonly id: number | undefined; readonly start: number; readonly end: number }
  | { readonly kind: 'error'; readonly id: number | undefined; readonly start: number; readonly end: number }
  | { readonly kind: 'request'; readonly method: string }
  | { readonly kind: 'notification'; readonly method: string }
  /** JSON-RPC batches were part of MCP 2025-03-26. */
  | { readonly kind: 'batch' }
  | { readonly kind: 'garbage' };

/**
 * Reads the envelope of one line. The two orders in which the official SDKs write an answer take a shortcut.
 *
 * @param large the line's large values, if they are known: they are not read again
 */
export function readEnvelope(line: Buffer, large?: LargeValues): Envelope {
  return readIdFirst(line, large) ?? readResultFirst(line, large) ?? readAnyOrder(line, large);
}

/** The id of an answer of which only the first and the last bytes are known. */
export function readOversizedId(head: Buffer, tail: Buffer): number | undefined {
  let id: number | undefined;
  let isRequest = false;
  scanMembers(head, 0, head.length, (key, start, end) => {
    if (key === 'method') isRequest = true;
    if (key === 'id' && end < head.length) id = readId(head, start, end);
  });
  if (isRequest) return undefined;
  if (id !== undefined) return id;
  // `,"id":7}` at the very end can only be the root's last member: inside a string its quotes would be escaped,
  // and a nested object would not be the last to close.
  const match = /,\s*"id"\s*:\s*("?)(\d{1,15})\1\s*\}\s*$/.exec(tail.toString('latin1'));
  return match?.[2] === undefined ? undefined : Number(match[2]);
}

const GARBAGE: Envelope = { kind: 'garbage' };
const BATCH: Envelope = { kind: 'batch' };
const ID_FIRST = Buffer.from('{"jsonrpc":"2.0","id":');
const THEN_RESULT = Buffer.from(',"result":');
const RESULT_FIRST = Buffer.from('{"result":');
const THEN_ID = Buffer.from(',"jsonrpc":"2.0","id":');
const CLOSE_BRACE = 0x7d;
/** More digits would not be exact in a double. */
const MAX_ID_DIGITS = 15;

/** `{"jsonrpc":"2.0","id":7,"result":…}`, as the Python SDK writes it. */
function readIdFirst(line: Buffer, large: LargeValues | undefined): Envelope | undefined {
  if (!hasAt(line, 0, ID_FIRST)) return undefined;
  const idEnd = skipDigits(line, ID_FIRST.length);
  if (idEnd === ID_FIRST.length || !hasAt(line, idEnd, THEN_RESULT)) return undefined;
  const start = idEnd + THEN_RESULT.length;
  const last = line.length - 1;
  if (line[last] !== CLOSE_BRACE || endOfValue(line, start, last, large) !== last) return undefined;
  return { kind: 'result', id: readDigits(line, ID_FIRST.length, idEnd), start, end: last };
}

/** `{"result":…,"jsonrpc":"2.0","id":7}`, as the TypeScript SDK writes it. */
function readResultFirst(line: Buffer, large: LargeValues | undefined): Envelope | undefined {
  if (!hasAt(line, 0, RESULT_FIRST)) return undefined;
  const start = RESULT_FIRST.length;
  const end = endOfValue(line, start, line.length, large);
  if (end < 0 || !hasAt(line, end, THEN_ID)) return undefined;
  const idStart = end + THEN_ID.length;
  const idEnd = skipDigits(line, idStart);
  if (idEnd === idStart || idEnd !== line.length - 1 || line[idEnd] !== CLOSE_BRACE) return undefined;
  return { kind: 'result', id: readDigits(line, idStart, idEnd), start, end };
}

function readAnyOrder(line: Buffer, large: LargeValues | undefined): Envelope {
  let method: string | undefined;
  let hasId = false;
  let id: number | undefined;
  let resultStart = -1;
  let resultEnd = -1;
  let errorStart = -1;
  let errorEnd = -1;
  const outcome = scanMembers(
    line,
    0,
    line.length,
    (key, start, end) => {
      if (key === 'method') {
        method = readText(line, start, end);
      } else if (key === 'id') {
        hasId = true;
        id = readId(line, start, end);
      } else if (key === 'result') {
        [resultStart, resultEnd] = [start, end];
      } else if (key === 'error' && line.toString('latin1', start, Math.min(end, start + 4)) !== 'null') {
        // `"error":null` beside a result is how JSON-RPC 1.0 says that there is none.
        [errorStart, errorEnd] = [start, end];
      }
    },
    large,
  );
  if (outcome !== 'complete') return line[0] === 0x5b ? BATCH : GARBAGE;
  if (method !== undefined) return { kind: hasId ? 'request' : 'notification', method };
  if (!hasId) return GARBAGE;
  if (errorStart >= 0) return { kind: 'error', id, start: errorStart, end: errorEnd };
  if (resultStart >= 0) return { kind: 'result', id, start: resultStart, end: resultEnd };
  return GARBAGE;
}

/** Our ids are numbers, so a string of digits can only mean the number; other ids are nobody's. */
function readId(line: Buffer, start: number, end: number): number | undefined {
  const text = line.toString('latin1', start, Math.min(end, start + MAX_ID_DIGITS + 6));
  const match = /^(?:(\d{1,15})(?:\.0)?|"(\d{1,15})")$/.exec(text);
  const digits = match?.[1] ?? match?.[2];
  return digits === undefined ? undefined : Number(digits);
}

function readText(line: Buffer, start: number, end: number): string | undefined {
  try {
    const value: unknown = JSON.parse(line.toString('utf8', start, end));
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

function hasAt(line: Buffer, at: number, expected: Buffer): boolean {
  if (at + expected.length > line.length) return false;
  for (let index = 0; index < expected.length; index += 1) {
    if (line[at + index] !== expected[index]) return false;
  }
  return true;
}

function skipDigits(line: Buffer, start: number): number {
  const limit = Math.min(line.length, start + MAX_ID_DIGITS);
  let at = start;
  while (at < limit && isDigit(line[at])) at += 1;
  return at;
}

function readDigits(line: Buffer, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at += 1) value = value * 10 + ((line[at] ?? 0) - 0x30);
  return value;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}
