import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import { own } from '../schema/own-property.ts';
import { joinPointer } from '../schema/pointer.ts';
import type { Flat, Opaque } from './flatten.ts';
import { toList, toTexts } from './keyword-role.ts';
import type { Place } from './side.ts';
import { numbers } from './view-scalars.ts';
import type { ArrayView, ContainsPart, ItemsPart, ObjectView, PropertiesPart } from './view.ts';

/** Applicators whose successes tell `unevaluated…` what has been looked at (core 11). */
const inPlace = '$ref $dynamicRef allOf anyOf oneOf if then else dependentSchemas'.split(' ');

/** The keywords on arrays. */
export function viewArrays(flats: readonly Flat[], opaque: Opaque[]): ArrayView {
  const parts = flats.map((flat) => toItemsPart(flat, opaque)).filter((part) => part !== undefined);
  const ends = parts.map(({ prefix, rest }) => {
    const index = prefix.findIndex(isNever);
    return index !== -1 ? index : isNever(rest) ? prefix.length : Infinity;
  });
  return {
    min: Math.max(0, ...numbers(flats, 'minItems')),
    max: Math.min(Infinity, ...numbers(flats, 'maxItems'), ...ends),
    isUnique: flats.some(({ schema }) => own(schema, 'uniqueItems') === true),
    parts,
    contains: flats.map(toContainsPart).filter((part) => part !== undefined),
  };
}

/** The keywords on objects. */
export function viewObjects(flats: readonly Flat[], opaque: Opaque[]): ObjectView {
  const required = new Set<string>();
  const dependentRequired = new Map<string, Set<string>>();
  const dependentSchemas = new Map<string, Place[]>();
  for (const flat of flats) {
    for (const name of toTexts(own(flat.schema, 'required'))) required.add(name);
    for (const [key, names] of entries(flat.schema, 'dependentRequired')) {
      const known = dependentRequired.get(key) ?? new Set();
      for (const name of toTexts(names)) known.add(name);
      dependentRequired.set(key, known);
    }
    for (const [key, schema] of entries(flat.schema, 'dependentSchemas')) {
      const place = at(flat, schema, 'dependentSchemas', key);
      dependentSchemas.set(key, [...(dependentSchemas.get(key) ?? []), place]);
    }
  }
  return {
    min: Math.max(0, ...numbers(flats, 'minProperties')),
    max: Math.min(Infinity, ...numbers(flats, 'maxProperties')),
    required,
    parts: flats.map((flat) => toPropertiesPart(flat, opaque)).filter((part) => part !== undefined),
    names: flats.map((flat) => member(flat, 'propertyNames')).filter((place) => place !== undefined),
    dependentRequired,
    dependentSchemas,
  };
}

/** True for a schema that plainly admits nothing. */
export function isNever(place: Place | undefined): boolean {
  const schema = place?.schema;
  if (schema === false) return true;
  if (!isJsonObject(schema)) return false;
  const not = own(schema, 'not');
  return not === true || (isJsonObject(not) && Object.keys(not).length === 0);
}

/** The subschema under a keyword. */
export function member(flat: Flat, keyword: string): Place | undefined {
  const schema = own(flat.schema, keyword);
  return schema === undefined ? undefined : at(flat, schema, keyword);
}

function toItemsPart(flat: Flat, opaque: Opaque[]): ItemsPart | undefined {
  const unevaluated = readUnevaluated(flat, 'unevaluatedItems', ['items'], ['contains'], opaque);
  const prefix = toList(own(flat.schema, 'prefixItems')).map((schema, index) =>
    at(flat, schema, 'prefixItems', index),
  );
  const rest = member(flat, 'items') ?? unevaluated;
  return prefix.length === 0 && rest === undefined ? undefined : { prefix, rest };
}

function toPropertiesPart(flat: Flat, opaque: Opaque[]): PropertiesPart | undefined {
  const unevaluated = readUnevaluated(flat, 'unevaluatedProperties', ['additionalProperties'], [], opaque);
  const rest = member(flat, 'additionalProperties') ?? unevaluated;
  const named = entries(flat.schema, 'properties').map(
    ([key, schema]) => [key, at(flat, schema, 'properties', key)] as const,
  );
  const patterns = entries(flat.schema, 'patternProperties').map(([pattern, schema]) => ({
    pattern,
    place: at(flat, schema, 'patternProperties', pattern),
  }));
  if (named.length === 0 && patterns.length === 0 && rest === undefined) return undefined;
  return { named: new Map(named), patterns, rest };
}

/**
 * Where nothing else in place can have looked at items or members, `unevaluated…` is what `items` or
 * `additionalProperties` would be; elsewhere it can only be compared with the whole schema around it.
 */
function readUnevaluated(
  flat: Flat,
  keyword: string,
  overruling: readonly string[],
  confusing: readonly string[],
  opaque: Opaque[],
): Place | undefined {
  const place = member(flat, keyword);
  if (place === undefined || place.schema === true) return undefined;
  if (overruling.some((name) => Object.hasOwn(flat.schema, name))) return undefined;
  if (![...inPlace, ...confusing].some((name) => Object.hasOwn(flat.schema, name))) return place;
  opaque.push({ side: flat.side, pointer: place.pointer, keyword, schema: flat.schema });
  return undefined;
}

function toContainsPart(flat: Flat): ContainsPart | undefined {
  const place = member(flat, 'contains');
  if (place === undefined) return undefined;
  const [min = 1] = numbers([flat], 'minContains');
  const [max = Infinity] = numbers([flat], 'maxContains');
  return min === 0 && max === Infinity ? undefined : { place, min, max };
}

function entries(schema: JsonObject, keyword: string): readonly (readonly [string, JsonValue])[] {
  const value = own(schema, keyword);
  return isJsonObject(value) ? Object.entries(value) : [];
}

function at(flat: Flat, schema: JsonValue, ...tokens: readonly (string | number)[]): Place {
  return { side: flat.side, schema, pointer: joinPointer(flat.pointer, ...tokens) };
}
