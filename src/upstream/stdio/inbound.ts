import { LineFramer } from '../messages/framing.ts';
import { MessageRouter, type MessageRouterOptions } from '../messages/message-router.ts';

/** A line longer than `maxMessageBytes` is thrown away up to the next newline. */
export type InboundOptions = Omit<MessageRouterOptions, 'source'>;

/** No banner is that long; to read on would cost all other servers their time. */
const MAX_BABBLE_LINES = 10_000;

/** The receiving half of a pipe: bytes in, each line to where it belongs, whatever else skipped and counted. */
export class Inbound {
  readonly #router: MessageRouter;
  readonly #framer: LineFramer;
  #isStopped = false;
  #bytes = 0;

  constructor(options: InboundOptions) {
    this.#router = new MessageRouter({ ...options, source: 'a line on stdout' });
    this.#framer = new LineFramer(options.maxMessageBytes, {
      onLine: (line, large) => {
        if (!this.#isStopped) this.#router.route(line, undefined, large);
      },
      onOversized: (head, tail, byteLength) => this.#router.routeOversized(head, tail, byteLength),
    });
  }

  get garbageLines(): number {
    return this.#router.garbageCount;
  }

  /** True for a program that writes and writes, and has never said anything that is MCP. */
  get isBabble(): boolean {
    return this.#router.garbageCount > MAX_BABBLE_LINES && !this.#router.hasRouted;
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
}
