import type { Clock } from '../clock.ts';
import { LinkedList, type Linked } from './linked-list.ts';

/** Something that ends by itself at a time. `lane` and the links belong to {@link Deadlines}. */
export interface Expiring extends Linked<Expiring> {
  expiresAt: number;
  lane: Lane | undefined;
  /** Called after the entry was taken out. */
  expire(): void;
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

  /** `entry` expires `timeoutMs` after `now`, of which `waitedMs` have gone by before. */
  add(entry: Expiring, timeoutMs: number, now: number, waitedMs = 0): void {
    const expiresAt = now + timeoutMs - waitedMs;
    let lane = this.#lanes.get(timeoutMs);
    if (lane === undefined) {
      lane = new Lane(timeoutMs);
      this.#lanes.set(timeoutMs, lane);
      this.#arm(lane, expiresAt, now);
    } else if (expiresAt < lane.firesAt) {
      this.#timers.get(lane)?.();
      this.#arm(lane, expiresAt, now);
    }
    entry.expiresAt = expiresAt;
    entry.lane = lane;
    lane.insert(entry);
  }

  /** The same anew for an entry that may be in: it then expires `timeoutMs` after `now`, whenever it would have. */
  renew(entry: Expiring, timeoutMs: number, now: number): void {
    this.remove(entry);
    this.add(entry, timeoutMs, now);
  }

  /** Does nothing for an entry that is not in. */
  remove(entry: Expiring): void {
    entry.lane?.remove(entry);
    entry.lane = undefined;
  }

  /** Stops all timers; entries still in never expire. */
  clear(): void {
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
    this.#lanes.clear();
  }

  #arm(lane: Lane, firesAt: number, now: number): void {
    lane.firesAt = firesAt;
    this.#timers.set(
      lane,
      this.#clock.after(firesAt - now, () => this.#expireDue(lane)),
    );
  }

  #expireDue(lane: Lane): void {
    const now = this.#clock.now();
    // What is added meanwhile needs no timer of its own: the lane gets one below.
    lane.firesAt = -Infinity;
    for (let entry = lane.first; entry !== undefined && entry.expiresAt <= now; entry = lane.first) {
      this.remove(entry);
      entry.expire();
    }
    if (this.#lanes.get(lane.timeoutMs) !== lane) return;
    if (lane.first !== undefined) {
      // A timer may fire a fraction of a millisecond early; the next one is then at least one away.
      this.#arm(lane, Math.max(now + 1, lane.first.expiresAt), now);
      return;
    }
    this.#timers.delete(lane);
    this.#lanes.delete(lane.timeoutMs);
  }
}

/**
 * The entries of one timeout value, in order of time. Those that have not waited elsewhere come in that order; the place
 * of others is looked for from the end.
 */
class Lane extends LinkedList<Expiring> {
  readonly timeoutMs: number;
  firesAt = 0;

  constructor(timeoutMs: number) {
    super();
    this.timeoutMs = timeoutMs;
  }
  insert(entry: Expiring): void {
    let previous = this.last;
    while (previous !== undefined && previous.expiresAt > entry.expiresAt) previous = previous.previous;
    this.insertAfter(previous, entry);
  }
}
