// A client that speaks to a server directly, and keeps many calls in the pipe: what no front can be faster than.
import { spawn } from 'node:child_process';

/** A server with the pipe to it. */
export class StdioClient {
  #child;
  #pending = new Map();
  #nextId = 1;
  #outgoing = '';
  #incoming = '';

  /** Starts a server and shakes hands. */
  static async open([command, ...words]) {
    const client = new StdioClient(spawn(command, words, { stdio: ['pipe', 'pipe', 'ignore'] }));
    await client.#request(
      'initialize',
      '{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"bench","version":"1.0.0"}}',
    );
    client.#send('{"jsonrpc":"2.0","method":"notifications/initialized"}\n');
    return client;
  }

  constructor(child) {
    this.#child = child;
    child.stdout.setEncoding('utf8').on('data', (chunk) => this.#take(chunk));
    child.stdin.on('error', () => {});
    child.on('exit', () => {
      for (const settle of this.#pending.values()) settle({});
      this.#pending.clear();
    });
  }

  /** Calls a tool; the arguments are JSON text. @returns {Promise<boolean>} whether it did what it should */
  async call(tool, argumentsText) {
    const answer = await this.#request('tools/call', `{"name":"${tool}","arguments":${argumentsText}}`);
    return answer.result !== undefined && answer.result.isError !== true;
  }

  close() {
    this.#child.stdin.end();
    this.#child.kill();
  }

  async #request(method, params) {
    const id = this.#nextId;
    this.#nextId += 1;
    return await new Promise((resolve) => {
      this.#pending.set(id, resolve);
      this.#send(`{"jsonrpc":"2.0","id":${id},"method":"${method}","params":${params}}\n`);
    });
  }

  #send(message) {
    if (this.#outgoing === '') setImmediate(() => this.#flush());
    this.#outgoing += message;
  }

  #flush() {
    this.#child.stdin.write(this.#outgoing);
    this.#outgoing = '';
  }

  #take(chunk) {
    const text = this.#incoming + chunk;
    let start = 0;
    for (let end; (end = text.indexOf('\n', start)) !== -1; start = end + 1) {
      const message = JSON.parse(text.slice(start, end));
      const settle = this.#pending.get(message.id);
      this.#pending.delete(message.id);
      settle?.(message);
    }
    this.#incoming = text.slice(start);
  }
}
