import {
  Agent as HttpAgent,
  type ClientRequest,
  type IncomingMessage,
  request as requestHttp,
} from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { TLSSocket } from 'node:tls';

export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** How a request ended, up to the headers of its answer. */
export type HttpReply =
  | { readonly kind: 'answered'; readonly message: IncomingMessage }
  /** `wasSent`: false when the server cannot have seen the whole request, so that it cannot have been run. */
  | { readonly kind: 'failed'; readonly wasSent: boolean; readonly reason: string };

/** A request under way. */
export interface Exchange {
  /** Never rejects. */
  readonly reply: Promise<HttpReply>;
  /** Ends it, its answer too. */
  abort(): void;
}

/**
 * Idle connections are given up before the servers do (5 s in Node and in uvicorn): a request written to a connection
 * that its server is closing may or may not have been read.
 */
const IDLE_MS = 4000;

/**
 * HTTP for one session. Not the global fetch: that ends a stream which is silent for 5 minutes, and does not tell
 * whether a request that failed was sent.
 */
export class HttpClient {
  readonly #http = new HttpAgent({ keepAlive: true, timeout: IDLE_MS });
  readonly #https = new HttpsAgent({ keepAlive: true, timeout: IDLE_MS });
  readonly #open = new Set<ClientRequest>();
  #isClosed = false;
  #bytesIn = 0;
  #bytesOut = 0;

  /** Of bodies, as they were received. */
  get bytesIn(): number {
    return this.#bytesIn;
  }

  get bytesOut(): number {
    return this.#bytesOut;
  }

  send(request: HttpRequest): Exchange {
    let isAborted = false;
    let sent: ClientRequest | undefined;
    const start = async (): Promise<HttpReply> => {
      // One turn of the event loop later, what has arrived is known, also that an idle connection was closed.
      await new Promise(setImmediate);
      if (this.#isClosed || isAborted) return closed;
      try {
        sent = this.#request(request);
      } catch (error) {
        // A header that HTTP cannot carry.
        return failed(error, false);
      }
      return await this.#replyTo(sent);
    };
    return {
      reply: start(),
      abort: () => {
        isAborted = true;
        sent?.destroy();
      },
    };
  }

  /** Ends all that is under way and every connection. */
  close(): void {
    this.#isClosed = true;
    for (const request of this.#open) request.destroy();
    this.#http.destroy();
    this.#https.destroy();
  }

  #request({ url, method, headers, body }: HttpRequest): ClientRequest {
    const bytes = body === undefined ? undefined : Buffer.from(body);
    const isSecure = url.protocol === 'https:';
    const sent = (isSecure ? requestHttps : requestHttp)(url, {
      method,
      agent: isSecure ? this.#https : this.#http,
      headers: { ...headers, ...(bytes !== undefined && { 'content-length': bytes.length }) },
    });
    this.#open.add(sent);
    this.#bytesOut += bytes?.length ?? 0;
    sent.end(bytes);
    return sent;
  }

  #replyTo(request: ClientRequest): Promise<HttpReply> {
    // Without its last byte, a message is none.
    let isWritten = false;
    request.once('finish', () => {
      isWritten = true;
    });
    let isConnected = false;
    request.once('socket', (socket) => {
      isConnected = !socket.connecting && !(socket instanceof TLSSocket && socket.getProtocol() === null);
      if (isConnected) return;
      const event = socket instanceof TLSSocket ? 'secureConnect' : 'connect';
      socket.once(event, () => {
        isConnected = true;
      });
    });
    request.once('close', () => this.#open.delete(request));
    return new Promise((resolve) => {
      // Not once: a request that is destroyed after its answer began may report that too.
      request.on('error', (error) => resolve(failed(error, isConnected && isWritten)));
      request.once('close', () =>
        resolve({ kind: 'failed', wasSent: isConnected && isWritten, reason: 'aborted' }),
      );
      request.once('response', (message) => {
        // A listener for data would have it flow, and an empty body be over, before its reader is there.
        message.once('resume', () => {
          message.on('data', (chunk: Buffer) => {
            this.#bytesIn += chunk.length;
          });
        });
        // The end of an answer that is cut off shows in 'close' and `complete`.
        message.on('error', () => {});
        resolve({ kind: 'answered', message });
      });
    });
  }
}

const closed: HttpReply = { kind: 'failed', wasSent: false, reason: 'the connection was closed' };

const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was closed by the server',
  ENOTFOUND: 'the host name is not known',
  EAI_AGAIN: 'the host name could not be looked up',
  ETIMEDOUT: 'the connection timed out',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
};

function failed(error: unknown, wasSent: boolean): HttpReply {
  const { code, message } = error instanceof Error ? (error as NodeJS.ErrnoException) : {};
  const said = message === undefined || message === '' ? String(code ?? error) : message;
  const reason = code !== undefined && words[code] !== undefined ? `${words[code]} (${code})` : said;
  return { kind: 'failed', wasSent, reason };
}
