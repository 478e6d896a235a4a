/**
 * The first id of a tools/call. The SDK's client counts its own ids from 0 and never gets here; and every id fits
 * in 32 bits, signed, for servers that keep ids in such a type.
 */
export const FIRST_CALL_ID = 1_000_000_000;
const LAST_CALL_ID = 2_147_483_647;
const FREE = 0;
const MIN_SLOTS = 64;

/**
 * Calls by id, which it gives out: each in the slot that the last bits of its id say.
 *
 * A Map from ids that only grow is made anew every few calls, and each of its old tables leads to the next: once one of
 * them is old enough for V8's old space, all that follow, with the calls that were in them, end up there. That doubled
 * the garbage collector's share, to 12 % of a call.
 *
 * Invariants: a slot is free exactly when its id is FREE; at most half of the slots are taken; an id that was given out
 * comes again only after all others.
 */
export class CallWindow<Call> {
  #ids: number[] = emptySlots(MIN_SLOTS, FREE);
  #calls: Array<Call | undefined> = emptySlots(MIN_SLOTS, undefined);
  #size = 0;
  #nextId: number = FIRST_CALL_ID;

  get size(): number {
    return this.#size;
  }

  /** True for an id that may have been given out; not for one that never was. */
  mayHaveGiven(id: number): boolean {
    return id >= FIRST_CALL_ID && id < this.#nextId;
  }

  /** @returns the call's id */
  add(call: Call): number {
    if (this.#size * 2 >= this.#ids.length) this.#grow();
    const mask = this.#ids.length - 1;
    let id = this.#nextId;
    while (this.#ids[id & mask] !== FREE) id = nextAfter(id);
    this.#nextId = nextAfter(id);
    this.#ids[id & mask] = id;
    this.#calls[id & mask] = call;
    this.#size += 1;
    return id;
  }

  get(id: number): Call | undefined {
    const slot = id & (this.#ids.length - 1);
    return this.#ids[slot] === id ? this.#calls[slot] : undefined;
  }

  delete(id: number): void {
    const slot = id & (this.#ids.length - 1);
    if (id === FREE || this.#ids[slot] !== id) return;
    this.#ids[slot] = FREE;
    this.#calls[slot] = undefined;
    this.#size -= 1;
  }

  /** The ids of the calls that are in now. */
  ids(): readonly number[] {
    return this.#ids.filter((id) => id !== FREE);
  }

  /** Takes all of them out. */
  takeAll(): readonly Call[] {
    const calls = this.#calls.filter((call) => call !== undefined);
    this.#ids.fill(FREE);
    this.#calls.fill(undefined);
    this.#size = 0;
    return calls;
  }

  #grow(): void {
    const slots = this.#ids.length * 2;
    const ids = emptySlots(slots, FREE);
    const calls: Array<Call | undefined> = emptySlots(slots, undefined);
    for (const [slot, id] of this.#ids.entries()) {
      if (id === FREE) continue;
      ids[id & (slots - 1)] = id;
      calls[id & (slots - 1)] = this.#calls[slot];
    }
    this.#ids = ids;
    this.#calls = calls;
  }
}

function nextAfter(id: number): number {
  return id === LAST_CALL_ID ? FIRST_CALL_ID : id + 1;
}

function emptySlots<Value>(count: number, value: Value): Value[] {
  return Array.from({ length: count }, () => value);
}
