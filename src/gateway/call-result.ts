import { scanElements, scanMembers } from '../json/members.ts';
import { isJsonObject, type JsonObject } from '../json/value.ts';

/** One content block of a result: its parsed form, and the bytes the server wrote. */
export interface ContentBlock {
  readonly type: string;
  readonly value: JsonObject;
  readonly bytes: Buffer;
}

/** A CallToolResult (MCP server/tools, "Tool Result"), cut into its parts without rewriting any. */
export interface CallResult {
  readonly isError: boolean;
  /** Undefined when absent; 'ill-typed' when it is no array of typed blocks. */
  readonly content: readonly ContentBlock[] | 'ill-typed' | undefined;
  /** JSON text of the content array, when there is one. */
  readonly contentJson: Buffer | undefined;
  /** JSON text, when present. */
  readonly structuredJson: Buffer | undefined;
}

/** Cuts a result into its parts; undefined when it is no JSON object. */
export function parseCallResult(resultJson: Buffer): CallResult | undefined {
  let isError = false;
  let contentJson: Buffer | undefined;
  let structuredJson: Buffer | undefined;
  const outcome = scanMembers(resultJson, 0, resultJson.length, (key, start, end) => {
    if (key === 'content') contentJson = resultJson.subarray(start, end);
    else if (key === 'structuredContent') structuredJson = resultJson.subarray(start, end);
    else if (key === 'isError') isError = resultJson.toString('latin1', start, end) === 'true';
  });
  if (outcome !== 'complete') return undefined;
  return { isError, content: contentJson && parseContent(contentJson), contentJson, structuredJson };
}

/** Parses one JSON text; undefined when it is none. */
export function tryParseJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

function parseContent(json: Buffer): readonly ContentBlock[] | 'ill-typed' {
  const blocks: ContentBlock[] = [];
  const outcome = scanElements(json, 0, json.length, (start, end) => {
    const bytes = json.subarray(start, end);
    const parsed = tryParseJson(bytes.toString('utf8'));
    if (!isJsonObject(parsed?.value)) return false;
    const { type } = parsed.value;
    if (typeof type !== 'string') return false;
    blocks.push({ type, value: parsed.value, bytes });
    return true;
  });
  return outcome === 'complete' ? blocks : 'ill-typed';
}
