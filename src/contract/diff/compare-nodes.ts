import type { JsonValue } from '../../json/value.ts';
import { joinPointer } from '../schema/pointer.ts';
import { distribute, splitByType, toGroups } from './alternatives.ts';
import type { Atom } from './atoms.ts';
import { compareAlternatives } from './compare-alternatives.ts';
import { compareArrays } from './compare-arrays.ts';
import { compareCombinators } from './compare-combinators.ts';
import { compareObjects } from './compare-objects.ts';
import { compareNumbers, compareStrings, compareTypes } from './compare-scalars.ts';
import type { Comparison, Judge, Pair } from './comparison.ts';
import type { Effect } from './effect.ts';
import type { Node } from './side.ts';

/**
 * Tells the judge how the values that two nodes admit differ.
 *
 * A node is a conjunction of demands. Values are kept when each demand of the second node follows from the first, so a
 * judge who hears of no loss knows that there is none.
 *
 * @param keyword the one that holds the nodes
 */
export function compareNodes(
  a: Node,
  b: Node,
  pointer: string,
  keyword: string,
  judge: Judge,
  comparison: Comparison,
): void {
  const [viewA, viewB] = [comparison.view(a), comparison.view(b)];
  const pair: Pair = { a, b, viewA, viewB, pointer };
  if (viewA.types.size === 0 || viewB.types.size === 0) {
    const what = keyword === 'additionalProperties' ? 'other properties' : 'values';
    if (viewA.types.size > 0) judge.report('narrows', keyword, pointer, `${what} refused now`);
    if (viewB.types.size > 0) judge.report('widens', keyword, pointer, `${what} admitted now`);
    return;
  }
  if (compareValues(pair, judge, comparison)) return;
  if (compareDistributed(pair, judge, comparison)) return;
  compareTypes(pair, judge);
  const has = (...types: readonly Atom[]): boolean =>
    types.some((type) => viewA.types.has(type)) && types.some((type) => viewB.types.has(type));
  if (has('integer', 'fraction')) compareNumbers(pair, judge);
  if (has('string')) compareStrings(pair, judge, comparison);
  if (has('array')) compareArrays(pair, judge, comparison);
  if (has('object')) compareObjects(pair, judge, comparison);
  compareCombinators(pair, judge, comparison);
}

/**
 * Where values are listed, they are tried one by one, and nothing else needs a look.
 *
 * @returns false when they are not listed
 */
function compareValues(pair: Pair, judge: Judge, comparison: Comparison): boolean {
  const { a, b, viewA, viewB, pointer } = pair;
  const { values: before } = viewA;
  const { values: after } = viewB;
  const isListed = viewA.listed !== undefined || viewB.listed !== undefined;
  const isComparable = before !== undefined && after !== undefined;
  if (!isComparable && !(before !== undefined ? viewA : viewB).listed) return false;
  const keyword = viewA.listed?.size === 1 && viewB.listed?.size === 1 ? 'const' : isListed ? 'enum' : 'type';
  const place = joinPointer(pointer, keyword);
  const report = (
    effects: readonly [Effect, Effect],
    values: readonly JsonValue[] | undefined,
    to: Node,
  ): void => {
    const from = to === b ? a : b;
    const missing = values?.filter(
      (value) => comparison.accepts(from, value) !== false && comparison.accepts(to, value) !== true,
    );
    if (missing === undefined || missing.length === 0) return;
    const isSure = missing.some(
      (value) => comparison.accepts(from, value) === true && comparison.accepts(to, value) === false,
    );
    const word = to === b ? 'removed' : 'added';
    judge.report(effects[isSure ? 0 : 1], keyword, place, `${keyword}: ${word} ${list(missing)}`);
  };
  report(['narrows', 'may-narrow'], before, b);
  report(['widens', 'may-widen'], after, a);
  if (after === undefined) {
    judge.report('widens', keyword, place, `${keyword}: values beyond ${list(before ?? [])} are admitted`);
  } else if (before === undefined) {
    judge.report(
      'narrows',
      keyword,
      place,
      `${keyword}: only ${list(after)} ${after.length === 1 ? 'is' : 'are'} left`,
    );
  }
  return true;
}

/**
 * Where one side alone has alternatives, the other is taken for a single one: so "a string" compares with "a string or
 * null".
 *
 * @returns false when that is not so
 */
function compareDistributed(pair: Pair, judge: Judge, comparison: Comparison): boolean {
  const { a, b, viewA, viewB, pointer } = pair;
  // What unevaluated… sees depends on where its schema stands: it is not taken apart.
  if (viewA.opaque.length > 0 || viewB.opaque.length > 0) return false;
  const [groupsA, groupsB] = [toGroups(viewA, comparison).any, toGroups(viewB, comparison).any];
  const [group, ...more] = [...groupsA, ...groupsB];
  if (group === undefined || more.length > 0) return false;
  const { keyword } = group;
  const isAdded = groupsB.length > 0;
  const before = isAdded ? splitByType(a, viewA) : distribute(a, group);
  const after = isAdded ? distribute(b, group) : splitByType(b, viewB);
  const place = joinPointer(pointer, keyword);
  compareAlternatives({ before, after, keyword, pointer: place }, judge, comparison);
  return true;
}

function list(values: readonly JsonValue[]): string {
  const shown = values.slice(0, 5).map((value) => clip(JSON.stringify(value)));
  return values.length > shown.length
    ? `${shown.join(', ')} and ${values.length - shown.length} more`
    : shown.join(', ');
}

function clip(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
