import { isJsonObject, type JsonObject } from '../../src/index.ts';
import type { GatewayUnderTest, RestOptions } from './gateway.ts';
import { isCredential, sendRequest, type RestRequest } from './rest-client.ts';
import { readRestDocument } from './rest-document.ts';
import type { SentLog } from './sent-log.ts';
import { toCurl } from './to-curl.ts';

/** What a gateway is, beside what it answers. */
export interface GatewayFacts {
  readonly rest: RestOptions;
  readonly hasServer: boolean;
  readonly timeoutMs: number;
  /** Where the caller will find such a gateway later, for commands; @default its address */
  readonly shownUrl?: string;
  readonly sent?: SentLog;
}

/** The gateway has no document that can be used; the message says why, and what to do. */
export class NoDocumentError extends Error {}

/**
 * Reads the document of a gateway, and gives what the checks work with.
 *
 * @throws {NoDocumentError}
 */
export async function readGateway(facts: GatewayFacts): Promise<GatewayUnderTest> {
  const { rest, hasServer, timeoutMs, sent, shownUrl } = facts;
  const baseUrl = rest.baseUrl.replace(/\/+$/, '');
  const headers = Object.fromEntries(
    Object.entries(rest.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
  );
  const request: GatewayUnderTest['request'] = (wanted) => sendRequest(wanted, { headers, timeoutMs });
  const fetchText = async (): Promise<string> => {
    const url = `${baseUrl}/openapi.json`;
    const answer = await request({ method: 'GET', url });
    if (answer.kind === 'failed') throw new NoDocumentError(`${url} cannot be read: ${answer.reason}`);
    const { status, text } = answer;
    if (status === 200) return text;
    const advice = status === 401 || status === 403 ? '--rest-header' : '--rest-document';
    throw new NoDocumentError(`${url} is answered with ${status}; see ${advice}`);
  };
  const document = readRestDocument(rest.document ?? parseDocument(await fetchText(), baseUrl), baseUrl);
  const byTool = new Map(document.operations.map((operation) => [operation.tool, operation]));
  const hasCredentials = Object.keys(headers).some(isCredential);
  const secured = document.operations.find(({ isSecured }) => isSecured);
  if (secured !== undefined) {
    const advice = "--rest-header 'Authorization: Bearer ${KEY}'";
    if (!hasCredentials) throw new NoDocumentError(`${baseUrl} asks for credentials: ${advice}`);
    // No tool runs with a body that is no JSON.
    const answer = await request({ method: 'POST', url: secured.url, body: '{' });
    if (answer.kind === 'answered' && (answer.status === 401 || answer.status === 403)) {
      throw new NoDocumentError(`${baseUrl} refuses the credentials (${answer.status}): ${advice}`);
    }
  }
  const { origin } = new URL(baseUrl);
  const show = (shown: RestRequest): RestRequest =>
    shownUrl === undefined ? shown : { ...shown, url: shown.url.replace(origin, shownUrl) };
  return {
    isOwn: sent !== undefined,
    hasServer,
    document,
    operationOf: (tool) => byTool.get(tool),
    fetchDocument: async () => (rest.document === undefined ? await fetchText() : undefined),
    hasCredentials,
    request,
    toCurl: (wanted) => toCurl(show(wanted), headers),
    sent,
  };
}

function parseDocument(text: string, baseUrl: string): JsonObject {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw new NoDocumentError(`${baseUrl}/openapi.json is not JSON; name the document with --rest-document`);
  }
  if (isJsonObject(document) && typeof document['openapi'] === 'string') return document;
  throw new NoDocumentError(`${baseUrl}/openapi.json is no OpenAPI 3.x document; see --rest-document`);
}
