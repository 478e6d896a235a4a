import { isJsonObject } from '../../src/index.ts';
import type { ReceivedText } from './target.ts';
import type { Received, SentRequest } from './wire-event.ts';

/** Tells what a line of the server's is (JSON-RPC 2.0 sections 4 to 6), leniently: whether it is valid is for the checks. */
export function readMessage(
  { text, fault }: ReceivedText,
  requests: ReadonlyMap<string, SentRequest>,
  textIds: ReadonlySet<string>,
): Received {
  if (fault !== undefined) return { kind: 'unreadable', reason: fault };
  const value = parseJson(text);
  if (value === undefined) return { kind: 'unreadable', reason: 'the line is not JSON' };
  if (Array.isArray(value)) return { kind: 'batch', items: value };
  if (!isJsonObject(value)) return { kind: 'other', value, reason: 'the line is not a JSON object' };
  if (value['jsonrpc'] !== '2.0') return { kind: 'other', value, reason: '"jsonrpc" is not "2.0"' };
  const { id, method } = value;
  if (typeof method === 'string')
    return { kind: 'id' in value ? 'request' : 'notification', message: value, method };
  if (!('result' in value) && !('error' in value)) {
    return { kind: 'other', value, reason: 'the line has neither "method" nor "result" nor "error"' };
  }
  const request = requests.get(JSON.stringify(id));
  return {
    kind: 'response',
    message: value,
    request,
    answersText: textIds.has(JSON.stringify(id)),
    lookalike: request === undefined ? findLookalike(id, requests) : undefined,
  };
}

// The run can go on with a server that writes ids in the wrong type; that it does so is a finding.
function findLookalike(id: unknown, requests: ReadonlyMap<string, SentRequest>): SentRequest | undefined {
  if (typeof id === 'number') return requests.get(JSON.stringify(String(id)));
  if (typeof id === 'string' && /^-?\d+(?:\.0)?$/.test(id)) return requests.get(String(Number(id)));
  return undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
