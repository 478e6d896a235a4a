import type { Server } from 'node:http';
import { Server as TcpServer, type Socket } from 'node:net';

/** The connections of an HTTP server, for an orderly end. */
export interface Connections {
  /** Accepts no further ones; those that are open stay, so that they can be told why. */
  stopListening(): void;
  /** Closes what is idle, and the others once their answers are sent, after `deadlineMs` at the latest. */
  close(deadlineMs: number): Promise<void>;
}

/** What a request that is only half here gets to arrive, be refused and leave. */
const halfSentMs = 1_000;
const pollMs = 20;

/** Keeps track of a server's connections; call it before the server listens. */
export function trackConnections(server: Server): Connections {
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  return {
    stopListening() {
      // The HTTP server's own close() also closes idle connections, with a request on its way perhaps.
      TcpServer.prototype.close.call(server);
    },
    async close(deadlineMs) {
      const start = performance.now();
      for (;;) {
        // First of all: answers to the last calls are about to be written.
        await new Promise((resolve) => setTimeout(resolve, pollMs));
        const elapsedMs = performance.now() - start;
        const isSending = [...open].some(({ writableLength }) => writableLength > 0);
        // Node takes a connection for idle while its last answer is still being sent.
        if (!isSending) server.closeIdleConnections();
        if (open.size === 0 || elapsedMs > (isSending ? deadlineMs : Math.min(halfSentMs, deadlineMs))) break;
      }
      server.closeAllConnections();
    },
  };
}
