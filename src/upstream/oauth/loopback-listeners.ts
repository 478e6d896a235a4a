import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { UpstreamStartError } from '../../errors.ts';
import { renderCallbackPage, type CallbackOutcome } from './callback-page.ts';

const host = '127.0.0.1';
const REQUEST_MS = 10_000;
const MAX_CONNECTIONS = 32;
/** What the last page gets to arrive. */
const FLUSH_MS = 1000;

type Accept = (params: URLSearchParams) => CallbackOutcome;

interface Listener {
  readonly server: Server;
  readonly listening: Promise<void>;
  readonly users: Set<Accept>;
}

/** Where authorization servers send people back to on this machine; RFC 8252 section 7.3. */
export function loopbackUrl(port: number): string {
  return `http://${host}:${port}/callback`;
}

/** Ports of 127.0.0.1 that are open only while somebody waits; those who wait at the same one share it. */
export class LoopbackListeners {
  readonly #listeners = new Map<number, Listener>();

  /**
   * Listens until the returned function is called. The callback goes to each of those who share the port, until one
   * knows it.
   *
   * @throws UpstreamStartError when the port cannot be had
   */
  async open(port: number, accept: Accept): Promise<() => void> {
    const listener = this.#listeners.get(port) ?? this.#listen(port);
    listener.users.add(accept);
    const leave = (): void => {
      if (!listener.users.delete(accept) || listener.users.size > 0) return;
      if (this.#listeners.get(port) === listener) this.#listeners.delete(port);
      end(listener.server);
    };
    try {
      await listener.listening;
    } catch (error) {
      leave();
      const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
      const reason = isTaken
        ? 'is taken'
        : `cannot be listened on (${error instanceof Error ? error.message : ''})`;
      throw new UpstreamStartError(
        `port ${port} of ${host}, where the authorization is to come back, ${reason}; free it, or set another "callback_port"`,
        [],
      );
    }
    return leave;
  }

  #listen(port: number): Listener {
    const users = new Set<Accept>();
    const server = createServer((request, response) => answer(request, response, users));
    server.requestTimeout = REQUEST_MS;
    server.headersTimeout = REQUEST_MS;
    server.maxConnections = MAX_CONNECTIONS;
    const listener = { server, users, listening: listen(server, port).then(() => undefined) };
    this.#listeners.set(port, listener);
    return listener;
  }
}

/** `wanted` when it is free, else one that is. */
export async function findFreePort(wanted = 0): Promise<number> {
  const server = createServer();
  try {
    return await listen(server, wanted).catch(async () => await listen(server, 0));
  } finally {
    server.close();
  }
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

function answer(request: IncomingMessage, response: ServerResponse, users: ReadonlySet<Accept>): void {
  const target = `http://${host}${request.url ?? '/'}`;
  const url = URL.canParse(target) ? new URL(target) : undefined;
  // Only GET: link previews send HEAD, and must not use the code up.
  if (request.method !== 'GET' || url?.pathname !== '/callback') {
    response.writeHead(404, { connection: 'close' }).end();
    return;
  }
  let outcome: CallbackOutcome = 'unknown';
  for (const accept of users) {
    outcome = accept(url.searchParams);
    if (outcome !== 'unknown') break;
  }
  const page = renderCallbackPage(outcome, url.searchParams);
  response.writeHead(page.status, { ...page.headers, connection: 'close' }).end(page.html);
}

function end(server: Server): void {
  server.close();
  server.closeIdleConnections();
  // Browsers open connections in advance and send nothing.
  setTimeout(() => server.closeAllConnections(), FLUSH_MS).unref();
}
