import { waitAtMost, type Clock } from '../clock.ts';
import type { CallTaker } from '../supervision/further-sends.ts';
import type { CallOutcome, Catalog, StartableUpstream, ToolCall, UpstreamState } from '../upstream.ts';

/** One of several children of a server, and how many calls are with it. */
export class Replica implements CallTaker {
  /** In logs. */
  readonly number: number;
  readonly upstream: StartableUpstream;
  /** What was last seen of it. */
  seenState: UpstreamState | undefined;
  seenCatalog: Catalog | undefined;
  /** The listing of which it was said that it differs. */
  reportedCatalog: Catalog | undefined;
  #calls = 0;
  #onIdle: (() => void) | undefined;

  constructor(number: number, upstream: StartableUpstream) {
    this.number = number;
    this.upstream = upstream;
  }

  /** Sent, or waiting to be sent. */
  get calls(): number {
    return this.#calls;
  }

  get isReady(): boolean {
    return this.upstream.state.kind === 'ready';
  }

  async callTool(call: ToolCall): Promise<CallOutcome> {
    this.#calls += 1;
    const outcome = await this.upstream.callTool(call);
    this.#calls -= 1;
    if (this.#calls === 0) this.#onIdle?.();
    return outcome;
  }

  /** Resolves when no call is left, at the latest `ms` from now; for one that gets no more. */
  async untilIdle(clock: Clock, ms: number): Promise<void> {
    if (this.#calls === 0) return;
    const idle = new Promise<void>((resolve) => {
      this.#onIdle = resolve;
    });
    await waitAtMost(clock, idle, ms);
  }
}
