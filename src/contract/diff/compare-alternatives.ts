import { toTypeWords } from './atoms.ts';
import type { Comparison, Judge } from './comparison.ts';
import type { Node } from './side.ts';

/** More pairs are not tried: branches are then compared by their position. */
const maxPairs = 2_500;

/** Two sets of branches, of which one must hold. */
export interface AlternativesPair {
  readonly before: readonly Node[];
  readonly after: readonly Node[];
  readonly keyword: string;
  /** The place of the group. */
  readonly pointer: string;
}

/**
 * Compares branches as sets (core 10.2.1.2): values are kept when each branch has a wider one on the other side.
 *
 * Branches are paired with those that are the same, then with those that are wider or narrower, then with those of the
 * same types; what stays alone was added or removed.
 */
export function compareAlternatives(pair: AlternativesPair, judge: Judge, comparison: Comparison): void {
  const { keyword, pointer } = pair;
  const before = new Set(pair.before);
  const after = new Set(pair.after);
  const isHuge = before.size * after.size > maxPairs;
  const rules: readonly ((a: Node, b: Node) => boolean)[] = [
    (a, b) => isSameNode(a, b, comparison),
    (a, b) => comparison.isWithin(a, b) && comparison.isWithin(b, a),
    (a, b) => comparison.isWithin(a, b) || comparison.isWithin(b, a),
    (a, b) => hasSameTypes(a, b, comparison),
  ];
  if (isHuge) pairByPosition(pair, before, after, judge);
  for (const matches of isHuge ? [] : rules) {
    for (const a of before) {
      if (judge.isDone) return;
      const b = [...after].find((candidate) => matches(a, candidate));
      if (b === undefined) continue;
      before.delete(a);
      after.delete(b);
      judge.compare(a, b, b[0]?.pointer ?? pointer, keyword);
    }
  }
  for (const a of before) {
    if (!isHuge && pair.after.some((b) => comparison.isWithin(a, b))) continue;
    const place = a[0]?.pointer ?? pointer;
    judge.report('narrows', keyword, place, `${keyword}: alternative removed (${describe(a, comparison)})`);
  }
  for (const b of after) {
    if (!isHuge && pair.before.some((a) => comparison.isWithin(b, a))) continue;
    const place = b[0]?.pointer ?? pointer;
    judge.report('widens', keyword, place, `${keyword}: alternative added (${describe(b, comparison)})`);
  }
}

function pairByPosition(pair: AlternativesPair, before: Set<Node>, after: Set<Node>, judge: Judge): void {
  for (const [index, a] of pair.before.entries()) {
    const b = pair.after[index];
    if (b === undefined) return;
    before.delete(a);
    after.delete(b);
    judge.compare(a, b, b[0]?.pointer ?? pair.pointer, pair.keyword);
  }
}

function isSameNode(a: Node, b: Node, comparison: Comparison): boolean {
  if (a.length !== b.length) return false;
  return a.every((place, index) => {
    const other = b[index];
    return other !== undefined && comparison.isSame(place, other);
  });
}

function hasSameTypes(a: Node, b: Node, comparison: Comparison): boolean {
  const [typesA, typesB] = [comparison.view(a).types, comparison.view(b).types];
  if (typesA.size !== typesB.size || ![...typesA].every((type) => typesB.has(type))) return false;
  return !comparison.isDisjoint(a, b);
}

function describe(node: Node, comparison: Comparison): string {
  const { types, values } = comparison.view(node);
  const shown = values?.slice(0, 3).map((value) => JSON.stringify(value));
  if (shown === undefined || values === undefined) return toTypeWords(types);
  return values.length > shown.length ? `${shown.join(', ')}, …` : shown.join(', ');
}
