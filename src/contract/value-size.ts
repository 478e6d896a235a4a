/** How large a JSON value is. */
export interface ValueSize {
  /** Values, keys, and characters of strings and keys, all counted alike. */
  readonly units: number;
  /** Items of the largest array. */
  readonly longestArray: number;
}

/** Measures a JSON value of any depth. */
export function measureValue(root: unknown): ValueSize {
  let units = 0;
  let longestArray = 0;
  const queue: unknown[] = [root];
  while (queue.length > 0) {
    const value = queue.pop();
    units += 1;
    if (typeof value === 'string') units += value.length;
    if (typeof value !== 'object' || value === null) continue;
    if (Array.isArray(value)) {
      longestArray = Math.max(longestArray, value.length);
      for (const item of value as readonly unknown[]) queue.push(item);
      continue;
    }
    for (const key of Object.keys(value)) {
      units += key.length;
      // Objects of JSON values are indexed by key.
      queue.push((value as Record<string, unknown>)[key]);
    }
  }
  return { units, longestArray };
}
