import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import { toCanonicalJson } from '../canonicalize.ts';
import { own } from '../schema/own-property.ts';
import { isAnnotation, isAssertion, toKeyword, toList } from './keyword-role.ts';
import { followReference, type Place, type Side } from './side.ts';

/** Whether two schemas say the same; references are what they name, so the names of components make no difference. */
export type Sameness = (a: Place, b: Place) => boolean;

const maxDepth = 300;

/**
 * Compares schemas of two documents.
 *
 * Recursion is followed until a pair comes back: it is then the same unless something else differs (bisimilarity).
 *
 * @param of 'text' for assertions and annotations, 'meaning' for assertions alone
 */
export function createSameness(of: 'text' | 'meaning', areFormatsAsserted: boolean): Sameness {
  const known = new WeakMap<object, WeakMap<object, boolean | 'open'>>();
  /** Pairs that were found the same, and those still open, in the order in which they were begun. */
  let trail: (readonly [object, object])[] = [];
  let isAssumptionUsed = false;
  let depth = 0;

  return (a, b) => {
    trail = [];
    isAssumptionUsed = false;
    return compareSchemas(a.side, a.schema, b.side, b.schema);
  };

  function compareSchemas(sideA: Side, rawA: JsonValue, sideB: Side, rawB: JsonValue): boolean {
    const [a, b] = [toSchema(sideA, rawA), toSchema(sideB, rawB)];
    if (!isJsonObject(a) || !isJsonObject(b)) return toCanonicalJson(a) === toCanonicalJson(b);
    const before = known.get(a)?.get(b);
    if (before === 'open') isAssumptionUsed = true;
    if (before !== undefined) return before !== false;
    if (depth > maxDepth) return false;
    const mark = trail.length;
    remember(a, b, 'open');
    trail.push([a, b]);
    depth += 1;
    const isSame = compareMembers(sideA, a, sideB, b);
    depth -= 1;
    // What was found by assuming something that turned out wrong is forgotten.
    if (!isSame) {
      const doubtful = trail.splice(mark);
      if (isAssumptionUsed) for (const [first, second] of doubtful) known.get(first)?.delete(second);
    }
    remember(a, b, isSame);
    return isSame;
  }

  function remember(a: object, b: object, isSame: boolean | 'open'): void {
    const partners = known.get(a) ?? new WeakMap<object, boolean | 'open'>();
    known.set(a, partners.set(b, isSame));
  }

  function compareMembers(sideA: Side, a: JsonObject, sideB: Side, b: JsonObject): boolean {
    const names = Object.keys(a).filter(isCompared);
    if (names.length !== Object.keys(b).filter(isCompared).length) return false;
    return names.every((name) => {
      const [valueA, valueB] = [own(a, name), own(b, name)];
      return (
        valueA !== undefined && valueB !== undefined && compareValues(name, sideA, valueA, sideB, valueB)
      );
    });
  }

  function isCompared(name: string): boolean {
    return isAssertion(name, areFormatsAsserted) || (of === 'text' && isAnnotation(name));
  }

  function compareValues(name: string, sideA: Side, a: JsonValue, sideB: Side, b: JsonValue): boolean {
    const each = (itemA: JsonValue, itemB: JsonValue): boolean => compareSchemas(sideA, itemA, sideB, itemB);
    if (name === '$ref') return compareReferences(sideA, a, sideB, b);
    if (name === '$dynamicRef') {
      // What it names depends on the way that led here: only equal surroundings make it the same.
      return a === b && toCanonicalJson(sideA.components) === toCanonicalJson(sideB.components);
    }
    switch (toKeyword(name)?.shape) {
      case 'schema':
      case 'schema-or-list':
        return each(a, b);
      case 'schema-list':
        return name === 'prefixItems' ? areListsSame(toList(a), toList(b), each) : areSetsSame(a, b, each);
      case 'schema-map':
        return areMapsSame(a, b, each);
      case 'types':
      case 'string-list':
        return toSetText(a) === toSetText(b);
      default:
        return name === 'enum' ? toSetText(a) === toSetText(b) : toCanonicalJson(a) === toCanonicalJson(b);
    }
  }

  function compareReferences(sideA: Side, a: JsonValue, sideB: Side, b: JsonValue): boolean {
    const [targetA, targetB] = [resolveText(sideA, a), resolveText(sideB, b)];
    if (targetA === undefined || targetB === undefined) return targetA === targetB && a === b;
    return compareSchemas(sideA, targetA, sideB, targetB);
  }
}

/** The schema without a bare reference before it; `true` and `{}` are the same. */
function toSchema(side: Side, schema: JsonValue): JsonValue {
  const found = followReference({ side, schema });
  return found === true ? {} : found;
}

function resolveText(side: Side, reference: JsonValue | undefined): JsonValue | undefined {
  return typeof reference === 'string' ? side.resolve(reference) : undefined;
}

function areListsSame(
  a: readonly JsonValue[],
  b: readonly JsonValue[],
  isSame: (a: JsonValue, b: JsonValue) => boolean,
): boolean {
  return a.length === b.length && a.every((item, index) => isSame(item, b[index] ?? null));
}

/** In any order; the usual case, in the same order, is tried first. */
function areSetsSame(a: JsonValue, b: JsonValue, isSame: (a: JsonValue, b: JsonValue) => boolean): boolean {
  const [listA, left] = [toList(a), [...toList(b)]];
  if (listA.length !== left.length) return false;
  return listA.every((item) => {
    const at = left.findIndex((candidate) => isSame(item, candidate));
    if (at !== -1) left.splice(at, 1);
    return at !== -1;
  });
}

function areMapsSame(a: JsonValue, b: JsonValue, isSame: (a: JsonValue, b: JsonValue) => boolean): boolean {
  if (!isJsonObject(a) || !isJsonObject(b)) return toCanonicalJson(a) === toCanonicalJson(b);
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) return false;
  return names.every((name) => {
    const other = own(b, name);
    return other !== undefined && isSame(own(a, name) ?? null, other);
  });
}

function toSetText(value: JsonValue): string {
  const list: readonly JsonValue[] = Array.isArray(value) ? value : [value];
  return [...new Set(list.map((item) => toCanonicalJson(item)))].toSorted().join(',');
}
