import { isJsonObject } from '../json/value.ts';

/** Puts the names of a schema's properties into the order in which the server listed them. */
export type OrderProperties = (names: readonly string[]) => readonly string[];

/**
 * Learns the order from a schema as listed: contracts are canonical, so that their keys are sorted.
 *
 * An object is known again by the set of its names, wherever it ended up; names of an object that was merged from several
 * keep the order in which they first occur.
 */
export function learnPropertyOrder(listed: unknown): OrderProperties {
  const orders = new Map<string, readonly string[]>();
  const ranks = new Map<string, number>();
  const queue: unknown[] = [listed];
  const seen = new Set<unknown>();
  // In order of depth: the names of outer objects come first. What is appended meanwhile is visited too.
  for (const value of queue) {
    if (typeof value !== 'object' || value === null || seen.has(value)) continue;
    seen.add(value);
    if (isJsonObject(value) && isJsonObject(value['properties'])) {
      const names = Object.keys(value['properties']);
      const identity = toIdentity(names);
      if (!orders.has(identity)) orders.set(identity, names);
      for (const name of names) if (!ranks.has(name)) ranks.set(name, ranks.size);
    }
    queue.push(...Object.values(value));
  }
  const rankOf = (name: string): number => ranks.get(name) ?? ranks.size;
  return (names) =>
    orders.get(toIdentity(names)) ?? names.toSorted((left, right) => rankOf(left) - rankOf(right));
}

function toIdentity(names: readonly string[]): string {
  return JSON.stringify(names.toSorted());
}
