import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Deadlines, type Expiring } from '../../src/upstream/calls/deadlines.ts';
import { createManualClock, type ManualClock } from '../fixtures/manual-clock.ts';

class Entry implements Expiring {
  expiresAt = 0;
  lane: Expiring['lane'];
  previous: Expiring | undefined;
  next: Expiring | undefined;
  expiredAt: number | undefined;
  readonly #clock: ManualClock;

  constructor(clock: ManualClock) {
    this.#clock = clock;
  }

  expire(): void {
    this.expiredAt = this.#clock.now();
  }
}

const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ add: fc.constantFrom(10, 10, 30), waited: fc.constantFrom(0, 0, 1, 7, 9) }),
  },
  { weight: 2, arbitrary: fc.record({ remove: fc.nat(3) }) },
  { weight: 2, arbitrary: fc.record({ renew: fc.nat(3), by: fc.constantFrom(10, 30) }) },
  { weight: 2, arbitrary: fc.record({ advance: fc.nat(12) }) },
);

describe('deadlines', () => {
  test('each entry expires at its time, one that has waited earlier, a renewed one at its last, none that was removed, and nothing is left running', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
        const clock = createManualClock();
        const deadlines = new Deadlines(clock);
        const due = new Map<Entry, number>();
        const removed = new Set<Entry>();
        for (const next of steps) {
          if ('add' in next) {
            const entry = new Entry(clock);
            deadlines.add(entry, next.add, clock.now(), next.waited);
            due.set(entry, clock.now() + next.add - next.waited);
          } else if ('remove' in next) {
            const entry = [...due.keys()].at(-1 - next.remove);
            if (entry === undefined) continue;
            deadlines.remove(entry);
            if (entry.expiredAt === undefined) removed.add(entry);
          } else if ('renew' in next) {
            const entry = [...due.keys()].at(-1 - next.renew);
            if (entry === undefined || entry.expiredAt !== undefined) continue;
            deadlines.renew(entry, next.by, clock.now());
            due.set(entry, clock.now() + next.by);
            removed.delete(entry);
          } else {
            clock.advance(next.advance);
          }
          for (const [entry, at] of due) {
            expect(entry.expiredAt).toBe(removed.has(entry) || at > clock.now() ? undefined : at);
          }
        }
        clock.advance(100);
        for (const [entry, at] of due) expect(entry.expiredAt).toBe(removed.has(entry) ? undefined : at);
        expect(clock.timers).toBe(0);
      }),
      { numRuns: 500 },
    );
  });
});
