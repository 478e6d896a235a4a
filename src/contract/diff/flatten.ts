import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import { own, toObject } from '../schema/own-property.ts';
import { joinPointer } from '../schema/pointer.ts';
import { findShapeFault } from '../schema/value-shape.ts';
import { toKeyword, toList } from './keyword-role.ts';
import type { Node, Place } from './side.ts';

/** A schema object whose `$ref` and `allOf` have been followed. */
export interface Flat extends Place {
  readonly schema: JsonObject;
}

/** A node as one list of schema objects, all of which judge the value. */
export interface Flattened {
  readonly flats: readonly Flat[];
  /** True when a schema is `false`. */
  readonly isNever: boolean;
  /** What cannot be read: equal ones are equal, of others nothing is known. */
  readonly opaque: readonly Opaque[];
}

/** A constraint that is compared as a whole. */
export interface Opaque extends Place {
  readonly keyword: string;
  readonly schema: JsonObject;
}

/** Follows `$ref` and `allOf`, which add constraints to those beside them (JSON Schema core 8.2.3.1, 10.2.1.1). */
export function flatten(node: Node): Flattened {
  const flats: Flat[] = [];
  const opaque: Opaque[] = [];
  // A constraint that is met twice says nothing new; so recursion in place ends too.
  const seen = new Set<JsonValue>();
  let isNever = false;
  const queue = node.toReversed();
  for (let place = queue.pop(); place !== undefined; place = queue.pop()) {
    const { side, schema: raw, pointer } = place;
    if (raw === true || seen.has(raw)) continue;
    if (raw === false) {
      isNever = true;
      continue;
    }
    if (!isJsonObject(raw)) {
      opaque.push({ side, pointer, keyword: 'schema', schema: { const: raw } });
      continue;
    }
    seen.add(raw);
    const schema = keepReadable(side.modernize(raw), (keyword, value) => {
      const name = joinPointer(pointer, keyword);
      opaque.push({ side, pointer: name, keyword, schema: { const: [keyword, value] } });
    });
    flats.push({ side, schema, pointer });
    queue.push(...listConjuncts({ side, schema, pointer }, opaque).toReversed());
  }
  return { flats, isNever, opaque };
}

/** A schema, wherever it is met, is read once, so that its copy has one identity. */
const readable = new WeakMap<JsonObject, { schema: JsonObject; faults: (readonly [string, JsonValue])[] }>();

/** Leaves out what the keywords' shapes forbid, and reports it. */
function keepReadable(raw: JsonObject, report: (keyword: string, value: JsonValue) => void): JsonObject {
  let read = readable.get(raw);
  if (read === undefined) {
    const entries = Object.entries(raw);
    const faults = entries.filter(([name, value]) => isMalformed(name, value));
    const schema = faults.length === 0 ? raw : toObject(entries.filter((entry) => !faults.includes(entry)));
    read = { schema, faults };
    readable.set(raw, read);
  }
  for (const [keyword, value] of read.faults) report(keyword, value);
  return read.schema;
}

function isMalformed(name: string, value: JsonValue): boolean {
  const keyword = toKeyword(name);
  if (keyword === undefined || keyword.role === 'annotation') return false;
  // Patterns are compared as texts; whoever matches with them compiles them first.
  if (name === 'pattern') return typeof value !== 'string';
  if (keyword.shape === 'bound') return typeof value !== 'number';
  // An array of items is draft-07: 2020-12 has prefixItems.
  if (name === 'items' && Array.isArray(value)) return true;
  return findShapeFault(keyword.shape, value) !== undefined;
}

function listConjuncts({ side, schema, pointer }: Flat, opaque: Opaque[]): Place[] {
  const places: Place[] = [];
  const reference = own(schema, '$ref');
  if (typeof reference === 'string') {
    const target = side.resolve(reference);
    if (target !== undefined) places.push({ side, schema: target, pointer });
    else addOpaque('$ref', { $ref: reference });
  }
  const dynamic = own(schema, '$dynamicRef');
  if (dynamic !== undefined) addOpaque('$dynamicRef', { $dynamicRef: dynamic });
  for (const [index, part] of toList(own(schema, 'allOf')).entries()) {
    places.push({ side, schema: part, pointer: joinPointer(pointer, 'allOf', index) });
  }
  for (const keyword of ['anyOf', 'oneOf']) {
    const branches = toList(own(schema, keyword));
    const [only] = branches;
    if (only !== undefined && branches.length === 1) {
      places.push({ side, schema: only, pointer: joinPointer(pointer, keyword, 0) });
    }
  }
  return places;

  function addOpaque(keyword: string, said: JsonObject): void {
    opaque.push({ side, pointer: joinPointer(pointer, keyword), keyword, schema: said });
  }
}
