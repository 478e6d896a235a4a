import { constants as crypto } from 'node:crypto';
import type { IncomingHttpHeaders, RequestListener, Server } from 'node:http';
import { constants, createSecureServer, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import { Server as TlsServer, type SecureContextOptions, type TLSSocket } from 'node:tls';
import type { Logger } from '../../logger.ts';
import { trackStreams } from './http2.ts';
import { answerLateStream } from '../problems.ts';
import type { Certificate } from './tls-certificate.ts';

/** The parts and limits of a server that speaks TLS. */
export interface TlsServerOptions {
  readonly certificate: Certificate;
  /** For the handshake, and for each request to arrive. */
  readonly requestTimeoutMs: number;
  /** How long a connection without requests stays open. */
  readonly keepAliveMs: number;
  /** How often HTTP/1.1 connections are looked at for requests that are late. */
  readonly checkEveryMs: number;
  readonly logger: Logger;
}

const maxConcurrentStreams = 250;
/** Node resets streams past these; requests past the lower limits of ours get 431. */
const maxHeaderPairs = 1_000;
const maxHeaderBytes = 64 * 1024;
/** Answers that wait for slow readers count; Node's 10 MB would refuse a caller's further streams for one of them. */
const maxSessionMegabytes = 1_024;
/** A body of the usual size needs no round trip for leave to send on. */
const windowBytes = 1024 * 1024;

/**
 * Makes a server for HTTPS: TLS 1.2 and later, HTTP/2 and HTTP/1.1 by ALPN (RFC 7301; RFC 9113 section 3.2).
 *
 * @throws Error when TLS cannot use the certificate; `parseCertificate` finds that out before
 */
export function createTlsServer(options: TlsServerOptions, handler: RequestListener): Server {
  const { requestTimeoutMs, keepAliveMs, logger } = options;
  const server = createSecureServer({
    ...contextOf(options.certificate),
    allowHTTP1: true,
    handshakeTimeout: requestTimeoutMs,
    maxHeaderListPairs: maxHeaderPairs,
    maxSessionMemory: maxSessionMegabytes,
    settings: { maxConcurrentStreams, maxHeaderListSize: maxHeaderBytes, initialWindowSize: windowBytes },
  });
  // Node's compatibility API gives requests and responses that work as those of HTTP/1.
  server.on('request', handler as unknown as (request: unknown, response: unknown) => void);
  // Read by Node for connections that speak HTTP/1.1; its types name them for plain servers only.
  Object.assign(server, {
    headersTimeout: requestTimeoutMs,
    requestTimeout: requestTimeoutMs,
    connectionsCheckingInterval: options.checkEveryMs,
    keepAliveTimeout: keepAliveMs,
    requireHostHeader: false,
  });
  server.on('session', (session) => keepSession(session, requestTimeoutMs, keepAliveMs));
  server.on('stream', (stream, headers) => keepStream(stream, headers, requestTimeoutMs));
  // Anyone can make handshakes fail, at any rate: these lines must not drown the others.
  server.on('sessionError', (error) => logger.debug({ err: error }, 'an HTTP/2 connection failed'));
  // Before Node's own listener, which would take the failure for one of the HTTP parser.
  server.prependListener('tlsClientError', (error: Error, socket: TLSSocket) => {
    logger.debug({ err: error, peer: socket.remoteAddress }, 'a TLS handshake failed');
    socket.destroy();
  });
  // What a plain server has and this one lacks is set above, or looked for before it is used.
  return server as unknown as Server;
}

/** Shows new connections another certificate; those that are open go on with theirs. */
export function replaceCertificate(server: Server, certificate: Certificate): void {
  if (server instanceof TlsServer) server.setSecureContext(contextOf(certificate));
}

function contextOf({ cert, key }: Certificate): SecureContextOptions {
  // A client must not make the server calculate by asking for one handshake after the other (RFC 9113 section 9.2.1).
  return { cert, key, minVersion: 'TLSv1.2', secureOptions: crypto.SSL_OP_NO_RENEGOTIATION };
}

/** Ends a connection that nobody uses: soon when it never had a request. */
function keepSession(session: ServerHttp2Session, requestTimeoutMs: number, keepAliveMs: number): void {
  const open = trackStreams(session);
  // Anything that is sent or received starts it afresh.
  session.setTimeout(Math.min(requestTimeoutMs, keepAliveMs));
  session.on('timeout', () => {
    if (open.size === 0) session.destroy();
  });
  session.once('stream', () => session.setTimeout(keepAliveMs));
  session.setLocalWindowSize(4 * windowBytes);
}

/** Ends a request whose body is late, or is still under way when the answer is sent. */
function keepStream(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, timeoutMs: number): void {
  if (stream.endAfterHeaders) return;
  const timer = setTimeout(() => {
    if (stream.headersSent) stream.close(constants.NGHTTP2_CANCEL);
    else answerLateStream(stream, headers);
  }, timeoutMs);
  stream.once('end', () => clearTimeout(timer));
  stream.once('close', () => clearTimeout(timer));
  stream.once('finish', () => {
    // The frames of the answer are written before this runs; a reset would overtake them.
    setImmediate(() => {
      // Asks the client to send no more; it keeps the answer (RFC 9113 section 8.1).
      if (stream.headersSent && !stream.readableEnded) stream.close(constants.NGHTTP2_NO_ERROR);
    });
  });
}
