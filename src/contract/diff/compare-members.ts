import { joinPointer } from '../schema/pointer.ts';
import { isNamed, membersMatching, membersNamed } from './applicable.ts';
import type { Comparison, Judge, Pair } from './comparison.ts';
import type { Node } from './side.ts';
import type { ObjectView } from './view.ts';

/** Up to as many patterns, every combination of them that a name may match is looked at. */
const maxCombined = 3;

/**
 * Compares `properties`, `patternProperties` and `additionalProperties` together: for each kind of name, the schemas
 * that judged its member before with those that do now.
 */
export function compareMembers(pair: Pair, judge: Judge, comparison: Comparison): void {
  const { pointer, viewA, viewB } = pair;
  const [a, b] = [viewA.objects, viewB.objects];
  for (const name of new Set([...namesOf(a), ...namesOf(b)])) {
    if (judge.isDone) return;
    const place = joinPointer(pointer, 'properties', name);
    const before = membersNamed(a, name, comparison.matches);
    const after = membersNamed(b, name, comparison.matches);
    if (before === undefined || after === undefined) {
      const message = `whether a pattern matches ${JSON.stringify(name)} cannot be told`;
      judge.report('unknown', 'patternProperties', place, message);
    } else if (isNamed(a, name) === isNamed(b, name)) {
      judge.compare(before, after, place, 'properties');
    } else if (isNamed(b, name)) {
      compareAdded(before, after, place, judge, comparison);
    } else {
      compareRemoved(before, after, place, judge, comparison);
    }
  }
  const rest = joinPointer(pointer, 'additionalProperties');
  judge.compare(membersMatching(a, new Set()), membersMatching(b, new Set()), rest, 'additionalProperties');
  comparePatternMembers(a, b, pointer, judge, comparison);
}

function compareAdded(a: Node, b: Node, pointer: string, judge: Judge, comparison: Comparison): void {
  if (a.length === 0) {
    if (comparison.isWithin([], b))
      judge.report('none', 'properties', pointer, 'property added; any value fits');
    else {
      const message = 'property added; until now any value passed under this name';
      judge.report('may-narrow', 'properties', pointer, message);
    }
  } else if (isNever(a, comparison) && !isNever(b, comparison)) {
    judge.report('widens', 'properties', pointer, 'property added; until now it was refused');
  } else judge.compare(a, b, pointer, 'properties');
}

function compareRemoved(a: Node, b: Node, pointer: string, judge: Judge, comparison: Comparison): void {
  if (b.length === 0) {
    const message = 'property removed; any value passes under this name now';
    judge.report(comparison.isWithin([], a) ? 'none' : 'widens', 'properties', pointer, message);
  } else if (isNever(b, comparison) && !isNever(a, comparison)) {
    judge.report('narrows', 'properties', pointer, 'property removed; it is refused now');
  } else judge.compare(a, b, pointer, 'properties');
}

function comparePatternMembers(
  a: ObjectView,
  b: ObjectView,
  pointer: string,
  judge: Judge,
  comparison: Comparison,
): void {
  const patterns = [...new Set([...patternsOf(a), ...patternsOf(b)])];
  if (patterns.length > maxCombined && !isAlike(a, b)) {
    const message = 'too many patterns changed to look at each combination';
    judge.report('unknown', 'patternProperties', joinPointer(pointer, 'patternProperties'), message);
    return;
  }
  let [isLoss, isGain] = [false, false];
  for (const pattern of patterns) {
    const [before, after] = [membersMatching(a, new Set([pattern])), membersMatching(b, new Set([pattern]))];
    isLoss ||= !comparison.isWithin(before, after);
    isGain ||= !comparison.isWithin(after, before);
    judge.compare(before, after, joinPointer(pointer, 'patternProperties', pattern), 'patternProperties');
  }
  if (patterns.length > maxCombined) return;
  for (const combination of combine(patterns)) {
    const [before, after] = [membersMatching(a, combination), membersMatching(b, combination)];
    const place = joinPointer(pointer, 'patternProperties');
    const message = `names that match ${[...combination].join(' and ')} are judged differently`;
    if (!isLoss && !comparison.isWithin(before, after)) {
      judge.report('may-narrow', 'patternProperties', place, message);
    }
    if (!isGain && !comparison.isWithin(after, before)) {
      judge.report('may-widen', 'patternProperties', place, message);
    }
  }
}

/** One part each, with the same patterns: comparing them one by one covers every combination. */
function isAlike(a: ObjectView, b: ObjectView): boolean {
  if (a.parts.length !== 1 || b.parts.length !== 1) return false;
  const [before, after] = [new Set(patternsOf(a)), new Set(patternsOf(b))];
  return before.size === after.size && [...before].every((pattern) => after.has(pattern));
}

function combine(patterns: readonly string[]): readonly ReadonlySet<string>[] {
  const subsets = patterns.reduce<readonly (readonly string[])[]>(
    (known, pattern) => [...known, ...known.map((subset) => [...subset, pattern])],
    [[]],
  );
  return subsets.filter((subset) => subset.length > 1).map((subset) => new Set(subset));
}

function isNever(node: Node, comparison: Comparison): boolean {
  return comparison.view(node).types.size === 0;
}

function namesOf({ parts }: ObjectView): readonly string[] {
  return parts.flatMap(({ named }) => [...named.keys()]);
}

function patternsOf({ parts }: ObjectView): readonly string[] {
  return parts.flatMap(({ patterns }) => patterns.map(({ pattern }) => pattern));
}
