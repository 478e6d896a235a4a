import { ServerProcess } from '../../conformance/target/server-process.ts';
import type { Ending } from '../../conformance/target/target.ts';
import type { JsonObject, JsonValue } from '../../src/index.ts';

/** How a server is started. */
export interface StdioCommand {
  readonly words: readonly string[];
  /** The whole environment. @default ours */
  readonly env?: Readonly<Record<string, string>>;
}

/** What became of a request. */
export type StdioAnswer =
  | { readonly kind: 'result'; readonly result: JsonObject; readonly text: string }
  | { readonly kind: 'error'; readonly message: string }
  | { readonly kind: 'ended'; readonly message: string };

/** A server that cannot be spoken to; what it last wrote to stderr says why. */
export class ServerGoneError extends Error {
  readonly stderrTail: readonly string[];

  constructor(message: string, stderrTail: readonly string[] = []) {
    super(message);
    this.stderrTail = stderrTail;
  }
}

const maxLine = 256 * 1_024 * 1_024;
/** What `npx` may need to fetch a server. */
const handshakeMs = 60_000;

/**
 * A client that speaks to a server directly, and keeps many calls in the pipe: what no gateway can be faster than.
 * Messages of one tick leave in one write.
 */
export class StdioClient {
  readonly #child: ServerProcess;
  readonly #pending = new Map<number, (answer: StdioAnswer) => void>();
  #parts: string[] = [];
  #held = 0;
  #nextId = 1;
  #outgoing = '';
  #ended: string | undefined;

  /**
   * Starts a server and shakes hands.
   *
   * @throws ServerGoneError when it cannot be started, ends, or says nothing within a minute
   */
  static async open({ words, env }: StdioCommand): Promise<StdioClient> {
    const [command = '', ...args] = words;
    // Own variables that are not set are no variables.
    const environment = env ?? (process.env as Record<string, string>);
    const client = new StdioClient({ command, args, env: environment, cwd: process.cwd() });
    const asked = client.request(
      'initialize',
      '{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"mcpo-bench","version":"1.0.0"}}',
    );
    const answer = await within(handshakeMs, asked);
    if (answer?.kind === 'result') {
      client.#send('{"jsonrpc":"2.0","method":"notifications/initialized"}\n');
      return client;
    }
    const tail = await client.#stop();
    if (answer === undefined)
      throw new ServerGoneError(`no answer to initialize within ${handshakeMs / 1_000} s`, tail);
    const reason = answer.kind === 'error' ? `it refuses initialize: ${answer.message}` : answer.message;
    throw new ServerGoneError(reason, tail);
  }

  private constructor(server: ConstructorParameters<typeof ServerProcess>[0]) {
    const decoder = new TextDecoder();
    this.#child = new ServerProcess(server, (chunk) => this.#take(decoder.decode(chunk, { stream: true })));
    // It never rejects.
    void this.#child.ended().then((ending) => this.#end(describeEnding(ending)));
  }

  /** Calls a tool; the arguments are JSON text. Never rejects, and settles when the server ends at the latest. */
  async call(tool: string, argumentsText: string): Promise<StdioAnswer> {
    return await this.request('tools/call', `{"name":${JSON.stringify(tool)},"arguments":${argumentsText}}`);
  }

  /** Sends a request whose parameters are JSON text. */
  async request(method: string, params: string): Promise<StdioAnswer> {
    const ended = this.#ended;
    if (ended !== undefined) return { kind: 'ended', message: ended };
    const id = this.#nextId;
    this.#nextId += 1;
    return await new Promise((resolve) => {
      this.#pending.set(id, resolve);
      this.#send(`{"jsonrpc":"2.0","id":${id},"method":"${method}","params":${params}}\n`);
    });
  }

  /** Ends the server, politely at first. */
  async close(): Promise<void> {
    await this.#stop();
  }

  async #stop(): Promise<readonly string[]> {
    await this.#child.stop(1_000);
    const ending = await within(1_000, this.#child.ended());
    return ending?.kind === 'exited' ? ending.stderrTail : [];
  }

  #send(message: string): void {
    if (this.#outgoing === '') setImmediate(() => this.#flush());
    this.#outgoing += message;
  }

  #flush(): void {
    this.#child.write(this.#outgoing);
    this.#outgoing = '';
  }

  #take(chunk: string): void {
    let start = 0;
    for (let end; (end = chunk.indexOf('\n', start)) !== -1; start = end + 1) {
      const line = chunk.slice(start, end);
      if (this.#parts.length === 0) {
        this.#read(line);
        continue;
      }
      const whole = this.#parts.join('') + line;
      this.#parts = [];
      this.#held = 0;
      this.#read(whole);
    }
    if (start === chunk.length) return;
    this.#parts.push(start === 0 ? chunk : chunk.slice(start));
    this.#held += chunk.length - start;
    if (this.#held > maxLine) this.#end('it wrote a line that does not end');
  }

  #read(line: string): void {
    const message = parse(line);
    if (message === undefined) return;
    const { id, method, result, error } = message;
    if (typeof method === 'string') {
      if (id !== undefined) this.#answer(id, method);
      return;
    }
    const settle = typeof id === 'number' ? this.#pending.get(id) : undefined;
    if (settle === undefined) return;
    this.#pending.delete(Number(id));
    settle(
      result === undefined
        ? { kind: 'error', message: JSON.stringify(error ?? null) }
        : { kind: 'result', result: result as JsonObject, text: line }, // MCP schema, Result
    );
  }

  // The server may ask too: ping is owed an answer, and nothing else was offered.
  #answer(id: JsonValue, method: string): void {
    const answer =
      method === 'ping' ? { result: {} } : { error: { code: -32601, message: 'not offered by this client' } };
    this.#send(`${JSON.stringify({ jsonrpc: '2.0', id, ...answer })}\n`);
  }

  #end(message: string): void {
    this.#ended ??= message;
    for (const settle of this.#pending.values()) settle({ kind: 'ended', message: this.#ended });
    this.#pending.clear();
  }
}

/** Whether a call did what it should. */
export function isSuccess(answer: StdioAnswer): boolean {
  return answer.kind === 'result' && answer.result['isError'] !== true;
}

function parse(line: string): JsonObject | undefined {
  try {
    const message: unknown = JSON.parse(line);
    return typeof message === 'object' && message !== null ? (message as JsonObject) : undefined; // JSON, and an object
  } catch {
    // Some servers print what is no message; it is none of the load's business.
    return undefined;
  }
}

function describeEnding(ending: Ending): string {
  if (ending.kind !== 'exited') return ending.message;
  return `it exited with ${ending.signal ?? `code ${ending.code}`}`;
}

async function within<T>(ms: number, promise: Promise<T>): Promise<T | undefined> {
  const { promise: late, stop } = startTimer(ms);
  try {
    return await Promise.race([promise, late]);
  } finally {
    stop();
  }
}

function startTimer(ms: number): { readonly promise: Promise<undefined>; readonly stop: () => void } {
  let timer: NodeJS.Timeout | undefined;
  const promise = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  return { promise, stop: () => clearTimeout(timer) };
}
