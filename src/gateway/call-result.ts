import { isUtf8 } from 'node:buffer';
import type { LargeValues } from '../json/large-values.ts';
import { scanElements, scanMembers, type VisitMember } from '../json/members.ts';
import { isJsonObject } from '../json/value.ts';
import type { ContentBlock } from './content-block.ts';
import { LargeBlock } from './large-block.ts';

/** A CallToolResult (MCP server/tools, "Tool Result"), cut into its parts without rewriting any. */
export interface CallResult {
  readonly isError: boolean;
  /** Undefined when absent; 'ill-typed' when it is no array of typed blocks. */
  readonly content: readonly ContentBlock[] | 'ill-typed' | undefined;
  /** JSON text of the content array, when there is one. */
  readonly contentJson: Buffer | undefined;
  /** JSON text, when present. */
  readonly structuredJson: Buffer | undefined;
  /** The blocks are each a LargeBlock, and `structuredJson` is known to be valid. */
  readonly isLarge: boolean;
}

/**
 * Cuts a result into its parts; undefined when it is no JSON object.
 *
 * @param known the large values of a result that is valid JSON: then nothing large is read or parsed here
 */
export function parseCallResult(resultJson: Buffer, known?: LargeValues): CallResult | undefined {
  // What is not UTF-8 must be decoded, and so be mended, before it is passed on.
  const large = known !== undefined && isUtf8(resultJson) ? known : undefined;
  let isError = false;
  let contentStart = 0;
  let contentJson: Buffer | undefined;
  let structuredJson: Buffer | undefined;
  const visit: VisitMember = (key, start, end) => {
    if (key === 'content') {
      contentStart = start;
      contentJson = resultJson.subarray(start, end);
    } else if (key === 'structuredContent') structuredJson = resultJson.subarray(start, end);
    else if (key === 'isError') isError = resultJson.toString('latin1', start, end) === 'true';
  };
  if (scanMembers(resultJson, 0, resultJson.length, visit, large) !== 'complete') return undefined;
  const content = contentJson && parseContent(contentJson, large?.from(contentStart));
  return { isError, content, contentJson, structuredJson, isLarge: large !== undefined };
}

/** Parses one JSON text; undefined when it is none. */
export function tryParseJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

function parseContent(json: Buffer, large: LargeValues | undefined): readonly ContentBlock[] | 'ill-typed' {
  const blocks: ContentBlock[] = [];
  const visit = (start: number, end: number): boolean => {
    const bytes = json.subarray(start, end);
    const block = large === undefined ? parseBlock(bytes) : LargeBlock.from(bytes, large.from(start));
    if (block !== undefined) blocks.push(block);
    return block !== undefined;
  };
  return scanElements(json, 0, json.length, visit, large) === 'complete' ? blocks : 'ill-typed';
}

function parseBlock(bytes: Buffer): ContentBlock | undefined {
  const parsed = tryParseJson(bytes.toString('utf8'));
  if (!isJsonObject(parsed?.value)) return undefined;
  const { type } = parsed.value;
  return typeof type === 'string' ? { type, value: parsed.value, bytes } : undefined;
}
