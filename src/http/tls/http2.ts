import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { ServerHttp2Session, ServerHttp2Stream } from 'node:http2';

/** The stream that carries a message over HTTP/2; undefined over HTTP/1. */
export function streamOf(message: IncomingMessage | ServerResponse): ServerHttp2Stream | undefined {
  // Node's compatibility API dresses HTTP/2 up as HTTP/1; only messages over HTTP/2 have a stream.
  return 'stream' in message ? (message.stream as ServerHttp2Stream) : undefined;
}

/** The name that the caller knows this server by: `:authority`, or Host (RFC 9113 section 8.3.1). */
export function authorityOf(headers: IncomingHttpHeaders): string | undefined {
  const authority = headers[':authority'];
  return typeof authority === 'string' ? authority : headers.host;
}

/** The headers less the pseudo-headers of HTTP/2 (RFC 9113 section 8.3), which say what the request line does in HTTP/1. */
export function headerFields(request: IncomingMessage): IncomingHttpHeaders {
  if (request.httpVersionMajor < 2) return request.headers;
  const fields: IncomingHttpHeaders = {};
  for (const [name, value] of Object.entries(request.headers))
    if (!name.startsWith(':')) fields[name] = value;
  return fields;
}

/** The streams of a session that are open, kept up to date. */
export function trackStreams(session: ServerHttp2Session): ReadonlySet<ServerHttp2Stream> {
  const open = new Set<ServerHttp2Stream>();
  session.on('stream', (stream) => {
    open.add(stream);
    stream.once('close', () => open.delete(stream));
  });
  return open;
}
