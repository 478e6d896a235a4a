import { startAgainst, tryCalls } from '../against/start-against.ts';
import type { BenchOptions } from '../options.ts';
import type { WorkCall } from '../work/calls.ts';
import { requireSame, type Conditions } from './base.ts';

/**
 * Looks, before any load, whether what is asked for can be compared: what was saved is of the same work, and the other
 * gateway starts and answers.
 *
 * @throws CannotRunError
 */
export async function requireComparable(
  { comparisons, target }: BenchOptions,
  work: readonly WorkCall[],
  conditions: Conditions,
): Promise<void> {
  if (comparisons?.base !== undefined) requireSame(comparisons.base.saved, conditions, comparisons.base.path);
  if (comparisons?.against === undefined || target.kind === 'url') return;
  const other = await startAgainst(comparisons.against, target, target.headers);
  try {
    await tryCalls(other, work);
  } finally {
    await other.stop();
  }
}
