import { toHeaderText } from '../header-text.ts';
import type { CallOutcome, SentRequest, ToolCall } from '../upstream.ts';

/**
 * One tools/call request as a line (MCP server/tools). The arguments go in as text: nothing is parsed or written anew,
 * so numbers beyond 2^53, key order and escapes reach the server as the caller wrote them.
 *
 * @param sent of a call that is traced: its context goes into `_meta`, under its own names
 */
export function toCallMessage(id: number, call: ToolCall, sent?: SentRequest): string {
  const { tool, argumentsJson, onProgress, extraTime, forwardedHeaders } = call;
  const token = onProgress === undefined && extraTime === undefined ? '' : `"progressToken":${id}`;
  const meta =
    forwardedHeaders === undefined && sent === undefined
      ? token && `,"_meta":{${token}}`
      : `,"_meta":{${toMetaMembers(token, forwardedHeaders, sent)}}`;
  return `{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":{"name":${JSON.stringify(tool)},"arguments":${toOneLine(argumentsJson)}${meta}}}\n`;
}

/** Where a server that has no HTTP headers finds those of the caller (MCP basic, "_meta"). */
const headersMetaKey = 'mcpo-toolkit/headers';

/** One notifications/cancelled as a line (MCP basic/utilities/cancellation); `reason` needs no escapes. */
export function toCancelMessage(id: number, reason: string): string {
  return `{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":${id},"reason":"${reason}"}}\n`;
}

/** JSON-RPC 2.0 section 5.1; what is missing or ill-typed is replaced, so that the caller still gets an answer. */
export function parseError(text: string): Extract<CallOutcome, { kind: 'error' }> {
  let error: unknown;
  try {
    error = JSON.parse(text);
  } catch {
    // The structure is sound, but a string in it is not.
  }
  const fields: { code?: unknown; message?: unknown; data?: unknown } =
    typeof error === 'object' && error !== null ? error : {};
  const code = typeof fields.code === 'number' ? fields.code : -32603;
  const message = typeof fields.message === 'string' ? fields.message : 'the server sent a malformed error';
  return { kind: 'error', code, message, ...(fields.data === undefined ? {} : { data: fields.data }) };
}

/** What a pipe delivers at a time; as much as a kept result may hold on to besides itself. */
const CHUNK_BYTES = 65_536;

/** A view of the line, or a copy when the view would keep much more memory alive than it shows. */
export function detach(line: Buffer, start: number, end: number): Buffer {
  const view = line.subarray(start, end);
  const heldBytes = line.buffer.byteLength;
  return heldBytes > CHUNK_BYTES && heldBytes > 2 * view.length ? Buffer.from(view) : view;
}

function toMetaMembers(
  token: string,
  headers: ToolCall['forwardedHeaders'],
  sent: SentRequest | undefined,
): string {
  const context = sent === undefined ? '' : JSON.stringify(sent.context).slice(1, -1);
  const forwarded = headers === undefined ? '' : `"${headersMetaKey}":${toHeadersJson(headers)}`;
  return [token, context, forwarded].filter((members) => members !== '').join(',');
}

function toHeadersJson(headers: Readonly<Record<string, string>>): string {
  const texts = Object.entries(headers).map(([name, value]) => [name, toHeaderText(value)]);
  return JSON.stringify(Object.fromEntries(texts));
}

/** A raw line break can only be white space in valid JSON; on the wire it would end the message early. */
function toOneLine(json: string): string {
  return json.includes('\n') || json.includes('\r') ? json.replaceAll(/[\r\n]/g, ' ') : json;
}
