import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import { scanElements } from '../json/members.ts';
import { Child, type ChildExit, type ChildOptions } from './child.ts';
import { delay, type Clock } from './clock.ts';
import { readEnvelope, readOversizedId } from './envelope.ts';
import { LineFramer } from './framing.ts';
import { LogGate, type Logger } from './logger.ts';
import { FIRST_CALL_ID, type Pipeline, type Wire } from './pipeline.ts';
import { parseProgress } from './progress.ts';
import type { CountingConnection, Traffic } from './traffic.ts';

export interface StdioTransportOptions extends ChildOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** A longer line is thrown away up to the next newline. */
  readonly maxMessageBytes: number;
  /** Makes the pipeline that answers to tools/call go to. */
  readonly createPipeline: (wire: Wire) => Pipeline;
  /** Called once, when nothing more will come; in-flight calls are still unsettled. */
  readonly onLost: (reason: string) => void;
}

/** Bytes waiting for a server that does not read; then calls wait in the queue, which has its own bound. */
const MAX_UNSENT_BYTES = 1_048_576;
/** Beyond this, answers to the server's own requests are refused: a server may ask without ever reading. */
const MAX_UNSENT_SDK_BYTES = 8 * MAX_UNSENT_BYTES;
/** After an exit, the last answers may still be in the pipe; another process of the group may hold it open. */
const LAST_WORDS_MS = 250;
/** After the output has ended, the exit that explains it is usually a moment away. */
const EXIT_CODE_MS = 20;
/** Of a line that is no message, this much is logged at debug level. */
const GARBAGE_LOG_BYTES = 200;

/** Notifications somebody listens to; a flood of others costs no parsing. */
const handledNotifications = new Set(['notifications/tools/list_changed', 'notifications/cancelled']);

/**
 * The SDK's Transport over a child's stdin and stdout (MCP basic/transports, stdio), with a lane for tools/call that
 * the SDK's client never sees.
 *
 *     starting → ready → draining → closed
 *         └─────────┴───────────────↗
 *
 * starting: the command is being run. ready: both directions work. draining: the child has exited or closed a pipe,
 * or close() was called; nothing is sent, what is still in the pipe is read. closed: nothing is sent or read;
 * `onLost` and `onclose` were called, once. The way is never back.
 */
export class StdioTransport implements Transport, Wire, CountingConnection {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;

  readonly pipeline: Pipeline;
  readonly #options: StdioTransportOptions;
  readonly #child: Child;
  readonly #framer: LineFramer;
  readonly #garbageGate: LogGate;
  #state: 'starting' | 'ready' | 'draining' | 'closed' = 'starting';
  #outgoing: string[] = [];
  #outgoingLength = 0;
  #garbageLines = 0;
  #bytesIn = 0;
  #bytesOut = 0;

