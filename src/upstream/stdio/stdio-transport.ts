import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import type { Child, ChildExit } from './child.ts';
import { waitAtMost, type Clock } from '../clock.ts';
import { Inbound } from './inbound.ts';
import type { Logger } from '../../logger.ts';
import type { PendingCall } from '../calls/pending-call.ts';
import type { Pipeline, Wire } from '../calls/pipeline.ts';
import { toTraffic, type CountingConnection, type Traffic } from '../traffic.ts';

export interface StdioTransportOptions {
  readonly child: Child;
  readonly clock: Clock;
  readonly logger: Logger;
  /** See InboundOptions. */
  readonly maxMessageBytes: number;
  /** Makes the pipeline that answers to tools/call go to. */
  readonly createPipeline: (wire: Wire) => Pipeline;
  /** A call that was sent is waited for no longer, and its cancellation is about to be sent. */
  readonly onGivenUp: (pending: PendingCall) => void;
  /** Called once, when nothing more will come; in-flight calls are still unsettled. */
  readonly onLost: (reason: string) => void;
}

/** Bytes waiting for a server that does not read; then calls wait in the queue, which has its own bound. */
const MAX_UNSENT_BYTES = 1_048_576;
/** Beyond this, answers to the server's own requests are refused: a server may ask without ever reading. */
const MAX_UNSENT_SDK_BYTES = 8 * MAX_UNSENT_BYTES;
/** After an exit, the last answers may still be in the pipe; another process of the group may hold it open. */
const LAST_WORDS_MS = 250;
/** After the output has ended, the exit that explains it is usually a moment away; on a busy machine, a long one. */
const EXIT_CODE_MS = 500;
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
  readonly #inbound: Inbound;
  #state: 'starting' | 'ready' | 'draining' | 'closed' = 'starting';
  #fault: string | undefined;
  #outgoing: string[] = [];
  #outgoingLength = 0;
  #bytesOut = 0;

  constructor(options: StdioTransportOptions) {
    this.#options = options;
    this.pipeline = options.createPipeline(this);
    this.#inbound = new Inbound({
      ...options,
      pipeline: this.pipeline,
      onMessage: (message) => this.onmessage?.(message),
    });
    this.#child = options.child;
  }

  get traffic(): Traffic {
    const { bytes: bytesIn, garbageLines } = this.#inbound;
    return toTraffic({ bytesIn, bytesOut: this.#bytesOut, garbageLines }, this.pipeline);
  }

  get bytesIn(): number {
    return this.#inbound.bytes;
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

  /** Why the connection was given up, where that is not the child's end. */
  get fault(): string | undefined {
    return this.#fault;
  }

  get stderrTail(): readonly string[] {
    return this.#child.stderrTail;
  }

  get canSend(): boolean {
    return this.#state === 'ready' && this.#unsentLength() < MAX_UNSENT_BYTES;
  }

  async start(): Promise<void> {
    const { stdin, stdout } = this.#child;
    stdout.on('data', (chunk: Buffer) => {
      this.#inbound.push(chunk);
      if (this.#inbound.isBabble) this.#giveUpOnBabble();
    });
    stdout.on('error', () => void this.#drain());
    stdout.on('end', () => void this.#drain());
    stdin.on('error', () => void this.#drain());
    stdin.on('drain', () => this.pipeline.resume());
    await this.#child.spawned();
    if (this.#state === 'starting') this.#state = 'ready';
    void this.#child.exited().then(() => this.#drain());
  }

  /** For the SDK's client; rejects when the message can no longer be sent, and no loss is about to say why. */
  send(message: JSONRPCMessage): Promise<void> {
    if (this.#state === 'draining') return Promise.resolve();
    if (this.#state !== 'ready') return Promise.reject(new Error('the connection is closed'));
    if (this.#unsentLength() > MAX_UNSENT_SDK_BYTES) {
      return Promise.reject(new Error('the server does not read its input'));
    }
    this.write(`${JSON.stringify(message)}\n`);
    return Promise.resolve();
  }

  /** All messages of one turn of the event loop go out in one write: under load the system calls are what costs. */
  write(text: string, pending?: PendingCall, what?: 'call' | 'cancel'): void {
    if (this.#state !== 'ready') return;
    if (what === 'cancel' && pending !== undefined) this.#options.onGivenUp(pending);
    if (this.#outgoing.length === 0) setImmediate(() => this.#flush());
    this.#outgoing.push(text);
    this.#outgoingLength += text.length;
  }

  /** Ends the connection, though not the child, for what the server does or does not do. */
  giveUp(reason: string): void {
    this.#becomeClosed(reason);
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

  /** The child has exited or closed a pipe: reads what is left, then the connection is lost. */
  async #drain(): Promise<void> {
    if (this.#state !== 'ready') return;
    this.#state = 'draining';
    const { clock } = this.#options;
    const stdout = this.#child.stdout;
    const hasEnded = (): boolean => stdout.readableEnded || stdout.destroyed;
    if (!hasEnded()) {
      const ended = new Promise<void>((resolve) => stdout.once('close', resolve).once('end', resolve));
      await waitAtMost(clock, ended, LAST_WORDS_MS);
    }
    // A write that failed may have brought us here before the end of the output, and both before the exit.
    if (hasEnded()) await waitAtMost(clock, this.#child.exited(), EXIT_CODE_MS);
    this.#inbound.end();
    this.#becomeClosed(describeExit(this.#child.exit));
  }

  #giveUpOnBabble(): void {
    if (this.#state === 'closed') return;
    this.#fault = 'writes to its stdout, without end, what is no JSON-RPC message';
    this.#child.stdout.pause();
    this.#becomeClosed(this.#fault);
  }

  #becomeClosed(reason: string): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#inbound.stop();
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
