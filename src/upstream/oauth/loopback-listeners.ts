import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { UpstreamStartError } from '../../errors.ts';
import { answerCallback, type CallbackOutcome } from './callback-page.ts';
import type { LoopbackPlace } from './redirect-url.ts';

/** A browser may take either address of the name, and must not meet another program there. */
const addressesOf = {
  '127.0.0.1': ['127.0.0.1'],
  localhost: ['127.0.0.1', '::1'],
  '[::1]': ['::1'],
} as const;
const REQUEST_MS = 10_000;
const MAX_CONNECTIONS = 32;
/** What the last page gets to arrive. */
const FLUSH_MS = 1000;

type Accept = (params: URLSearchParams) => CallbackOutcome;

interface User {
  readonly path: string;
  readonly accept: Accept;
}

interface Listener {
  readonly server: Server;
  readonly listening: Promise<void>;
  readonly users: Set<User>;
}

/** Ports of loopback addresses, open only while somebody waits; those who wait at the same one share it. */
export class LoopbackListeners {
  /** By address and port. */
  readonly #listeners = new Map<string, Listener>();

  /**
   * Listens until the returned function is called. The callback goes to each of those who share the place, until one
   * knows it.
   *
   * @param remedy what to do when the port is another's, for people
   * @throws UpstreamStartError when the port cannot be had
   */
  async open({ host, port, path }: LoopbackPlace, remedy: string, accept: Accept): Promise<() => void> {
    const user = { path, accept };
    const leaves: (() => void)[] = [];
    const leave = (): void => leaves.forEach((one) => one());
    for (const address of addressesOf[host]) {
      try {
        leaves.push(await this.#join(address, port, user));
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? error.code : undefined;
        // Browsers do without that address as well, where it does not exist.
        if (leaves.length > 0 && (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT')) continue;
        leave();
        const said = error instanceof Error ? error.message : '';
        const reason = code === 'EADDRINUSE' ? 'is taken' : `cannot be listened on (${said})`;
        throw new UpstreamStartError(
          `port ${port} of ${address}, where the authorization is to come back, ${reason}; free it, or ${remedy}`,
          [],
        );
      }
    }
    return leave;
  }

  async #join(address: string, port: number, user: User): Promise<() => void> {
    const key = `${address} ${port}`;
    const listener = this.#listeners.get(key) ?? this.#listen(key, address, port);
    listener.users.add(user);
    const leave = (): void => {
      if (!listener.users.delete(user) || listener.users.size > 0) return;
      if (this.#listeners.get(key) === listener) this.#listeners.delete(key);
      end(listener.server);
    };
    try {
      await listener.listening;
    } catch (error) {
      leave();
      throw error;
    }
    return leave;
  }

  #listen(key: string, address: string, port: number): Listener {
    const users = new Set<User>();
    const server = createServer((request, response) => void answer(request, response, users)); // never rejects
    server.requestTimeout = REQUEST_MS;
    server.headersTimeout = REQUEST_MS;
    server.maxConnections = MAX_CONNECTIONS;
    const listener = { server, users, listening: listen(server, port, address).then(() => undefined) };
    this.#listeners.set(key, listener);
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

async function listen(server: Server, port: number, address = '127.0.0.1'): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, address, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const bound = server.address();
  return typeof bound === 'object' && bound !== null ? bound.port : port;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  users: ReadonlySet<User>,
): Promise<void> {
  const target = `http://localhost${request.url ?? '/'}`;
  const url = URL.canParse(target) ? new URL(target) : undefined;
  const addressed = [...users].filter(({ path }) => path === url?.pathname);
  // Only GET: link previews send HEAD, and must not use the code up.
  if (request.method !== 'GET' || url === undefined || addressed.length === 0) {
    response.writeHead(404, { connection: 'close' }).end();
    return;
  }
  let outcome: CallbackOutcome = { kind: 'unknown' };
  for (const { accept } of addressed) {
    outcome = accept(url.searchParams);
    if (outcome.kind !== 'unknown') break;
  }
  const page = await answerCallback(outcome, url.searchParams);
  response.writeHead(page.status, { ...page.headers, connection: 'close' }).end(page.html);
}

function end(server: Server): void {
  server.close();
  server.closeIdleConnections();
  // Browsers open connections in advance and send nothing.
  setTimeout(() => server.closeAllConnections(), FLUSH_MS).unref();
}
