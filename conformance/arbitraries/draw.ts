/** Where choices come from. */
export interface Draw {
  /** What stands for randomness: nothing, the first and least of everything, or that with sizes and numbers at their bounds. */
  readonly kind: 'random' | 'simplest' | 'edge';
  /** A whole number from `min` to `max`, both included; both are safe integers. */
  readonly integer: (min: number, max: number) => number;
  /** True with this probability. */
  readonly chance: (probability: number) => boolean;
  /** One item of a list that is not empty. */
  readonly pick: <T>(items: readonly [T, ...T[]] | readonly T[]) => T;
}

/** Choices at random; the same seed makes the same ones. */
export function createDraw(seed: number): Draw {
  let state = seed >>> 0;
  // mulberry32: small, fast, and good enough to choose inputs.
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const integer = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1));
  return {
    kind: 'random',
    integer,
    chance: (probability) => next() < probability,
    pick: (items) => requireItem(items, integer(0, items.length - 1)),
  };
}

/** Always the first, the lowest, and no. */
export const simplestDraw: Draw = {
  kind: 'simplest',
  integer: (min) => min,
  chance: () => false,
  pick: (items) => requireItem(items, 0),
};

/** The simplest, but as long as may be where there is a bound within reach. */
export const edgeDraw: Draw = { ...simplestDraw, kind: 'edge' };

/** The same items in another order. */
export function shuffle<T>(items: readonly T[], draw: Draw): T[] {
  const shuffled = [...items];
  if (draw.kind !== 'random') return shuffled;
  for (let at = shuffled.length - 1; at > 0; at -= 1) {
    const other = draw.integer(0, at);
    const item = requireItem(shuffled, at);
    shuffled[at] = requireItem(shuffled, other);
    shuffled[other] = item;
  }
  return shuffled;
}

/** A number for a text, the same on every machine (FNV-1a). */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

function requireItem<T>(items: readonly T[], index: number): T {
  if (index < 0 || index >= items.length)
    throw new Error('invariant: a choice needs something to choose from');
  // Within the array.
  return items[index] as T;
}
