import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FairQueue, type Place } from '../../src/upstream/calls/fair-queue.ts';

const clients = ['anna', 'ben', 'cleo', 'dora', 'ed', ''] as const;

const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ add: fc.constantFrom(...clients) }) },
  { weight: 3, arbitrary: fc.record({ take: fc.constant(true) }) },
  { weight: 2, arbitrary: fc.record({ remove: fc.nat(20) }) },
  { weight: 2, arbitrary: fc.record({ shedFor: fc.constantFrom(...clients) }) },
);

interface Item {
  readonly client: string;
  readonly number: number;
}

/** The same in the plainest way, and what the clients have seen of each other. */
class World {
  readonly queue = new FairQueue<Item>();
  readonly places = new Map<Item, Place<Item>>();
  /** In their turns. */
  readonly turns: string[] = [];
  /** Client → how often each other one has had a turn since its own, or since it began to wait. */
  readonly passed = new Map<string, Map<string, number>>();
  /** What the queue gave, and what it should have given. */
  readonly given: (readonly [unknown, unknown])[] = [];
  #number = 0;

  of(client: string): readonly Item[] {
    return [...this.places.keys()].filter((item) => item.client === client);
  }

  get longest(): number {
    return Math.max(...clients.map((client) => this.of(client).length));
  }

  add(client: string): void {
    this.#number += 1;
    const item = { client, number: this.#number };
    if (this.of(client).length === 0) {
      this.turns.push(client);
      this.passed.set(client, new Map());
    }
    this.places.set(item, this.queue.add(item, client));
  }

  take(): void {
    const client = this.turns[0];
    const expected = client === undefined ? undefined : this.of(client)[0];
    this.given.push([this.queue.take(), expected]);
    if (client === undefined || expected === undefined) return;
    this.turns.shift();
    this.#leave(expected, false);
    if (this.of(client).length > 0) this.turns.push(client);
    for (const [other, seen] of this.passed) {
      if (other !== client) seen.set(client, (seen.get(client) ?? 0) + 1);
      else seen.clear();
    }
  }

  remove(which: number): void {
    const [item, place] = [...this.places][which % Math.max(1, this.places.size)] ?? [];
    if (item === undefined || place === undefined) return;
    this.queue.remove(place);
    this.#leave(item, true);
  }

  shedFor(client: string): void {
    const excess = this.queue.findExcess(client);
    const isDue = this.longest > this.of(client).length + 1;
    this.given.push([excess !== undefined, isDue]);
    if (excess === undefined) return;
    const line = this.of(excess.item.client);
    this.given.push([excess.item, line.at(-1)], [line.length, this.longest]);
    this.queue.remove(excess);
    this.#leave(excess.item, true);
  }

  #leave(item: Item, leavesTurns: boolean): void {
    this.places.delete(item);
    if (this.of(item.client).length > 0) return;
    this.passed.delete(item.client);
    if (leavesTurns) this.turns.splice(this.turns.indexOf(item.client), 1);
  }
}

describe('a fair queue', () => {
  test('in any interleaving clients take turns, each with its oldest, and the longest line gives way (FLOW-02, FLOW-03)', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120, size: 'max' }), (steps) => {
        const world = new World();
        for (const next of steps) {
          if ('add' in next) world.add(next.add);
          else if ('take' in next) world.take();
          else if ('remove' in next) world.remove(next.remove);
          else world.shedFor(next.shedFor);
          expect(world.queue.size).toBe(world.places.size);
          for (const [given, expected] of world.given.splice(0)) expect(given).toBe(expected);
          // Nobody waits for more than one round of the others.
          const turns = [...world.passed.values()].flatMap((seen) => [...seen.values()]);
          expect(Math.max(0, ...turns)).toBeLessThanOrEqual(1);
        }
        for (let left = world.places.size; left >= 0; left -= 1) world.take();
        for (const [given, expected] of world.given) expect(given).toBe(expected);
        expect(world.queue.size).toBe(0);
      }),
      { numRuns: 200 },
    );
  });
});
