import { waitAtMost, type Clock } from '../clock.ts';
import type { CallTaker } from '../supervision/further-sends.ts';
import type { CallOutcome, Catalog, StartableUpstream, ToolCall, UpstreamState } from '../upstream.ts';

/** One of several children of a server, and how many calls are with it. */
export class Replica implements CallTaker {
  /** In logs. */
  readonly number: number;
  readonly upstream: StartableUpstream;
  /** One of its calls is over. */
  readonly #onSettled: () => void;
  /** What was last seen of it. */
  seenState: UpstreamState | undefined;
  seenCatalog: Catalog | undefined;
  /** The listing of which it was said that it differs. */
  reportedCatalog: Catalog | undefined;
  #calls = 0;
  #onIdle: (() => void) | undefined;

  constructor(number: number, upstream: StartableUpstream, onSettled: () => void) {
    this.number = number;
    this.upstream = upstream;
    this.#onSettled = onSettled;
  }

  /** Those that it was given. */
  get calls(): number {
    return this.#calls;
  }

  get isReady(): boolean {
    return this.upstream.state.kind === 'ready';
  }

  /** True when it can be given a call, which it then sends at once. */
  get hasRoom(): boolean {
    return this.isReady && this.upstream.hasRoom !== false;
  }

  async callTool(call: ToolCall): Promise<CallOutcome> {
    this.#calls += 1;
    const outcome = await this.upstream.callTool(call);
    this.#calls -= 1;
    if (this.#calls === 0) this.#onIdle?.();
    this.#onSettled();
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
