import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import { scanElements } from '../json/members.ts';
import type { Clock } from './clock.ts';
import { readEnvelope, readOversizedId } from './envelope.ts';
import { LineFramer } from './framing.ts';
import type { Logger } from '../logger.ts';
import { LogGate } from './log-gate.ts';
import { FIRST_CALL_ID, type Pipeline } from './pipeline.ts';
import { parseProgress } from './progress.ts';

export interface InboundOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** A longer line is thrown away up to the next newline. */
  readonly maxMessageBytes: number;
  /** Gets the answers to tools/call, and their progress. */
  readonly pipeline: Pipeline;
  /** Gets everything else: lifecycle, pings, requests of the server. */
  readonly onMessage: (message: JSONRPCMessage) => void;
}

/** Of a line that is no message, this much is logged at debug level. */
const GARBAGE_LOG_BYTES = 200;

/** Notifications somebody listens to; a flood of others costs no parsing. */
const handledNotifications = new Set(['notifications/tools/list_changed', 'notifications/cancelled']);

/** The receiving half of a connection: bytes in, each message to where it belongs, whatever else skipped and counted. */
export class Inbound {
  readonly #options: InboundOptions;
  readonly #framer: LineFramer;
  readonly #garbageGate: LogGate;
  #isStopped = false;
  #garbageLines = 0;
  #bytes = 0;

  constructor(options: InboundOptions) {
    this.#options = options;
    this.#garbageGate = new LogGate(options.clock);
    this.#framer = new LineFramer(options.maxMessageBytes, {
      onLine: (line) => this.#onLine(line),
      onOversized: (head, tail, byteLength) => this.#onOversized(head, tail, byteLength),
    });
  }

  get garbageLines(): number {
    return this.#garbageLines;
  }

  get bytes(): number {
    return this.#bytes;
  }

  push(chunk: Buffer): void {
    if (this.#isStopped) return;
    this.#bytes += chunk.length;
    this.#framer.push(chunk);
  }

  /** The stream has ended: a last line may lack its newline. */
  end(): void {
    if (!this.#isStopped) this.#framer.end();
    this.#isStopped = true;
  }

  /** Nothing is delivered any more, not even what was received. */
  stop(): void {
    this.#isStopped = true;
  }

  #onLine(line: Buffer): void {
    if (this.#isStopped) return;
    const envelope = readEnvelope(line);
    switch (envelope.kind) {
      case 'result':
      case 'error':
        if (envelope.id === undefined || envelope.id >= FIRST_CALL_ID)
          this.#options.pipeline.answer(envelope, line);
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
    else this.#options.pipeline.progress(parsed.token, parsed.progress);
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
    this.#options.onMessage(message);
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
      this.#options.pipeline.answerTooLarge(id);
      return;
    }
    const error = { code: -32603, message: `the answer is longer than ${maxMessageBytes} bytes` };
    this.#options.onMessage({ jsonrpc: '2.0', id, error });
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
}
