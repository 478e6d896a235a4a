/** How large a JSON value of any depth is: its values, keys, and the characters of strings and keys, all counted alike. */
export function measureValue(root: unknown): number {
  let units = 0;
  const queue: unknown[] = [root];
  while (queue.length > 0) {
    const value = queue.pop();
    units += 1;
    if (typeof value === 'string') units += value.length;
    if (typeof value !== 'object' || value === null) continue;
    if (Array.isArray(value)) {
      for (const item of value as readonly unknown[]) queue.push(item);
      continue;
    }
    for (const key of Object.keys(value)) {
      units += key.length;
      // Objects of JSON values are indexed by key.
      queue.push((value as Record<string, unknown>)[key]);
    }
  }
  return units;
}
