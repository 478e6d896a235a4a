import { tokenMarker, type LoadCall } from '../load/messages.ts';
import type { WorkItem } from '../result.ts';
import { createRandom } from '../../conformance/random.ts';

/** A call that users make, and how often beside others. */
export interface WorkCall extends LoadCall {
  readonly weight: number;
  readonly source: WorkItem['source'];
}

const shownCharacters = 200;
const longestSequence = 100;

/** The order in which a user makes the calls: each as often as its weight says, mixed by the seed. */
export function toSequence(work: readonly WorkCall[], seed: number): readonly number[] {
  const total = work.reduce((sum, { weight }) => sum + weight, 0);
  const most = Math.min(total, Math.max(longestSequence, work.length));
  const sequence = work.flatMap(({ weight }, index) =>
    Array.from({ length: Math.max(1, Math.round((weight / total) * most)) }, () => index),
  );
  return createRandom(seed, 'sequence').shuffle(sequence);
}

export function toWorkItem({ tool, weight, argumentsText, source, hasToken }: WorkCall): WorkItem {
  const text = argumentsText.replaceAll(tokenMarker, '{{token}}');
  const shownArguments = text.length > shownCharacters ? `${text.slice(0, shownCharacters)}…` : text;
  return { tool, weight, shownArguments, source, hasToken };
}
