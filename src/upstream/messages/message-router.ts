import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import type { LargeValues } from '../../json/large-values.ts';
import { scanElements } from '../../json/members.ts';
import type { Clock } from '../clock.ts';
import { readEnvelope, readOversizedId } from './envelope.ts';
import type { Logger } from '../../logger.ts';
import { findLargeValues, LARGE_LINE_BYTES } from './large-line.ts';
import { LogGate } from '../log-gate.ts';
import { FIRST_CALL_ID } from '../calls/call-window.ts';
import type { Pipeline } from '../calls/pipeline.ts';
import { parseProgress } from './progress.ts';

export interface MessageRouterOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** What may hold a message, for the log: 'a line on stdout'. */
  readonly source: string;
  readonly maxMessageBytes: number;
  /** Gets the answers to tools/call, and their progress. */
  readonly pipeline: Pipeline;
  /** Gets everything else: lifecycle, pings, requests of the server. */
  readonly onMessage: (message: JSONRPCMessage) => void;
}

/** Of what is no message, this much is logged at debug level. */
const GARBAGE_LOG_BYTES = 200;

/** Notifications somebody listens to; a flood of others costs no parsing. */
const handledNotifications = new Set(['notifications/tools/list_changed', 'notifications/cancelled']);

/** Brings each message of a server to where it belongs; what is none is counted and skipped. */
export class MessageRouter {
  readonly #options: MessageRouterOptions;
  readonly #garbageGate: LogGate;
  #garbageCount = 0;
  #hasRouted = false;

  constructor(options: MessageRouterOptions) {
    this.#options = options;
    this.#garbageGate = new LogGate(options.clock);
  }

  get garbageCount(): number {
    return this.#garbageCount;
  }

  /** Whether anything was a message so far. */
  get hasRouted(): boolean {
    return this.#hasRouted;
  }

  /** `text` is one message, or a batch of them; its large values need not be known. */
  route(
    text: Buffer,
    onMessage: (message: JSONRPCMessage) => void = this.#options.onMessage,
    known?: LargeValues,
  ): void {
    const large = known ?? (text.length < LARGE_LINE_BYTES ? undefined : findLargeValues(text));
    const envelope = readEnvelope(text, large);
    if (envelope.kind !== 'garbage') this.#hasRouted = true;
    switch (envelope.kind) {
      case 'result':
      case 'error':
        if (envelope.id === undefined || envelope.id >= FIRST_CALL_ID)
          this.#options.pipeline.answer(envelope, text, large);
        else this.#toClient(text, envelope.id, onMessage);
        return;
      case 'request':
        this.#toClient(text, undefined, onMessage);
        return;
      case 'notification':
        if (envelope.method === 'notifications/progress') this.#onProgress(text);
        else if (handledNotifications.has(envelope.method)) this.#toClient(text, undefined, onMessage);
        return;
      case 'batch':
        if (scanElements(text, 0, text.length, () => true) !== 'complete') this.#onGarbage(text);
        else
          scanElements(text, 0, text.length, (start, end) =>
            this.#onBatched(text.subarray(start, end), onMessage),
          );
        return;
      case 'garbage':
        this.#onGarbage(text);
    }
  }

  /** A message over the limit, of which only the first and the last bytes are known. */
  routeOversized(
    head: Buffer,
    tail: Buffer,
    byteLength: number,
    onMessage: (message: JSONRPCMessage) => void = this.#options.onMessage,
  ): void {
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
    onMessage({ jsonrpc: '2.0', id, error });
  }

  /** A batch holds messages, never batches. */
  #onBatched(message: Buffer, onMessage: (message: JSONRPCMessage) => void): void {
    if (message[0] === 0x5b) this.#onGarbage(message);
    else this.route(message, onMessage);
  }

  #onProgress(text: Buffer): void {
    const parsed = parseProgress(text.toString('utf8'));
    if (parsed === undefined) this.#onGarbage(text);
    else this.#options.pipeline.progress(parsed.token, parsed.progress);
  }

  /** Lifecycle, pings and requests of the server: parsed, and left to the SDK. */
  #toClient(
    text: Buffer,
    answeredId: number | undefined,
    onMessage: (message: JSONRPCMessage) => void,
  ): void {
    let message: JSONRPCMessage & { id?: number };
    try {
      // The SDK's Protocol examines what it gets and reports what it does not know.
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion
      message = JSON.parse(text.toString('utf8')) as JSONRPCMessage & { id?: number };
    } catch {
      this.#onGarbage(text);
      return;
    }
    // The client finds its request by a number, also where the server wrote "7".
    if (answeredId !== undefined) message.id = answeredId;
    onMessage(message);
  }

  /** Banners and stray prints: they belong to no call. The text may hold anything, so it is for debugging only. */
  #onGarbage(text: Buffer): void {
    this.#garbageCount += 1;
    const { logger, source } = this.#options;
    this.#garbageGate.pass((suppressed) => {
      logger.warn({ byteLength: text.length, suppressed }, `${source} is no JSON-RPC message; it is skipped`);
      logger.debug({ line: text.toString('utf8', 0, GARBAGE_LOG_BYTES) }, 'the skipped line');
    });
  }
}
