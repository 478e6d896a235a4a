import { LinkedList, type Linked } from './linked-list.ts';

/** Where an item waits. */
export interface Place<Item> extends Linked<Place<Item>> {
  readonly item: Item;
  readonly line: Line<Item>;
}

/** What one client has waiting; exists only while that is something. */
interface Line<Item> extends Linked<Line<Item>> {
  readonly client: string;
  readonly places: LinkedList<Place<Item>>;
  length: number;
  /** Its index among the lines of its length. */
  slot: number;
}

/**
 * A queue that is fair between clients: they take turns, each with its oldest item.
 *
 *     turns:  anna ⇄ ben ⇄ cleo        anna:  a1 ⇄ a2 ⇄ a3        taken: a1 b1 c1 a2 c2 a3
 *                                      ben:   b1
 *                                      cleo:  c1 ⇄ c2
 *
 * Invariants: each line holds at least one item, is among the turns once and among the lines of its length once; no line
 * is longer than `#byLength` is. So between two turns of a client every other one has at most one, and each operation
 * costs the same however many clients and items there are.
 */
export class FairQueue<Item> {
  readonly #lines = new Map<string, Line<Item>>();
  readonly #turns = new LinkedList<Line<Item>>();
  /** At index n, the lines of n + 1 items; the last is never empty. */
  readonly #byLength: Line<Item>[][] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Adds the newest item of a client. */
  add(item: Item, client: string): Place<Item> {
    const line = this.#lines.get(client) ?? this.#openLine(client);
    const place = { item, line, previous: undefined, next: undefined };
    line.places.push(place);
    this.#setLength(line, line.length + 1);
    this.#size += 1;
    return place;
  }

  /** Takes out the oldest item of the client whose turn it is. */
  take(): Item | undefined {
    const line = this.#turns.first;
    const place = line?.places.first;
    if (line === undefined || place === undefined) return undefined;
    this.remove(place);
    if (line.length > 0) {
      this.#turns.remove(line);
      this.#turns.push(line);
    }
    return place.item;
  }

  /** Takes out an item that is in the queue; the turns of its client stay as they are. */
  remove(place: Place<Item>): void {
    const { line } = place;
    line.places.remove(place);
    this.#setLength(line, line.length - 1);
    this.#size -= 1;
    if (line.length > 0) return;
    this.#turns.remove(line);
    this.#lines.delete(line.client);
  }

  /**
   * The item to leave out when there is no room for one more of `client`: the newest of the longest line. Undefined when
   * no line would then be longer than that of `client`.
   */
  findExcess(client: string): Place<Item> | undefined {
    const longest = this.#byLength.length;
    const own = this.#lines.get(client)?.length ?? 0;
    return longest > own + 1 ? this.#byLength[longest - 1]?.[0]?.places.last : undefined;
  }

  #openLine(client: string): Line<Item> {
    const places = new LinkedList<Place<Item>>();
    const line: Line<Item> = { client, places, length: 0, slot: 0, previous: undefined, next: undefined };
    this.#lines.set(client, line);
    this.#turns.push(line);
    return line;
  }

  /** `length` is one more or one less than before. */
  #setLength(line: Line<Item>, length: number): void {
    const from = this.#byLength[line.length - 1];
    const moved = from?.pop();
    if (from !== undefined && moved !== undefined && moved !== line) {
      from[line.slot] = moved;
      moved.slot = line.slot;
    }
    line.length = length;
    if (length > 0) line.slot = (this.#byLength[length - 1] ??= []).push(line) - 1;
    if (this.#byLength.at(-1)?.length === 0) this.#byLength.pop();
  }
}
