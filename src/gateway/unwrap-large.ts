import { setImmediate } from 'node:timers/promises';
import { readJsonInString } from '../json/read-json-in-string.ts';
import type { ContentBlock } from './content-block.ts';
import { LargeBlock } from './large-block.ts';
import { toDataUriHead, unwrapBlock } from './unwrap.ts';

/** Copied without a pause; about a millisecond. */
const STEP_BYTES = 2 * 1024 * 1024;
/** Smaller blocks are parsed, as those of small results are. */
const SMALL_BYTES = 4_096;

/**
 * As `unwrapContent`, for the blocks of a large result: means the same JSON, in bytes cut out of it, not made anew.
 *
 * A single text that is no JSON is a view of the result. Escapes in it stay as the server wrote them.
 */
export async function unwrapLargeContent(content: readonly ContentBlock[]): Promise<Buffer> {
  const [first] = content;
  if (first !== undefined && content.length === 1) return await join(await toParts(first));
  const parts: Buffer[] = [];
  for (const block of content) {
    parts.push(parts.length === 0 ? OPEN : COMMA, ...(await toParts(block)));
  }
  return await join(parts.length === 0 ? [OPEN, CLOSE] : [...parts, CLOSE]);
}

const OPEN = Buffer.from('[');
const COMMA = Buffer.from(',');
const CLOSE = Buffer.from(']');

async function toParts(block: ContentBlock): Promise<readonly Buffer[]> {
  if (!(block instanceof LargeBlock) || block.bytes.length < SMALL_BYTES)
    return [Buffer.from(unwrapBlock(block))];
  const text = block.type === 'text' ? block.literal('text') : undefined;
  if (text !== undefined) return [(await readJsonInString(text)) ?? text];
  const isMedia = block.type === 'image' || block.type === 'audio';
  const data = isMedia ? block.literal('data') : undefined;
  if (data === undefined) return [block.bytes];
  // What JSON.parse makes of a string is a string.
  const mimeType = JSON.parse(block.literal('mimeType')?.toString('utf8') ?? 'null') as string | null;
  // Less its closing quote; the data has one.
  const head = JSON.stringify(toDataUriHead({ mimeType })).slice(0, -1);
  return [Buffer.from(head), data.subarray(1)];
}

async function join(parts: readonly Buffer[]): Promise<Buffer> {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  const whole = Buffer.allocUnsafeSlow(parts.reduce((sum, { length }) => sum + length, 0));
  let length = 0;
  for (const part of parts) {
    for (let at = 0; at < part.length; at += STEP_BYTES) {
      if (at > 0) await setImmediate();
      length += part.copy(whole, length, at, at + STEP_BYTES);
    }
  }
  return whole;
}
