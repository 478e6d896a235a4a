import { delay, type Clock } from '../clock.ts';
import type { CancelSignal } from '../upstream.ts';

/** Lets calls wait for something that happens to all of them at once. */
export class WakeUp {
  readonly #clock: Clock;
  readonly #waiting = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Ends every wait. */
  wakeAll(): void {
    for (const wake of this.#waiting) wake();
  }

  /** Resolves when woken, when the time is up, or when the caller has gone. */
  async wait(ms: number, signal: CancelSignal | undefined): Promise<void> {
    const enough = new AbortController();
    const wake = (): void => enough.abort();
    this.#waiting.add(wake);
    signal?.addEventListener('abort', wake);
    if (signal?.aborted === true) wake();
    await delay(this.#clock, ms, enough.signal);
    this.#waiting.delete(wake);
    signal?.removeEventListener('abort', wake);
  }
}
