import { createServer, type RequestListener, type Server } from 'node:http';

/** The limits of a server without TLS. */
export interface PlainServerOptions {
  /** For a request's headers and body each. */
  readonly requestTimeoutMs: number;
  /** How long a connection without requests stays open. */
  readonly keepAliveMs: number;
  /** How often connections are looked at for requests that are late. */
  readonly checkEveryMs: number;
}

/** Makes a server for plain HTTP/1.1. */
export function createPlainServer(
  { requestTimeoutMs, keepAliveMs, checkEveryMs }: PlainServerOptions,
  listener: RequestListener,
): Server {
  return createServer(
    {
      keepAliveTimeout: keepAliveMs,
      requestTimeout: requestTimeoutMs,
      headersTimeout: requestTimeoutMs,
      connectionsCheckingInterval: checkEveryMs,
      // Node's own answer to a request without Host has no body; ours does.
      requireHostHeader: false,
      noDelay: true,
    },
    listener,
  );
}
