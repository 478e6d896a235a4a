import type { Clock } from './clock.ts';

/** Something that ends by itself at a time. The links belong to {@link Deadlines}. */
export interface Expiring {
  expiresAt: number;
  lane: Lane | undefined;
  previous: Expiring | undefined;
  next: Expiring | undefined;
  /** Called after the entry was taken out. */
  expire(): void;
}

/** The entries of one timeout value; added in order of time, so the first always expires first. */
interface Lane {
  readonly timeoutMs: number;
  first: Expiring | undefined;
  last: Expiring | undefined;
}

/**
 * Deadlines at the cost of a list link each instead of a timer each.
 *
 *     timeoutMs 60000:  timer → first ⇄ … ⇄ last
 *     timeoutMs  5000:  timer → first ⇄ … ⇄ last
 *
 * Invariant: each lane in the map has one timer running, which fires at or before its first entry's time.
 * A lane that is found empty then goes away, so odd timeout values leave nothing behind.
 */
export class Deadlines {
  readonly #clock: Clock;
  readonly #lanes = new Map<number, Lane>();
  readonly #timers = new Map<Lane, () => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `entry` expires `timeoutMs` after `now`, which must not be earlier than in the call before. */
  add(entry: Expiring, timeoutMs: number, now: number): void {
    let lane = this.#lanes.get(timeoutMs);
    if (lane === undefined) {
      lane = { timeoutMs, first: undefined, last: undefined };
      this.#lanes.set(timeoutMs, lane);
      this.#arm(lane, timeoutMs);
    }
    entry.expiresAt = now + timeoutMs;
    entry.lane = lane;
    entry.previous = lane.last;
    entry.next = undefined;
    if (lane.last === undefined) lane.first = entry;
    else lane.last.next = entry;
    lane.last = entry;
  }

  /** Does nothing for an entry that is not in. */
  remove(entry: Expiring): void {
    const lane = entry.lane;
    if (lane === undefined) return;
    if (entry.previous === undefined) lane.first = entry.next;
    else entry.previous.next = entry.next;
    if (entry.next === undefined) lane.last = entry.previous;
    else entry.next.previous = entry.previous;
    entry.lane = undefined;
    entry.previous = undefined;
    entry.next = undefined;
  }

  /** Stops all timers; entries still in never expire. */
  clear(): void {
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
    this.#lanes.clear();
  }

  #arm(lane: Lane, ms: number): void {
    this.#timers.set(
      lane,
      this.#clock.after(ms, () => this.#expireDue(lane)),
    );
  }

  #expireDue(lane: Lane): void {
    const now = this.#clock.now();
    for (let entry = lane.first; entry !== undefined && entry.expiresAt <= now; entry = lane.first) {
      this.remove(entry);
      entry.expire();
    }
    if (this.#lanes.get(lane.timeoutMs) !== lane) return;
    if (lane.first !== undefined) {
      // A timer may fire a fraction of a millisecond early; the next one is then at least one away.
      this.#arm(lane, Math.max(1, lane.first.expiresAt - now));
      return;
    }
    this.#timers.delete(lane);
    this.#lanes.delete(lane.timeoutMs);
  }
}
