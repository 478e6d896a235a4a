import type { JsonObject } from '../../json/value.ts';
import { toObject } from '../schema/own-property.ts';
import { atoms, type Atom } from './atoms.ts';
import type { Comparison } from './comparison.ts';
import { flatten } from './flatten.ts';
import { isAnnotation, toList } from './keyword-role.ts';
import type { Node, Place } from './side.ts';
import type { Alternatives, View } from './view.ts';

/** A `oneOf` with more branches is not looked at pair by pair. */
const maxExclusive = 40;

/** The branches of which one suffices, and the groups of which exactly one must hold. */
export interface Groups {
  readonly any: readonly Alternatives[];
  readonly one: readonly Alternatives[];
}

/** Where no two branches of a `oneOf` can hold together, it is an `anyOf` (core 10.2.1.3). */
export function toGroups({ anyOfs, oneOfs }: View, comparison: Comparison): Groups {
  const isAny = new Set(oneOfs.filter((group) => isExclusive(group, comparison)));
  return {
    any: [...anyOfs, ...isAny],
    one: oneOfs.filter((group) => !isAny.has(group)),
  };
}

/** The node as alternatives: each branch with all that stands beside the group. */
export function distribute(node: Node, group: Alternatives): readonly Node[] {
  const rest = flatten(node).flats.map((flat): Place => ({
    ...flat,
    schema: toBare(flat.schema, flat.schema === group.holder.schema ? group.keyword : ''),
  }));
  // The branch comes first: what is said of the node is said of the branch.
  return group.branches.map((branch) => [branch, ...rest]);
}

/** The node as one alternative for each type, where it names some. */
export function splitByType(node: Node, { types }: View): readonly Node[] {
  const names = typeNames.filter(([, atom]) => types.has(atom));
  const [place] = node;
  if (place === undefined || types.size === atoms.length || names.length < 2) return [node];
  return names.map(([, , schema]) => [...node, { ...place, schema }]);
}

const typeNames: readonly (readonly [string, Atom, JsonObject])[] = (
  [
    ['null', 'null'],
    ['boolean', 'boolean'],
    ['number', 'integer'],
    ['string', 'string'],
    ['array', 'array'],
    ['object', 'object'],
  ] as const
).map(([name, atom]) => [name, atom, { type: name }] as const);

function isExclusive({ branches }: Alternatives, comparison: Comparison): boolean {
  if (branches.length > maxExclusive) return false;
  return branches.every((branch, index) =>
    branches.slice(index + 1).every((other) => comparison.isDisjoint([branch], [other])),
  );
}

/** Copies by schema and by the keyword left out, so that each has one identity. */
const bare = new WeakMap<JsonObject, Map<string, JsonObject>>();

/** What a schema says itself, without what flattening has followed, without one keyword, and without words. */
function toBare(schema: JsonObject, without: string): JsonObject {
  const copies = bare.get(schema) ?? new Map<string, JsonObject>();
  bare.set(schema, copies);
  const known = copies.get(without);
  if (known !== undefined) return known;
  const kept = Object.entries(schema).filter(([name, value]) => {
    if (name === without || name === '$ref' || name === 'allOf' || name === '$dynamicRef') return false;
    if ((name === 'anyOf' || name === 'oneOf') && toList(value).length < 2) return false;
    return name === 'format' || !isAnnotation(name);
  });
  const copy = toObject(kept);
  copies.set(without, copy);
  return copy;
}
