import type { Server } from 'node:http';
import type { ServerHttp2Session, ServerHttp2Stream } from 'node:http2';
import { Server as TcpServer, type Socket } from 'node:net';
import { isSendingOn } from './send-in-slices.ts';
import { trackStreams } from './tls/http2.ts';

/** The connections of an HTTP server, for an orderly end. */
export interface Connections {
  /** Accepts no further ones; those that are open stay, so that they can be told why. */
  stopListening(): void;
  /** Closes what is idle, and the others once their answers are sent, after `deadlineMs` at the latest. */
  close(deadlineMs: number): Promise<void>;
  /** Closes all of them, whatever they are about. */
  abort(): void;
}

/** What a request that is only half here gets to arrive, be refused and leave. */
const halfSentMs = 1_000;
const pollMs = 20;

/** Keeps track of a server's connections; call it before the server listens. */
export function trackConnections(server: Server): Connections {
  const open = new Set<Socket>();
  const sessions = new Map<ServerHttp2Session, ReadonlySet<ServerHttp2Stream>>();
  let isEnding = false;
  const track = (socket: Socket): void => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  };
  server.on('connection', track);
  // Over TLS, answers wait in a socket of their own above that of TCP.
  server.on('secureConnection', track);
  server.on('session', (session: ServerHttp2Session) => {
    sessions.set(session, trackStreams(session));
    session.once('close', () => sessions.delete(session));
    if (isEnding) session.close();
  });
  const isSending = (): boolean =>
    [...open].some((socket) => socket.writableLength > 0 || isSendingOn(socket)) ||
    [...sessions.values()].some((streams) => [...streams].some(({ headersSent }) => headersSent));
  const abort = (): void => {
    for (const session of sessions.keys()) session.destroy();
    for (const socket of open) socket.destroy();
  };
  return {
    stopListening() {
      isEnding = true;
      // Streams go on to their end; GOAWAY says which were the last, so that others can be sent elsewhere (RFC 9113
      // section 6.8). Node cannot send the one before it that still takes what is on its way.
      for (const session of sessions.keys()) session.close();
      // The HTTP server's own close() also closes idle connections, with a request on its way perhaps.
      TcpServer.prototype.close.call(server);
    },
    async close(deadlineMs) {
      const start = performance.now();
      for (;;) {
        // First of all: answers to the last calls are about to be written.
        await new Promise((resolve) => setTimeout(resolve, pollMs));
        const elapsedMs = performance.now() - start;
        const isBusy = isSending();
        // Node takes a connection for idle while its last answer is still being sent.
        if (!isBusy) server.closeIdleConnections();
        if (open.size === 0 || elapsedMs > (isBusy ? deadlineMs : Math.min(halfSentMs, deadlineMs))) break;
      }
      abort();
    },
    abort,
  };
}