  constructor(options: StdioTransportOptions) {
    this.#options = options;
    this.#garbageGate = new LogGate(options.clock);
    this.#framer = new LineFramer(options.maxMessageBytes, {
      onLine: (line) => this.#onLine(line),
      onOversized: (head, tail, byteLength) => this.#onOversized(head, tail, byteLength),
    });
    this.pipeline = options.createPipeline(this);
    this.#child = new Child(options);
  }

  get traffic(): Traffic {
    const { late, duplicate, unknown } = this.pipeline.strays;
    return {
      bytesIn: this.#bytesIn,
      bytesOut: this.#bytesOut,
      garbageLines: this.#garbageLines,
      lateAnswers: late,
      duplicateAnswers: duplicate,
      unknownAnswers: unknown,
    };
  }

  get isClosed(): boolean {
    return this.#state === 'closed';
  }

  get exit(): ChildExit | undefined {
    return this.#child.exit;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get stderrTail(): readonly string[] {
    return this.#child.stderrTail;
  }

  get canSend(): boolean {
    return this.#state === 'ready' && this.#unsentLength() < MAX_UNSENT_BYTES;
  }

  async start(): Promise<void> {
    const { stdin, stdout } = this.#child;
    stdout.on('data', (chunk: Buffer) => this.#onData(chunk));
    stdout.on('error', () => void this.#drain());
    stdout.on('end', () => void this.#drain());
    stdin.on('error', () => void this.#drain());
    stdin.on('drain', () => this.pipeline.resume());
    await this.#child.spawned();
    if (this.#state === 'starting') this.#state = 'ready';
    void this.#child.exited().then(() => this.#drain());
  }

  /** For the SDK's client; rejects when the message can no longer be sent. */
  send(message: JSONRPCMessage): Promise<void> {
    if (this.#state !== 'ready') return Promise.reject(new Error('the connection is closed'));
    if (this.#unsentLength() > MAX_UNSENT_SDK_BYTES) {
      return Promise.reject(new Error('the server does not read its input'));
    }
    this.write(`${JSON.stringify(message)}\n`);
    return Promise.resolve();
  }

  /** All messages of one turn of the event loop go out in one write: under load the system calls are what costs. */
  write(text: string): void {
    if (this.#state !== 'ready') return;
    if (this.#outgoing.length === 0) setImmediate(() => this.#flush());
    this.#outgoing.push(text);
    this.#outgoingLength += text.length;
  }

  /** For the SDK's client, when initialize fails; whoever made the transport ends the child with `end`. */
  close(): Promise<void> {
    this.#becomeClosed('the connection was closed');
    return Promise.resolve();
  }

  /** Ends the connection at once and the child's whole group within about `deadlineMs`. */
  end(deadlineMs: number): Promise<void> {
    this.#flush();
    this.#becomeClosed('the connection was closed');
    return this.#child.terminate(deadlineMs);
  }

  #unsentLength(): number {
    return this.#outgoingLength + this.#child.stdin.writableLength;
  }

  #flush(): void {
    if (this.#outgoing.length === 0 || this.#state === 'closed') return;
    const [first] = this.#outgoing;
    const text = this.#outgoing.length === 1 && first !== undefined ? first : this.#outgoing.join('');
    this.#outgoing = [];
    this.#outgoingLength = 0;
    this.#bytesOut += Buffer.byteLength(text);
    if (this.#child.stdin.writable) this.#child.stdin.write(text);
    // Calls may have been queued for the length of `#outgoing` alone, and then no 'drain' follows.
    if (this.canSend) this.pipeline.resume();
  }

  #onData(chunk: Buffer): void {
    if (this.#state === 'closed') return;
    this.#bytesIn += chunk.length;
    this.#framer.push(chunk);
  }

  #onLine(line: Buffer): void {
    if (this.#state === 'closed') return;
    const envelope = readEnvelope(line);
    switch (envelope.kind) {
      case 'result':
      case 'error':
        if (envelope.id === undefined || envelope.id >= FIRST_CALL_ID) this.pipeline.answer(envelope, line);
        else this.#toClient(line, envelope.id);
        return;
      case 'request':
        this.#toClient(line, undefined);
        return;
      case 'notification':
        if (envelope.method === 'notifications/progress') this.#onProgress(line);
        else if (handledNotifications.has(envelope.method)) this.#toClient(line, undefined);
        return;
      case 'batch':
        if (scanElements(line, 0, line.length, () => true) !== 'complete') this.#onGarbage(line);
        else scanElements(line, 0, line.length, (start, end) => this.#onBatched(line.subarray(start, end)));
        return;
      case 'garbage':
        this.#onGarbage(line);
    }
  }

  /** A batch holds messages, never batches. */
  #onBatched(message: Buffer): void {
    if (message[0] === 0x5b) this.#onGarbage(message);
    else this.#onLine(message);
  }

  #onProgress(line: Buffer): void {
    const parsed = parseProgress(line.toString('utf8'));
    if (parsed === undefined) this.#onGarbage(line);
    else this.pipeline.progress(parsed.token, parsed.progress);
  }

  /** Lifecycle, pings and requests of the server: parsed, and left to the SDK. */
  #toClient(line: Buffer, answeredId: number | undefined): void {
    let message: JSONRPCMessage & { id?: number };
    try {
      // The SDK's Protocol examines what it gets and reports what it does not know.
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion
      message = JSON.parse(line.toString('utf8')) as JSONRPCMessage & { id?: number };
    } catch {
      this.#onGarbage(line);
      return;
    }
    // The client finds its request by a number, also where the server wrote "7".
    if (answeredId !== undefined) message.id = answeredId;
    this.onmessage?.(message);
  }

  #onOversized(head: Buffer, tail: Buffer, byteLength: number): void {
    const id = readOversizedId(head, tail);
    const { logger, maxMessageBytes } = this.#options;
    logger.warn(
      { id, byteLength, maxMessageBytes },
      'the server sent a message over the limit; it is skipped',
    );
    if (id === undefined) return;
    if (id >= FIRST_CALL_ID) {
      this.pipeline.answerTooLarge(id);
      return;
    }
    const error = { code: -32603, message: `the answer is longer than ${maxMessageBytes} bytes` };
    this.onmessage?.({ jsonrpc: '2.0', id, error });
  }

  /** Banners and stray prints: they belong to no call. The text may hold anything, so it is for debugging only. */
  #onGarbage(line: Buffer): void {
    this.#garbageLines += 1;
    const { logger } = this.#options;
    this.#garbageGate.pass((suppressed) => {
      logger.warn(
        { byteLength: line.length, suppressed },
        'a line on stdout is no JSON-RPC message; it is skipped',
      );
      logger.debug({ line: line.toString('utf8', 0, GARBAGE_LOG_BYTES) }, 'the skipped line');
    });
  }

  /** The child has exited or closed a pipe: reads what is left, then the connection is lost. */
  async #drain(): Promise<void> {
    if (this.#state !== 'ready') return;
    this.#state = 'draining';
    const { clock } = this.#options;
    const stdout = this.#child.stdout;
    if (stdout.readableEnded || stdout.destroyed) {
      await Promise.race([this.#child.exited(), delay(clock, EXIT_CODE_MS)]);
    } else {
      const ended = new Promise<void>((resolve) => stdout.once('close', resolve).once('end', resolve));
      await Promise.race([ended, delay(clock, LAST_WORDS_MS)]);
    }
    this.#framer.end();
    this.#becomeClosed(describeExit(this.#child.exit));
  }

  #becomeClosed(reason: string): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#outgoing = [];
    this.#outgoingLength = 0;
    this.#options.onLost(reason);
    this.onclose?.();
  }
}

function describeExit(exit: ChildExit | undefined): string {
  if (exit === undefined) return 'the server closed its output';
  return exit.signal === null
    ? `the server exited with code ${exit.code}`
    : `the server was killed by ${exit.signal}`;
}
