import { isJsonObject, type JsonObject } from '../json/value.ts';
import { tryParseJson } from './call-result.ts';
import type { ContentBlock } from './content-block.ts';

/**
 * The JSON text that stands for content in an answer's body: none → `[]`, one → its value, several → an array.
 *
 * Text that is JSON stays that JSON to the letter, so numbers beyond the double range survive.
 */
export function unwrapContent(content: readonly ContentBlock[]): string {
  const [first] = content;
  if (first !== undefined && content.length === 1) return unwrapBlock(first);
  return `[${content.map(unwrapBlock).join(',')}]`;
}

/** The JSON text that stands for one block. */
export function unwrapBlock(block: ContentBlock): string {
  const { type, value } = block;
  if (type === 'text' && typeof value['text'] === 'string') return unwrapText(value['text']);
  if (isMedia(block) && typeof value['data'] === 'string') {
    return JSON.stringify(`${toDataUriHead(value)}${value['data']}`);
  }
  return block.bytes.toString('utf8');
}

/** What comes before the data in the data URI (RFC 2397) of an image or a sound, or of a resource with such a type. */
export function toDataUriHead(holder: JsonObject): string {
  return `data:${mediaTypeOf(holder)};base64,`;
}

/** The bytes and media type of a block that carries binary: image, audio, or a resource with a blob. */
export function toBinary(
  block: ContentBlock,
): { readonly mediaType: string; readonly bytes: Buffer } | undefined {
  const isResource = block.type === 'resource';
  if (!isResource && !isMedia(block)) return undefined;
  const holder = isResource ? block.value['resource'] : block.value;
  if (!isJsonObject(holder)) return undefined;
  const base64 = holder[isResource ? 'blob' : 'data'];
  if (typeof base64 !== 'string' || !isBase64(base64)) return undefined;
  return { mediaType: mediaTypeOf(holder), bytes: Buffer.from(base64, 'base64') };
}

/** RFC 4648 section 4, padded or not, with the line breaks of MIME; Buffer.from would skip whatever it cannot read. */
function isBase64(text: string): boolean {
  return /^[A-Za-z0-9+/\r\n]*={0,2}\s*$/.test(text);
}

/** What the text blocks say, for people and language models; other blocks are named. */
export function toPlainText(content: readonly ContentBlock[]): string {
  return content
    .map(({ type, value }) => (typeof value['text'] === 'string' ? value['text'] : `[${type}]`))
    .join('\n');
}

function unwrapText(text: string): string {
  // Most texts are prose: their first character tells without the price of an exception.
  if (!/^[\s]*[[{"\-0-9tfn]/.test(text) || tryParseJson(text) === undefined) return JSON.stringify(text);
  // Half a surrogate pair has no UTF-8 form; inside a JSON string its escape means the same.
  return text.replaceAll(/\p{Surrogate}/gu, (unit) => `\\u${unit.charCodeAt(0).toString(16)}`);
}

function isMedia({ type }: ContentBlock): boolean {
  return type === 'image' || type === 'audio';
}

function mediaTypeOf(holder: JsonObject): string {
  const given = holder['mimeType'];
  const isPlausible = typeof given === 'string' && /^[\w.+-]+\/[\w.+-]+(?:\s*;[\x20-\x7e]*)?$/.test(given);
  return isPlausible ? given : 'application/octet-stream';
}
