import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ListenError } from '../../errors.ts';
import type { SiteFile } from '../site/site.ts';
import { collectPreviewFiles, type PreviewFile, type PreviewFiles } from './preview-files.ts';
import { previewPaths, reloadScript } from './preview-page.ts';

/** More pages than anybody has open. */
const maxListeners = 100;
/** Keeps what stands between from taking a quiet connection for a dead one. */
const heartbeatMs = 15_000;

/** A site that is looked at while it is made. */
export interface Preview {
  /** With a slash at its end. */
  readonly url: string;
  /** Shows another build: open pages load again when it differs. @returns whether it does; throws what the build throws */
  show(site: Iterable<SiteFile>): boolean;
  /** Keeps the last build, and says in open pages why there is no other. */
  fail(reason: string): void;
  close(): Promise<void>;
}

/**
 * Serves a site from memory on 127.0.0.1, with pages that load again when it changes.
 *
 * @param port 0 picks a free one
 * @throws ListenError when the port is taken
 */
export async function startPreview(site: Iterable<SiteFile>, port: number): Promise<Preview> {
  let shown = collectPreviewFiles(site);
  let failure: string | undefined;
  const listeners = new Set<ServerResponse>();
  const state = (): string => `data: ${JSON.stringify({ version: shown.version, failure })}\n\n`;
  const tell = (): void => {
    for (const listener of listeners) listener.write(state());
  };
  const server = createServer({ requestTimeout: 10_000, maxHeaderSize: 16_384 }, (request, response) =>
    answer(request, response, { shown, listeners, state }),
  );
  await listen(server, port);
  const heartbeat = setInterval(() => {
    for (const listener of listeners) listener.write(':\n\n');
  }, heartbeatMs).unref();
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, // it listens on TCP
    show(next) {
      const built = collectPreviewFiles(next);
      const isOther = built.version !== shown.version;
      const wasFailing = failure !== undefined;
      shown = built;
      failure = undefined;
      if (isOther || wasFailing) tell();
      return isOther;
    },
    fail(reason) {
      failure = reason;
      tell();
    },
    async close() {
      clearInterval(heartbeat);
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

interface State {
  readonly shown: PreviewFiles;
  readonly listeners: Set<ServerResponse>;
  readonly state: () => string;
}

function answer(request: IncomingMessage, response: ServerResponse, state: State): void {
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('referrer-policy', 'no-referrer');
  response.setHeader('cross-origin-resource-policy', 'same-origin');
  response.setHeader('cache-control', 'no-cache');
  // A name of somebody else that leads here would let pages of theirs read this one.
  if (!/^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/i.test(request.headers.host ?? '')) {
    sendText(response, 403, 'Open the preview as http://127.0.0.1 or http://localhost.');
    return;
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD');
    sendText(response, 405, 'Only GET and HEAD.');
    return;
  }
  const [path = ''] = (request.url ?? '/').split('?');
  if (path === previewPaths.events) sendEvents(request, response, state);
  else if (path === previewPaths.script) {
    response.setHeader('content-type', 'text/javascript; charset=utf-8');
    response.end(reloadScript);
  } else sendPath(request, response, path, state.shown);
}

/** Only what is in the map is ever sent: a path leads nowhere else, whatever it holds. */
function sendPath(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  { files, version }: PreviewFiles,
): void {
  const name = decode(path)?.replace(/^\//, '');
  if (name === undefined) {
    sendText(response, 400, 'The path cannot be decoded.');
    return;
  }
  const file = files.get(name === '' || name.endsWith('/') ? `${name}index.html` : name);
  if (file !== undefined) {
    sendFile(request, response, file);
    return;
  }
  if (files.has(`${name}/index.html`)) {
    // Encoded anew: what was asked for is not copied into a header.
    const location = `/${name.split('/').map(encodeURIComponent).join('/')}/`;
    response.writeHead(308, { location }).end();
    return;
  }
  // With the script: a page that comes with the next build shows itself.
  response.writeHead(404, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "default-src 'none'; script-src 'self'; connect-src 'self'",
  });
  response.end(
    `<!doctype html><html lang="en"><title>Not found</title><body><p>There is no such file in the site. <a href="/">Its index</a></p><script src="${previewPaths.script}" data-version="${version}" defer></script></body></html>`,
  );
}

function sendFile(request: IncomingMessage, response: ServerResponse, file: PreviewFile): void {
  const { bytes, etag, type, policy } = file;
  response.setHeader('etag', etag);
  if (policy !== undefined) response.setHeader('content-security-policy', policy);
  const known = new Set(
    (request.headers['if-none-match'] ?? '').split(/\s*,\s*/).map((tag) => tag.replace(/^W\//, '')),
  );
  if (known.has(etag) || known.has('*')) {
    response.writeHead(304).end();
    return;
  }
  response.setHeader('content-type', type);
  response.setHeader('content-length', bytes.length);
  response.end(request.method === 'HEAD' ? undefined : bytes);
}

function sendEvents(
  request: IncomingMessage,
  response: ServerResponse,
  { listeners, state }: Pick<State, 'listeners' | 'state'>,
): void {
  if (listeners.size >= maxListeners) {
    sendText(response, 503, 'Too many pages are open.');
    return;
  }
  response.setHeader('content-type', 'text/event-stream');
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  response.write(`retry: 500\n${state()}`);
  listeners.add(response);
  response.on('close', () => listeners.delete(response));
}

function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
}

function decode(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

async function listen(server: Server, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason = error.code === 'EADDRINUSE' ? 'is taken' : `cannot be used (${error.code})`;
      reject(
        new ListenError(`port ${port} ${reason}; choose another with --port, or 0 for a free one`, {
          cause: error,
        }),
      );
    });
    server.listen(port, '127.0.0.1', resolve);
  });
}
