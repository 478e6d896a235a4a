/** Bounds of what a caller is told to wait, in milliseconds. */
const MIN_RETRY_MS = 1000;
const MAX_RETRY_MS = 30_000;
/** After this long, what was seen counts half. */
const MEMORY_MS = 10_000;

/** How fast a queue moves, as far as it has been seen since something last began to wait. */
export class DrainRate {
  #since = 0;
  #taken = 0;

  /** The queue is empty no longer. */
  begin(now: number): void {
    this.#since = now;
    this.#taken = 0;
  }

  /** One has left it for the server. */
  count(): void {
    this.#taken += 1;
  }

  /** In how many milliseconds what waits now may be gone. */
  retryAfterMs(waiting: number, now: number): number {
    const elapsedMs = now - this.#since;
    // One that moves once in a long while is told from one that stands still by nobody; both are slow.
    const estimateMs = (waiting * elapsedMs) / Math.max(1, this.#taken);
    if (elapsedMs > MEMORY_MS) {
      this.#since = now - elapsedMs / 2;
      this.#taken /= 2;
    }
    return Math.min(MAX_RETRY_MS, Math.max(MIN_RETRY_MS, Math.round(estimateMs)));
  }
}
