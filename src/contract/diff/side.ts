import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import { own, toObject } from '../schema/own-property.ts';
import { decodeFragment, parsePointer, step } from '../schema/pointer.ts';

/** One of the two documents, as the schemas in it see it. */
export interface Side {
  /** What a local reference names; undefined for any other, and for one that leads nowhere. */
  resolve(reference: string): JsonValue | undefined;
  /** The schema in the words of OpenAPI 3.1. */
  modernize(schema: JsonObject): JsonObject;
  /** `components` of the document. */
  readonly components: JsonValue;
}

/** A schema where it stands. */
export interface Place {
  readonly side: Side;
  readonly schema: JsonValue;
  readonly pointer: string;
}

/** The places whose schemas judge one value together: all of them must admit it. None admits every value. */
export type Node = readonly Place[];

/** Reads references and schemas of a document. */
export function createSide(document: JsonObject): Side {
  const resolved = new Map<string, JsonValue | undefined>();
  const modern = new WeakMap<JsonObject, JsonObject>();
  const version = own(document, 'openapi');
  const isOpenApi30 = typeof version === 'string' && /^3\.0(?:\.|$)/.test(version);
  return {
    components: own(document, 'components') ?? null,
    resolve(reference) {
      if (!resolved.has(reference)) resolved.set(reference, resolve(document, reference));
      return resolved.get(reference);
    },
    modernize(schema) {
      if (!isOpenApi30) return schema;
      const known = modern.get(schema) ?? modernize(schema);
      modern.set(schema, known);
      return known;
    },
  };
}

/** The schema in modern words, or what it names when it is nothing but a reference. */
export function followReference({ side, schema }: Pick<Place, 'side' | 'schema'>): JsonValue {
  let found = schema;
  for (let hops = 0; isJsonObject(found) && hops < maxHops; hops += 1) {
    found = side.modernize(found);
    const reference = Object.keys(found).length === 1 ? own(found, '$ref') : undefined;
    const target = typeof reference === 'string' ? side.resolve(reference) : undefined;
    if (target === undefined) break;
    found = target;
  }
  return found;
}

/** References to references that go on for longer are taken for a circle. */
const maxHops = 100;

function resolve(document: JsonObject, reference: string): JsonValue | undefined {
  if (reference !== '#' && !reference.startsWith('#/')) return undefined;
  let found: JsonValue | undefined = document;
  for (const token of parsePointer(decodeFragment(reference.slice(1)))) {
    if (!Array.isArray(found) && !isJsonObject(found)) return undefined;
    found = step(found, token);
  }
  return found;
}

/** OpenAPI 3.0.3 section 4.7.24: `nullable`, boolean exclusive bounds, and nothing beside a `$ref`. */
function modernize(schema: JsonObject): JsonObject {
  const reference = own(schema, '$ref');
  if (typeof reference === 'string') return { $ref: reference };
  const members = new Map(Object.entries(schema));
  const type = members.get('type');
  if (members.get('nullable') === true && typeof type === 'string') members.set('type', [type, 'null']);
  members.delete('nullable');
  for (const [bound, exclusive] of [
    ['minimum', 'exclusiveMinimum'],
    ['maximum', 'exclusiveMaximum'],
  ] as const) {
    const isExclusive = members.get(exclusive);
    if (typeof isExclusive !== 'boolean') continue;
    const value = members.get(bound);
    members.delete(exclusive);
    if (!isExclusive || value === undefined) continue;
    members.delete(bound);
    members.set(exclusive, value);
  }
  return toObject(members);
}
