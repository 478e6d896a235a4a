// Users who each keep one connection and send their next call when the last is answered. Cheap, so that many fit
// beside what is measured: a request is bytes made once, of an answer only its length is looked for.
import { connect } from 'node:net';

const headerEnd = Buffer.from('\r\n\r\n');

/** One kept connection. */
export class HttpUser {
  #socket;
  #settle;
  #header = Buffer.alloc(0);
  #status = 0;
  /** Bytes of the body still to come; undefined while the header is not complete. */
  #missing;
  #bytes = 0;

  /** @param {string} url where it connects to */
  static async open(url) {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    return new HttpUser(socket);
  }

  constructor(socket) {
    this.#socket = socket;
    socket.on('data', (chunk) => this.#take(chunk));
    socket.on('error', () => {});
    socket.on('close', () => this.#finish({ status: 0, bytes: 0 }));
  }

  /**
   * Sends a request made by `toRequest` and waits for its answer.
   *
   * @returns {Promise<{status: number, bytes: number}>} status 0: the connection broke
   */
  async call(request) {
    return await new Promise((resolve) => {
      if (this.#socket.destroyed) return resolve({ status: 0, bytes: 0 });
      this.#settle = resolve;
      this.#socket.write(request);
    });
  }

  close() {
    this.#socket.destroy();
  }

  #take(chunk) {
    if (this.#missing === undefined) {
      const seen = this.#header.length === 0 ? chunk : Buffer.concat([this.#header, chunk]);
      const end = seen.indexOf(headerEnd);
      if (end === -1) {
        this.#header = seen;
        return;
      }
      this.#header = Buffer.alloc(0);
      const text = seen.latin1Slice(0, end);
      this.#status = Number(text.slice(9, 12));
      const length = /\r\ncontent-length: *(\d+)/i.exec(text);
      if (length === null) {
        this.#socket.destroy(new Error('an answer without Content-Length'));
        return;
      }
      this.#bytes = Number(length[1]);
      this.#missing = this.#bytes - (seen.length - end - 4);
    } else {
      this.#missing -= chunk.length;
    }
    if (this.#missing > 0) return;
    this.#missing = undefined;
    this.#finish({ status: this.#status, bytes: this.#bytes });
  }

  #finish(answer) {
    const settle = this.#settle;
    this.#settle = undefined;
    settle?.(answer);
  }
}

/** A call as the bytes that are sent. */
export function toRequest({ url, headers, body }) {
  const { host, pathname } = new URL(url);
  const lines = Object.entries({ host, 'content-length': Buffer.byteLength(body), ...headers });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return Buffer.from(`POST ${pathname} HTTP/1.1\r\n${head}\r\n${body}`);
}
