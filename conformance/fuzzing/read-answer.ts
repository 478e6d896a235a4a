import { isJsonObject, type JsonValue } from '../../src/index.ts';
import type { Reply } from '../target/session.ts';

/** What an answer to a call of a tool says. */
export type Answer =
  | { readonly kind: 'result'; readonly result: JsonValue }
  /** The tool could not do it, for reasons of its own (`isError`). */
  | { readonly kind: 'tool-error'; readonly text: string }
  /** The arguments have the wrong shape: -32602, or `isError` with words that say so. */
  | { readonly kind: 'refusal'; readonly text: string; readonly isProtocolError: boolean }
  /** -32603, or words of an exception that nobody meant to be read. */
  | { readonly kind: 'internal-error'; readonly text: string }
  /** Another JSON-RPC error. */
  | { readonly kind: 'protocol-error'; readonly code: number | undefined; readonly text: string }
  /** No answer, or none that could be understood. */
  | { readonly kind: 'none' };

const invalidParams = -32602;
const internalError = -32603;

/** Reads the answer to `tools/call` (MCP server/tools, error handling; JSON-RPC 2.0 section 5.1). */
export function readAnswer(reply: Reply): Answer {
  if (reply.kind === 'error') return readError(reply.error);
  if (reply.kind !== 'result') return { kind: 'none' };
  const { result } = reply;
  if (!isJsonObject(result) || result['isError'] !== true) return { kind: 'result', result };
  const text = textOf(result['content']);
  return speaksOfShape.test(text)
    ? { kind: 'refusal', text, isProtocolError: false }
    : { kind: 'tool-error', text };
}

function readError(error: JsonValue): Answer {
  const { code, message } = isJsonObject(error) ? error : { code: undefined, message: undefined };
  const text = typeof message === 'string' ? message : '';
  if (code === invalidParams) return { kind: 'refusal', text, isProtocolError: true };
  if (code === internalError) return { kind: 'internal-error', text };
  return { kind: 'protocol-error', code: typeof code === 'number' ? code : undefined, text };
}

const speaksOfShape =
  /-32602|validat|invalid (?:argument|input|param|type|enum)|input should be|must (?:be|have|match)|is required|missing required|unexpected keyword|unrecognized key|expected .* received/i;

function textOf(content: JsonValue | undefined): string {
  if (!Array.isArray(content)) return '';
  const blocks = content as readonly JsonValue[];
  return blocks
    .flatMap((block) => (isJsonObject(block) && typeof block['text'] === 'string' ? [block['text']] : []))
    .join('\n');
}
