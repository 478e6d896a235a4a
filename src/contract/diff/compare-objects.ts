import { joinPointer } from '../schema/pointer.ts';
import { compareCount } from './compare-scalars.ts';
import type { Comparison, Judge, Pair } from './comparison.ts';
import { compareMembers } from './compare-members.ts';
import type { Node, Place, Side } from './side.ts';
import type { ObjectView } from './view.ts';

/** Compares what is asked of objects (core 10.3.2, 10.2.2.4, validation 6.5). */
export function compareObjects(pair: Pair, judge: Judge, comparison: Comparison): void {
  const { pointer } = pair;
  const [a, b] = [pair.viewA.objects, pair.viewB.objects];
  const required = joinPointer(pointer, 'required');
  for (const name of minus(b.required, a.required)) {
    judge.report('narrows', 'required', required, `${quote(name)} becomes required`);
  }
  for (const name of minus(a.required, b.required)) {
    judge.report('widens', 'required', required, `${quote(name)} is no longer required`);
  }
  // What is required is counted by `required` already.
  if (b.min > least(a) || a.min > least(b)) compareCount('minProperties', a.min, b.min, pointer, judge);
  compareCount('maxProperties', -a.max, -b.max, pointer, judge);
  compareDependents(pair, judge);
  const names = joinPointer(pointer, 'propertyNames');
  judge.compare([...a.names, ...strings], [...b.names, ...strings], names, 'propertyNames');
  compareMembers(pair, judge, comparison);
}

function compareDependents({ viewA, viewB, pointer }: Pair, judge: Judge): void {
  const [a, b] = [viewA.objects, viewB.objects];
  for (const key of union(a.dependentRequired, b.dependentRequired)) {
    const place = joinPointer(pointer, 'dependentRequired', key);
    for (const name of undemanded(a, b, key)) {
      judge.report('narrows', 'dependentRequired', place, `${quote(key)} now requires ${quote(name)}`);
    }
    for (const name of undemanded(b, a, key)) {
      judge.report('widens', 'dependentRequired', place, `${quote(key)} no longer requires ${quote(name)}`);
    }
  }
  for (const key of union(a.dependentSchemas, b.dependentSchemas)) {
    const [schemasA, schemasB]: [Node, Node] = [
      a.dependentSchemas.get(key) ?? [],
      b.dependentSchemas.get(key) ?? [],
    ];
    const place = joinPointer(pointer, 'dependentSchemas', key);
    judge.compare([...schemasA, ...objects], [...schemasB, ...objects], place, 'dependentSchemas');
  }
}

/** What `of` requires beside a key, and `by` neither there nor everywhere. */
function undemanded(by: ObjectView, of: ObjectView, key: string): readonly string[] {
  const known = by.dependentRequired.get(key) ?? new Set();
  return [...(of.dependentRequired.get(key) ?? [])].filter(
    (name) => name !== key && !known.has(name) && !by.required.has(name),
  );
}

function least({ min, required }: ObjectView): number {
  return Math.max(min, required.size);
}

function minus(a: ReadonlySet<string>, b: ReadonlySet<string>): readonly string[] {
  return [...a].filter((name) => !b.has(name));
}

function union(a: ReadonlyMap<string, unknown>, b: ReadonlyMap<string, unknown>): ReadonlySet<string> {
  return new Set([...a.keys(), ...b.keys()]);
}

function quote(name: string): string {
  return JSON.stringify(name);
}

/** Refers to nothing. */
const nowhere: Side = {
  components: null,
  resolve: () => undefined,
  modernize: (schema) => schema,
};
// Names are strings, and what depends on a key is an object: what schemas say of other types is moot there.
const strings: readonly Place[] = [{ side: nowhere, schema: { type: 'string' }, pointer: '' }];
const objects: readonly Place[] = [{ side: nowhere, schema: { type: 'object' }, pointer: '' }];
