import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import { toCanonicalJson } from '../canonicalize.ts';
import { own } from '../schema/own-property.ts';
import { joinPointer } from '../schema/pointer.ts';
import { atomOf, atoms, toAtoms, type Atom } from './atoms.ts';
import { flatten, type Flat, type Opaque } from './flatten.ts';
import { toList } from './keyword-role.ts';
import { isMultipleOf } from './multiple-of.ts';
import type { Node, Place } from './side.ts';
import { isNever, member, viewArrays, viewObjects } from './view-containers.ts';
import { toIntegers, viewNumbers, viewStrings } from './view-scalars.ts';
import type { Alternatives, NumberView, View } from './view.ts';

/** Types and listable values of a node: what its branches have to say of themselves. */
interface Extent {
  readonly types: ReadonlySet<Atom>;
  readonly values: readonly JsonValue[] | undefined;
}

const unbounded: Extent = { types: new Set(atoms), values: undefined };

/** Creates the reader of nodes. */
export function createViewer(areFormatsAsserted: boolean): (node: Node) => View {
  /** A branch that leads back to itself may be anything until more is known. */
  const extents = new WeakMap<JsonObject, Extent>();
  return read;

  function read(node: Node): View {
    const { flats, isNever: isRefused, opaque: unreadable } = flatten(node);
    const opaque: Opaque[] = [...unreadable];
    const anyOfs = toAlternatives(flats, 'anyOf');
    const oneOfs = toAlternatives(flats, 'oneOf');
    const arrays = viewArrays(flats, opaque);
    const objects = viewObjects(flats, opaque);
    const strings = viewStrings(flats, areFormatsAsserted);
    const listed = toListed(flats);
    const branches = [...anyOfs, ...oneOfs].map(toExtent);
    const never = isRefused || flats.some(isNever);
    const declared = toTypes(flats, branches, listed);
    const numbers = viewNumbers(flats);
    const tightNumbers = declared.has('fraction') ? numbers : toIntegers(numbers);
    const empty = new Set<Atom>([
      ...(strings.min > strings.max ? ['string' as const] : []),
      ...(arrays.min > arrays.max ? ['array' as const] : []),
      ...(Math.max(objects.min, objects.required.size) > objects.max ? ['object' as const] : []),
      ...(isEmptyRange(tightNumbers) ? ['integer' as const, 'fraction' as const] : []),
    ]);
    const isOpen = (type: Atom): boolean => !never && !empty.has(type);
    const types = new Set([...declared].filter(isOpen));
    const ownTypes = new Set([...toTypes(flats, [], listed)].filter(isOpen));
    const nots = flats.map((flat) => member(flat, 'not')).filter((place) => place !== undefined);
    const values = toValues(types, listed, branches);
    return {
      types,
      ownTypes,
      values,
      listed: listed === undefined ? undefined : new Set(listed.keys()),
      numbers,
      tightNumbers,
      strings,
      arrays,
      objects,
      anyOfs,
      oneOfs,
      nots,
      conditions: flats.map(toCondition).filter((condition) => condition !== undefined),
      opaque,
    };
  }

  /** What the branches admit together; each must be one of theirs. */
  function toExtent({ branches }: Alternatives): Extent {
    const found = branches.map(toBranchExtent);
    const lists = found.map(({ values }) => values);
    return {
      types: new Set(found.flatMap(({ types }) => [...types])),
      values: lists.every((list) => list !== undefined) ? lists.flat() : undefined,
    };
  }

  function toBranchExtent(branch: Place): Extent {
    if (!isJsonObject(branch.schema)) return read([branch]);
    const known = extents.get(branch.schema);
    if (known !== undefined) return known;
    extents.set(branch.schema, unbounded);
    const { types, values } = read([branch]);
    extents.set(branch.schema, { types, values });
    return { types, values };
  }
}

function toAlternatives(flats: readonly Flat[], keyword: 'anyOf' | 'oneOf'): readonly Alternatives[] {
  return flats.flatMap((holder) => {
    const { side, schema, pointer } = holder;
    const branches = toList(own(schema, keyword)).map((branch, index) => ({
      side,
      schema: branch,
      pointer: joinPointer(pointer, keyword, index),
    }));
    // A single branch was taken for a part of allOf; none at all is no schema array (core 10.2.1.2).
    return branches.length < 2 ? [] : [{ keyword, branches, holder }];
  });
}

/** The values that every enum and const has, by their canonical texts. */
function toListed(flats: readonly Flat[]): ReadonlyMap<string, JsonValue> | undefined {
  let listed: Map<string, JsonValue> | undefined;
  for (const { schema } of flats) {
    const lists = [
      own(schema, 'enum'),
      Object.hasOwn(schema, 'const') ? [own(schema, 'const') ?? null] : undefined,
    ];
    for (const list of lists) {
      if (!Array.isArray(list)) continue;
      const items = new Map(toList(list).map((value) => [toCanonicalJson(value), value]));
      listed = listed === undefined ? items : new Map([...listed].filter(([text]) => items.has(text)));
    }
  }
  return listed;
}

function toTypes(
  flats: readonly Flat[],
  extents: readonly Extent[],
  listed: ReadonlyMap<string, JsonValue> | undefined,
): ReadonlySet<Atom> {
  const sets: ReadonlySet<Atom>[] = extents.map(({ types }) => types);
  for (const { schema } of flats) {
    const type = own(schema, 'type');
    if (type !== undefined) sets.push(toAtoms(type));
    const divisor = own(schema, 'multipleOf');
    if (typeof divisor === 'number' && isMultipleOf(divisor, 1) === true) {
      sets.push(new Set(atoms.filter((atom) => atom !== 'fraction')));
    }
  }
  if (listed !== undefined) sets.push(new Set([...listed.values()].map(atomOf)));
  return new Set(atoms.filter((atom) => sets.every((set) => set.has(atom))));
}

function toValues(
  types: ReadonlySet<Atom>,
  listed: ReadonlyMap<string, JsonValue> | undefined,
  extents: readonly Extent[],
): readonly JsonValue[] | undefined {
  const lists = extents.map(({ values }) => values).filter((list) => list !== undefined);
  if (listed !== undefined) lists.push([...listed.values()]);
  const few: readonly JsonValue[] = [
    ...(types.has('null') ? [null] : []),
    ...(types.has('boolean') ? [false, true] : []),
  ];
  if ([...types].every((type) => type === 'null' || type === 'boolean')) lists.push(few);
  const [shortest] = lists.toSorted((a, b) => a.length - b.length);
  const seen = new Map((shortest ?? []).map((value) => [toCanonicalJson(value), value]));
  return shortest === undefined ? undefined : [...seen.values()].filter((value) => types.has(atomOf(value)));
}

function isEmptyRange({ lower, upper }: NumberView): boolean {
  if (lower.value > upper.value) return true;
  return lower.value === upper.value && (lower.isExclusive || upper.isExclusive);
}

function toCondition(flat: Flat): View['conditions'][number] | undefined {
  const test = member(flat, 'if');
  const consequent = member(flat, 'then');
  const otherwise = member(flat, 'else');
  if (test === undefined || (consequent === undefined && otherwise === undefined)) return undefined;
  return { test, consequent, otherwise };
}
