import { Agent, request, type IncomingMessage } from 'node:http';
import { Agent as TlsAgent, request as tlsRequest } from 'node:https';

/** What a gateway answered; status 0: it did not. */
export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

/** Makes calls over connections that are kept, one for each user. */
export class HttpCaller {
  readonly #base: URL;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #agent: Agent;
  readonly #timeoutMs: number;

  constructor(url: string, headers: Readonly<Record<string, string>>, users: number, timeoutMs = 60_000) {
    this.#base = new URL(url);
    this.#headers = { ...headers, 'content-type': 'application/json' };
    const options = { keepAlive: true, maxSockets: users };
    this.#agent = this.#base.protocol === 'https:' ? new TlsAgent(options) : new Agent(options);
    this.#timeoutMs = timeoutMs;
  }

  /** Never rejects. */
  async post(path: string, body: string): Promise<HttpAnswer> {
    return await this.#send('POST', path, body);
  }

  /** Never rejects. */
  async get(path: string): Promise<HttpAnswer> {
    return await this.#send('GET', path, '');
  }

  close(): void {
    this.#agent.destroy();
  }

  async #send(method: string, path: string, body: string): Promise<HttpAnswer> {
    return await new Promise((resolve) => {
      const fail = (error: Error): void => resolve({ status: 0, body: error.message });
      const { href } = this.#base;
      const send = this.#base.protocol === 'https:' ? tlsRequest : request;
      const headers = { ...this.#headers, 'content-length': Buffer.byteLength(body) };
      const target = `${href.endsWith('/') ? href.slice(0, -1) : href}${path}`;
      const sent = send(target, { method, headers, agent: this.#agent }, (response: IncomingMessage) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (text += chunk));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
        response.on('error', fail);
      });
      sent.setTimeout(this.#timeoutMs, () =>
        sent.destroy(new Error(`no answer within ${this.#timeoutMs / 1_000} s`)),
      );
      sent.on('error', fail);
      sent.end(body);
    });
  }
}

export function isOk({ status }: HttpAnswer): boolean {
  return status >= 200 && status < 300;
}
