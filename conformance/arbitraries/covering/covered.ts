import type { JsonValue } from '../../../src/index.ts';

/** A value, and what about it is worth a try. */
export interface Covered {
  readonly value: JsonValue;
  /** Such as `/limit at its bounds`. */
  readonly what: string;
}

/** One of each in turn, until all are used up. */
export function* interleave<T>(iterables: readonly Iterable<T>[]): Iterable<T> {
  let active = iterables.map((each) => each[Symbol.iterator]());
  while (active.length > 0) {
    const next: Iterator<T>[] = [];
    for (const iterator of active) {
      const result = iterator.next();
      if (result.done === true) continue;
      yield result.value;
      next.push(iterator);
    }
    active = next;
  }
}
