import { isJsonObject, type JsonValue } from '../../src/index.ts';
import { toIdentity } from '../arbitraries/json.ts';
import { parseExactly } from './exact-json.ts';

/** The share of words that tells that a text is there. */
const MIN_KEPT = 0.6;

/**
 * True when the body of a REST answer says what a result of `tools/call` says.
 *
 * Gateways write results in several ways, and any of them will do: the structured content, the content unwrapped (a
 * text is its JSON or the text, binary blocks are data URIs or blocks), the blocks, or the whole result.
 *
 * @param result and body parsed with {@link parseExactly}
 */
export function agrees(result: JsonValue, body: JsonValue): boolean {
  if (!isJsonObject(result)) return false;
  const { content, structuredContent } = result;
  const blocks = Array.isArray(content) ? (content as readonly JsonValue[]) : [];
  const [first] = blocks;
  return (
    (structuredContent !== undefined && isSame(structuredContent, body)) ||
    (blocks.length === 1 && first !== undefined && saysBlock(first, body)) ||
    (Array.isArray(body) && saysBlocks(blocks, body as readonly JsonValue[])) ||
    isSame(result, body) ||
    // Without content there is nothing to say.
    (blocks.length === 0 && (body === null || isSame({ content: blocks }, body)))
  );
}

/** What a body is most likely meant to be, to be shown beside it. */
export function toExpectedBody(result: JsonValue): JsonValue {
  if (!isJsonObject(result)) return result;
  const { content, structuredContent } = result;
  if (structuredContent !== undefined) return structuredContent;
  const blocks = Array.isArray(content) ? (content as readonly JsonValue[]) : [];
  const values = blocks.map(unwrap);
  return values.length === 1 ? (values[0] ?? null) : values;
}

function saysBlocks(blocks: readonly JsonValue[], body: readonly JsonValue[]): boolean {
  return (
    blocks.length === body.length && blocks.every((block, index) => saysBlock(block, body[index] ?? null))
  );
}

function saysBlock(block: JsonValue, body: JsonValue): boolean {
  if (isSame(block, body) || isSame(unwrap(block), body)) return true;
  return isJsonObject(block) && block['type'] === 'text' && isSame(block['text'] ?? null, body);
}

function unwrap(block: JsonValue): JsonValue {
  if (!isJsonObject(block)) return block;
  const { type, text, data, mimeType } = block;
  if (type === 'text' && typeof text === 'string') return parseExactly(text) ?? text;
  const isBinary = (type === 'image' || type === 'audio') && typeof data === 'string';
  return isBinary && typeof mimeType === 'string' ? `data:${mimeType};base64,${data}` : block;
}

function isSame(a: JsonValue, b: JsonValue): boolean {
  return toIdentity(a) === toIdentity(b);
}

/** True when a body of any form repeats most words of an error: gateways quote, escape and wrap what a server said. */
export function saysWords(words: string, body: string): boolean {
  const wanted = words.slice(0, 300).match(/[a-z\d]{3,}/gi) ?? [];
  const kept = wanted.filter((word) => body.includes(word));
  return kept.length >= wanted.length * MIN_KEPT;
}
