import { createHash } from 'node:crypto';

/** Randomness that a seed repeats. */
export interface Random {
  /** A whole number from `min` to `max`, both included. */
  readonly integer: (min: number, max: number) => number;
  /** The same items in another order. */
  readonly shuffle: <T>(items: readonly T[]) => T[];
  /** Letters and digits that are unlikely to stand anywhere else. */
  readonly token: () => string;
}

/**
 * Creates randomness of its own for each use, so that leaving out one check does not change what another does.
 *
 * @param use what it is for, such as the id of a check
 */
export function createRandom(seed: number, use: string): Random {
  let state = createHash('sha256').update(`${seed}\0${use}`).digest().readUInt32LE(0);
  const random: Random = {
    integer: (min, max) => min + Math.floor(next() * (max - min + 1)),
    shuffle: (items) => {
      const result = [...items];
      for (let at = result.length - 1; at > 0; at -= 1) {
        const other = random.integer(0, at);
        // Both are within the array.
        [result[at], result[other]] = [result[other] as (typeof result)[0], result[at] as (typeof result)[0]];
      }
      return result;
    },
    token: () =>
      `mv${Math.floor(next() * 2 ** 32).toString(36)}x${Math.floor(next() * 2 ** 32).toString(36)}`,
  };
  return random;

  // mulberry32: small, fast, and good enough to choose inputs.
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
}
