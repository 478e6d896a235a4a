import { joinPointer } from '../schema/pointer.ts';
import { toGroups, type Groups } from './alternatives.ts';
import { compareAlternatives } from './compare-alternatives.ts';
import type { Comparison, Judge, Pair } from './comparison.ts';
import { toEffect } from './effect.ts';
import type { Opaque } from './flatten.ts';
import type { Node, Place } from './side.ts';
import type { Alternatives, Condition, View } from './view.ts';

/** Compares the applicators that judge the same value (core 10.2), and what can only be compared as a whole. */
export function compareCombinators(pair: Pair, judge: Judge, comparison: Comparison): void {
  const [groupsA, groupsB] = [toGroups(pair.viewA, comparison), toGroups(pair.viewB, comparison)];
  compareAnyOf(pair, groupsA, groupsB, judge, comparison);
  compareNot(pair, judge, comparison);
  compareConditions(pair, judge, comparison);
  compareOpaque(toOpaque(pair.viewA, groupsA), toOpaque(pair.viewB, groupsB), judge, comparison);
}

function compareAnyOf(pair: Pair, a: Groups, b: Groups, judge: Judge, comparison: Comparison): void {
  const [first] = a.any;
  const [second] = b.any;
  if (first !== undefined && second !== undefined && a.any.length === 1 && b.any.length === 1) {
    const { keyword } = second;
    const place = joinPointer(pair.pointer, keyword);
    const [before, after] = [first, second].map(({ branches }) => branches.map((branch): Node => [branch]));
    compareAlternatives(
      { before: before ?? [], after: after ?? [], keyword, pointer: place },
      judge,
      comparison,
    );
    return;
  }
  // A group is one demand among others: what is not seen to follow may narrow or widen, no more.
  for (const { branches, keyword } of b.any) {
    if (branches.some((branch) => comparison.isWithin(pair.a, [branch]))) continue;
    if (a.any.some((group) => isSameGroup(group.branches, branches, comparison))) continue;
    judge.report('may-narrow', keyword, joinPointer(pair.pointer, keyword), `${keyword} added`);
  }
  for (const { branches, keyword } of a.any) {
    if (branches.some((branch) => comparison.isWithin(pair.b, [branch]))) continue;
    if (b.any.some((group) => isSameGroup(branches, group.branches, comparison))) continue;
    judge.report('may-widen', keyword, joinPointer(pair.pointer, keyword), `${keyword} removed`);
  }
}

function isSameGroup(a: readonly Place[], b: readonly Place[], comparison: Comparison): boolean {
  if (a.length !== b.length) return false;
  return a.every((place, index) => {
    const other = b[index];
    return other !== undefined && comparison.isSame(place, other);
  });
}

function compareNot({ a, b, viewA, viewB, pointer }: Pair, judge: Judge, comparison: Comparison): void {
  const place = joinPointer(pointer, 'not');
  const { before, after } = withoutSame(viewA.nots, viewB.nots, comparison);
  for (const [index, old] of before.entries()) {
    const other = after[index];
    if (other !== undefined) judge.compare([old], [other], place, 'not', true);
    else if (!comparison.isDisjoint(b, [old])) judge.report('may-widen', 'not', place, 'not removed');
  }
  for (const added of after.slice(before.length)) {
    if (!comparison.isDisjoint(a, [added])) judge.report('may-narrow', 'not', place, 'not added');
  }
}

function compareConditions({ viewA, viewB, pointer }: Pair, judge: Judge, comparison: Comparison): void {
  const place = joinPointer(pointer, 'if');
  const count = Math.max(viewA.conditions.length, viewB.conditions.length);
  for (let index = 0; index < count; index += 1) {
    const [a, b] = [viewA.conditions[index], viewB.conditions[index]];
    if (a === undefined) judge.report('may-narrow', 'if', place, 'condition added');
    else if (b === undefined) judge.report('may-widen', 'if', place, 'condition removed');
    else if (comparison.isSame(a.test, b.test)) {
      judge.compare(toNode(a.consequent), toNode(b.consequent), joinPointer(pointer, 'then'), 'then');
      judge.compare(toNode(a.otherwise), toNode(b.otherwise), joinPointer(pointer, 'else'), 'else');
    } else if (!isFree(b))
      judge.report(isFree(a) ? 'may-narrow' : 'unknown', 'if', place, 'condition changed');
    else judge.report('may-widen', 'if', place, 'condition changed');
  }
}

/** A condition without consequences. */
function isFree({ consequent, otherwise }: Condition): boolean {
  return [consequent, otherwise].every((place) => place === undefined || place.schema === true);
}

function compareOpaque(
  a: readonly Opaque[],
  b: readonly Opaque[],
  judge: Judge,
  comparison: Comparison,
): void {
  const { before, after } = withoutSame(a, b, comparison);
  const keywords = new Set([...before, ...after].map(({ keyword }) => keyword));
  for (const keyword of keywords) {
    const dropped = before.filter((constraint) => constraint.keyword === keyword);
    const added = after.filter((constraint) => constraint.keyword === keyword);
    const effect = toEffect(added.length > 0 ? 'perhaps' : 'no', dropped.length > 0 ? 'perhaps' : 'no');
    const word = added.length === 0 ? 'removed' : dropped.length === 0 ? 'added' : 'changed';
    const [place] = [...added, ...dropped];
    judge.report(effect, keyword, place?.pointer ?? '', `${keyword} ${word}; its effect cannot be proven`);
  }
}

function toOpaque(view: View, groups: Groups): readonly Opaque[] {
  return [...view.opaque, ...groups.one.map(toOpaqueGroup)];
}

const groupSchemas = new WeakMap<object, Opaque['schema']>();

function toOpaqueGroup({ keyword, branches, holder }: Alternatives): Opaque {
  const key: object = Object(holder.schema) as object; // a holder is a schema object
  const schema = groupSchemas.get(key) ?? { [keyword]: branches.map((branch) => branch.schema) };
  groupSchemas.set(key, schema);
  return { side: holder.side, pointer: joinPointer(holder.pointer, keyword), keyword, schema };
}

/** What is left of two lists when each item has been struck off with one that is the same. */
function withoutSame<Item extends Place>(
  a: readonly Item[],
  b: readonly Item[],
  comparison: Comparison,
): { readonly before: readonly Item[]; readonly after: readonly Item[] } {
  const after = [...b];
  const before = a.filter((place) => {
    const at = after.findIndex((other) => comparison.isSame(place, other));
    if (at !== -1) after.splice(at, 1);
    return at === -1;
  });
  return { before, after };
}

function toNode(place: Place | undefined): Node {
  return place === undefined ? [] : [place];
}
