import { initializeParams, defaultRevision } from './initialize.ts';
import { HttpConnection, mediaTypeOf, type HttpRequest } from './http-connection.ts';
import type { RemoteOptions } from './remote-channel.ts';

/** How a server that listens elsewhere is spoken to. */
export type RemoteType = 'streamable-http' | 'sse';

const DETECT_MS = 15_000;
/** What servers say that know nothing of streamable HTTP. */
const notStreamable: ReadonlySet<number> = new Set([400, 404, 405]);

/**
 * Finds out how a server is spoken to: streamable HTTP first, and HTTP+SSE where that is refused (MCP
 * basic/transports, "Backwards Compatibility"). Where it is neither, streamable HTTP: opening that tells what is wrong.
 */
export async function detectTransport({ url, headers = {} }: RemoteOptions): Promise<RemoteType> {
  const connection = new HttpConnection();
  const deadline = AbortSignal.timeout(DETECT_MS);
  try {
    const post = await ask(initializeRequest(url, headers));
    if (post === undefined || !notStreamable.has(post.status)) {
      const id = post?.message.headers['mcp-session-id'];
      if (typeof id === 'string')
        await ask({ method: 'DELETE', url: new URL(url), headers: { ...headers, 'mcp-session-id': id } });
      return 'streamable-http';
    }
    const get = await ask({
      method: 'GET',
      url: new URL(url),
      headers: { ...headers, accept: 'text/event-stream' },
    });
    const isStream = get?.status === 200 && mediaTypeOf(get.message) === 'text/event-stream';
    return isStream ? 'sse' : 'streamable-http';
  } finally {
    connection.close();
  }

  async function ask(request: HttpRequest): ReturnType<typeof sendTo> {
    return sendTo(connection, request, deadline);
  }
}

async function sendTo(connection: HttpConnection, request: HttpRequest, deadline: AbortSignal) {
  const reply = await connection.send(request, deadline);
  return reply.kind === 'answered' ? reply : undefined;
}

function initializeRequest(url: string, headers: Readonly<Record<string, string>>): HttpRequest {
  return {
    method: 'POST',
    url: new URL(url),
    headers: {
      ...headers,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 0,
      method: 'initialize',
      params: initializeParams(defaultRevision),
    }),
  };
}
