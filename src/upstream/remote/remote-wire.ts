import type { PendingCall } from '../calls/pending-call.ts';
import type { Wire } from '../calls/pipeline.ts';
import type { Peer } from '../upstream.ts';
import type { CallLane } from './call-lane.ts';
import { CallPost } from './call-post.ts';
import { readBody } from './read-body.ts';

/** What an answer to a notification may hold before it is given up. */
const MAX_IGNORED_BYTES = 65_536;

/** The sending half of a session over HTTP: a POST for each message. */
export class RemoteWire implements Wire {
  readonly canSend = true;
  readonly sendsHeaders = true;
  readonly peer: Peer;
  readonly #lane: () => CallLane;
  readonly #posts = new Map<number, CallPost>();

  /** `lane`, because the lane holds the pipeline, which holds the wire. */
  constructor(lane: () => CallLane, { hostname, port, protocol }: URL) {
    this.#lane = lane;
    const usualPort = protocol === 'https:' ? 443 : 80;
    this.peer = { transport: 'tcp', address: hostname, port: port === '' ? usualPort : Number(port) };
  }

  /** True while calls are being posted, or read from the answers to their posts. */
  get isBusy(): boolean {
    return this.#posts.size > 0;
  }

  /** True while the answer to the POST of this call is awaited or read. */
  isPosting(id: number): boolean {
    return this.#posts.has(id);
  }

  write(text: string, pending: PendingCall, what: 'call' | 'cancel'): void {
    const { id } = pending;
    if (id === undefined) throw new Error('a call without an id was sent');
    const body = text.trimEnd();
    if (what === 'call') {
      void this.#post(id, new CallPost(this.#lane(), id, pending, body));
    } else {
      this.#posts.get(id)?.abort();
      void this.#cancel(body);
    }
  }

  /** Ends all posts under way. */
  abort(): void {
    for (const post of this.#posts.values()) post.abort();
  }

  async #post(id: number, post: CallPost): Promise<void> {
    this.#posts.set(id, post);
    const lane = this.#lane();
    try {
      await post.run();
    } catch (error) {
      lane.logger.error({ err: error }, 'a call could not be followed to its end');
      lane.pipeline.settle(id, { kind: 'lost', reason: 'the call could not be followed to its end' });
    }
    this.#posts.delete(id);
    if (!this.isBusy) lane.onIdle();
  }

  /** Nobody waits for it; the connection's own end is its deadline. */
  async #cancel(body: string): Promise<void> {
    const { http, target } = this.#lane();
    const { url, headers } = await target();
    const reply = await http.send({ method: 'POST', url, headers, body }).reply;
    if (reply.kind === 'answered') await readBody(reply.message, MAX_IGNORED_BYTES);
  }
}
