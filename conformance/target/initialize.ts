import { isJsonObject, packageVersion, type JsonObject } from '../../src/index.ts';
import type { ServerFacts } from './server-facts.ts';
import type { Reply, Session } from './session.ts';

/** The revisions of MCP that the checks know, newest first. */
export const knownRevisions = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'] as const;

/** What a client asks for that has no reason to ask for another. */
export const defaultRevision = '2025-06-18';

/** How the first exchange went. */
export type Handshake =
  | { readonly kind: 'ready'; readonly server: ServerFacts; readonly reply: Reply }
  | { readonly kind: 'refused'; readonly reason: string; readonly reply: Reply };

/** The parameters of `initialize`, offering no capability of ours. */
export function initializeParams(protocolVersion: string): JsonObject {
  return {
    protocolVersion,
    capabilities: {},
    clientInfo: { name: 'mcpo-verify', version: packageVersion },
  };
}

/** Initializes a session (MCP basic/lifecycle); never throws. */
export async function initialize(session: Session, protocolVersion: string): Promise<Handshake> {
  const reply = await session.request('initialize', initializeParams(protocolVersion));
  if (reply.kind !== 'result') return { kind: 'refused', reason: describeReply(reply), reply };
  if (!isJsonObject(reply.result)) {
    return { kind: 'refused', reason: 'its answer to initialize is not an object', reply };
  }
  const server = toServerFacts(reply.result);
  session.server = server;
  session.notify('notifications/initialized');
  return { kind: 'ready', server, reply };
}

/** In a few words, what a reply was. */
export function describeReply(reply: Reply): string {
  switch (reply.kind) {
    case 'result':
      return `a result: ${shorten(JSON.stringify(reply.result))}`;
    case 'error':
      return `an error: ${shorten(JSON.stringify(reply.error))}`;
    case 'unanswered':
      return reply.reason === undefined
        ? `no answer within ${reply.waitedMs} ms`
        : `no answer: ${reply.reason}`;
    case 'ended':
      return reply.ending.kind !== 'exited'
        ? reply.ending.message
        : `the server exited with ${reply.ending.signal ?? `code ${reply.ending.code}`}`;
  }
}

function toServerFacts(result: JsonObject): ServerFacts {
  const { protocolVersion, capabilities, serverInfo } = result;
  const info = isJsonObject(serverInfo) ? serverInfo : {};
  return {
    protocolVersion: typeof protocolVersion === 'string' ? protocolVersion : '',
    capabilities: isJsonObject(capabilities) ? capabilities : {},
    name: typeof info['name'] === 'string' ? info['name'] : '',
    version: typeof info['version'] === 'string' ? info['version'] : '',
  };
}

function shorten(text: string): string {
  return text.length <= 200 ? text : `${text.slice(0, 200)}…`;
}
