import { isJsonObject, type JsonValue } from '../../src/index.ts';
import type { Reply } from '../target/session.ts';
import { readErrorWords } from './error-words.ts';

/** What an answer to a call of a tool says. */
export type Answer =
  | { readonly kind: 'result'; readonly result: JsonValue }
  /** The tool could not do it, for reasons of its own: `isError`, or an error with words that say so. */
  | { readonly kind: 'tool-error'; readonly text: string }
  /** The arguments have the wrong shape: -32602, or an error with words that say so. */
  | { readonly kind: 'refusal'; readonly text: string; readonly isProtocolError: boolean }
  /** -32603, or words of an exception that nobody meant to be read: `phrase` is the part that tells. */
  | { readonly kind: 'internal-error'; readonly text: string; readonly phrase: string | undefined }
  /** Another JSON-RPC error. */
  | { readonly kind: 'protocol-error'; readonly code: number | undefined; readonly text: string }
  /** No answer, or none that could be understood. */
  | { readonly kind: 'none' };

const invalidParams = -32602;
const internalError = -32603;
/** An error says what it is about early on, or at its end. */
const READ_CHARACTERS = 4_000;

/** Reads the answer to `tools/call` (MCP server/tools, error handling; JSON-RPC 2.0 section 5.1). */
export function readAnswer(reply: Reply): Answer {
  if (reply.kind === 'error') return readError(reply.error);
  if (reply.kind !== 'result') return { kind: 'none' };
  const { result } = reply;
  if (!isJsonObject(result) || result['isError'] !== true) return { kind: 'result', result };
  const text = errorTextOf(reply);
  const words = readErrorWords(shorten(text));
  switch (words.kind) {
    case 'exception':
      return { kind: 'internal-error', text, phrase: words.phrase };
    case 'shape':
      return { kind: 'refusal', text, isProtocolError: false };
    case 'other':
      return { kind: 'tool-error', text };
  }
}

/** The words of an error of either kind; '' for what is none. */
export function errorTextOf(reply: Reply): string {
  if (reply.kind === 'error') return messageOf(reply.error);
  if (reply.kind !== 'result' || !isJsonObject(reply.result) || reply.result['isError'] !== true) return '';
  const { content } = reply.result;
  if (!Array.isArray(content)) return '';
  const blocks = content as readonly JsonValue[];
  return blocks
    .flatMap((block) => (isJsonObject(block) && typeof block['text'] === 'string' ? [block['text']] : []))
    .join('\n');
}

function readError(error: JsonValue): Answer {
  const code = isJsonObject(error) ? error['code'] : undefined;
  const text = messageOf(error);
  const words = readErrorWords(shorten(text));
  if (words.kind === 'exception') return { kind: 'internal-error', text, phrase: words.phrase };
  if (code === internalError) return { kind: 'internal-error', text, phrase: undefined };
  if (words.kind === 'shape') return { kind: 'refusal', text, isProtocolError: true };
  if (code !== invalidParams)
    return { kind: 'protocol-error', code: typeof code === 'number' ? code : undefined, text };
  // The code is used for whatever displeases a tool, such as an id that nothing has.
  return words.isBusiness ? { kind: 'tool-error', text } : { kind: 'refusal', text, isProtocolError: true };
}

function messageOf(error: JsonValue): string {
  const message = isJsonObject(error) ? error['message'] : undefined;
  return typeof message === 'string' ? message : '';
}

function shorten(text: string): string {
  if (text.length <= 2 * READ_CHARACTERS) return text;
  return `${text.slice(0, READ_CHARACTERS)}\n${text.slice(-READ_CHARACTERS)}`;
}
