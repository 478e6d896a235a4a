import { joinPointer } from '../schema/pointer.ts';
import { itemsAt, restOfItems } from './applicable.ts';
import { compareCount } from './compare-scalars.ts';
import type { Comparison, Judge, Pair } from './comparison.ts';
import type { ContainsPart } from './view.ts';

/** Compares what is asked of arrays, index by index (core 10.3.1, validation 6.4). */
export function compareArrays(pair: Pair, judge: Judge, comparison: Comparison): void {
  const { pointer } = pair;
  const [a, b] = [pair.viewA.arrays, pair.viewB.arrays];
  compareCount('minItems', a.min, b.min, pointer, judge);
  compareCount('maxItems', -a.max, -b.max, pointer, judge);
  const common = Math.min(a.max, b.max);
  if (a.isUnique !== b.isUnique && common > 1) {
    const message = `uniqueItems: ${a.isUnique} → ${b.isUnique}`;
    judge.report(
      b.isUnique ? 'narrows' : 'widens',
      'uniqueItems',
      joinPointer(pointer, 'uniqueItems'),
      message,
    );
  }
  const prefix = Math.max(0, ...[...a.parts, ...b.parts].map((part) => part.prefix.length));
  for (let index = 0; index < Math.min(prefix, common); index += 1) {
    const place = joinPointer(pointer, 'prefixItems', index);
    judge.compare(itemsAt(a, index), itemsAt(b, index), place, 'prefixItems');
  }
  if (common > prefix) {
    judge.compare(restOfItems(a), restOfItems(b), joinPointer(pointer, 'items'), 'items');
  }
  compareContains(pair, judge, comparison);
}

function compareContains({ viewA, viewB, pointer }: Pair, judge: Judge, comparison: Comparison): void {
  const [oldParts, newParts] = [viewA.arrays.contains, viewB.arrays.contains];
  const added = newParts.filter((part) => !oldParts.some((old) => implies(old, part, comparison)));
  const dropped = oldParts.filter((part) => !newParts.some((other) => implies(other, part, comparison)));
  const place = joinPointer(pointer, 'contains');
  const [a] = oldParts;
  const [b] = newParts;
  if (a !== undefined && b !== undefined && oldParts.length === 1 && newParts.length === 1) {
    if (comparison.isSame(a.place, b.place)) {
      compareCount('minContains', a.min, b.min, pointer, judge);
      compareCount('maxContains', -a.max, -b.max, pointer, judge);
      return;
    }
    if (a.max === Infinity && b.max === Infinity && a.min === b.min) {
      judge.compare([a.place], [b.place], place, 'contains');
      return;
    }
  }
  if (added.length > 0 && dropped.length > 0) {
    judge.report('unknown', 'contains', place, 'what the array must contain changed');
  } else if (added.length > 0) {
    judge.report('may-narrow', 'contains', place, 'the array must contain something more');
  } else if (dropped.length > 0) {
    judge.report('may-widen', 'contains', place, 'the array need no longer contain something');
  }
}

/** What matches the narrower schema matches the wider: there are at least as many matches of the wider. */
function implies(known: ContainsPart, wanted: ContainsPart, comparison: Comparison): boolean {
  const [from, to] = [[known.place], [wanted.place]];
  if (wanted.min > 0 && !(known.min >= wanted.min && comparison.isWithin(from, to))) return false;
  return wanted.max === Infinity || (known.max <= wanted.max && comparison.isWithin(to, from));
}
