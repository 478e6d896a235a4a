import { isJsonObject, type JsonObject } from '../../src/index.ts';

/** What the transport has to know of a text that is sent. */
export interface MessageKind {
  /** Undefined for what is no request or notification. */
  readonly method: string | undefined;
  /** True when it is owed an answer. */
  readonly isRequest: boolean;
  readonly id: unknown;
}

/** Looks into a text that is sent; it need not be a message. */
export function kindOf(text: string): MessageKind {
  const message = parseObject(text);
  const method = message?.['method'];
  return {
    method: typeof method === 'string' ? method : undefined,
    isRequest: typeof method === 'string' && message?.['id'] !== undefined,
    id: message?.['id'],
  };
}

/** True for a response, with this id if one is given. */
export function isResponse(text: string, id?: unknown): boolean {
  const message = parseObject(text);
  if (message === undefined || !('result' in message || 'error' in message)) return false;
  return id === undefined || JSON.stringify(message['id']) === JSON.stringify(id);
}

/** The JSON object that a text is, if it is one. */
export function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
