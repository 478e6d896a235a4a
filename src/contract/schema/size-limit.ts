/**
 * The size up to which schemas are repeated: `maxSize`, halved until all repeats together fit `maxTotal`.
 *
 * From totals, not on the way: the same schemas are repeated whatever order the keys have.
 */
export function chooseSizeLimit(
  repeats: readonly (readonly [size: number, count: number])[],
  maxSize: number,
  maxTotal: number,
): number {
  let limit = maxSize;
  const total = (): number =>
    repeats.reduce((sum, [size, count]) => sum + (size <= limit ? size * count : 0), 0);
  while (limit > 1 && total() > maxTotal) limit = Math.floor(limit / 2);
  return limit;
}
