import { isDeepStrictEqual } from 'node:util';
import { isJsonObject, type JsonObject, type JsonValue } from '../../src/json/value.ts';

/** What was compared, and what the importer does not have of it. */
export interface Comparison {
  /** `pointer: what`, pointers into the schema as listed. */
  readonly losses: readonly string[];
  readonly compared: Readonly<Record<Compared, number>>;
}

type Compared = 'properties' | 'required' | 'types' | 'values' | 'descriptions' | 'others';

/** They say where a schema is, not what it asks for; the importer sees every reference resolved. */
const identifiers = new Set(['$schema', '$id', '$anchor', '$defs', 'definitions', '$comment', '$ref']);

/** What the importer neither follows nor changes; references under them are found by looking for any that are left. */
const opaque = new Set(
  (
    'prefixItems additionalItems unevaluatedItems contains patternProperties unevaluatedProperties propertyNames ' +
    'not if then else dependencies dependentSchemas'
  ).split(' '),
);

/** The importer takes the arguments' properties and which are required; the rest of a root is not for the model. */
const rootKeywords = new Set(['properties', 'required', 'anyOf', 'oneOf', 'allOf']);

/**
 * Compares a schema as listed with what the importer made of it, at every depth.
 *
 * Where the importer's own rules leave less, whatever the document says, they are allowed for: a reference to what it
 * is already inside of ends there, `null` leaves an `anyOf`, and a `default` of null goes.
 */
export function compareImported(listed: JsonObject, imported: JsonObject): Comparison {
  const losses: string[] = [];
  const compared = { properties: 0, required: 0, types: 0, values: 0, descriptions: 0, others: 0 };
  compare(listed, [imported], '', new Set([listed]));
  if (JSON.stringify(imported).includes('"$ref":"#')) losses.push(': a reference that nobody resolves');
  return { losses, compared };

  function compare(
    schema: JsonValue,
    places: readonly JsonObject[],
    pointer: string,
    inside: ReadonlySet<JsonValue>,
  ): void {
    if (!isJsonObject(schema)) return;
    const all = places.flatMap(withBranches);
    compareReference(schema, places, pointer, inside);
    compareTypes(schema, places, pointer);
    for (const [keyword, value] of Object.entries(schema)) {
      const here = `${pointer}/${keyword}`;
      if (identifiers.has(keyword) || opaque.has(keyword)) continue;
      if (pointer === '' && !rootKeywords.has(keyword)) continue;
      const found = all.map((place) => place[keyword]).filter((item) => item !== undefined);
      const has = (): boolean => all.some((place) => isDeepStrictEqual(place[keyword], value));
      switch (keyword) {
        case 'properties':
          for (const [name, property] of Object.entries(value as JsonObject)) {
            const of = found.filter(isJsonObject).flatMap((properties) => properties[name] ?? []);
            expectKept('properties', of.length > 0, `${here}/${name}`, 'the property is lost');
            compare(property, of.filter(isJsonObject), `${here}/${name}`, inside);
          }
          break;
        case 'items':
        case 'additionalProperties':
          if (isJsonObject(value)) compare(value, found.filter(isJsonObject), here, inside);
          else if (value === false) expectKept('others', found.length > 0, here, 'it is lost');
          break;
        case 'anyOf':
        case 'oneOf':
        case 'allOf':
          for (const [index, branch] of (value as readonly JsonValue[]).entries()) {
            if (pointer === '') {
              compareRootBranch(branch, `${here}/${index}`);
              continue;
            }
            if (isNull(branch)) continue;
            const of = branchPlaces(keyword, value as readonly JsonValue[], index, all, listed);
            expectKept('others', of.length > 0, `${here}/${index}`, 'the branch is lost');
            compare(branch, of, `${here}/${index}`, inside);
          }
          break;
        case 'required': {
          const names = new Set(found.flat() as readonly JsonValue[]);
          for (const name of value as readonly string[]) {
            expectKept('required', names.has(name), `${here}/${name}`, 'it is not required');
          }
          break;
        }
        case 'type':
          expectKept(
            'types',
            found.some((type) => isSameType(type, value)),
            here,
            `it is ${show(found)}`,
          );
          break;
        case 'enum':
          expectKept('values', has(), here, `they are ${show(found)}`);
          break;
        case 'const': {
          const isListed = all.some((place) => isDeepStrictEqual(place['enum'], [value]));
          expectKept('values', has() || isListed, here, `it is ${show(found)}`);
          break;
        }
        case 'description':
          expectKept('descriptions', has(), here, `it is ${show(found)}`);
          break;
        default:
          if (keyword === 'default' && value === null) break;
          expectKept('others', has(), here, `it is ${show(found)}`);
      }
    }
  }

  /** A model is shown the properties of a root alone, so those of its branches must be among them. */
  function compareRootBranch(branch: JsonValue, pointer: string): void {
    for (const name of memberNames(branch, listed, new Set())) {
      const isKept = isJsonObject(imported['properties']) && name in imported['properties'];
      expectKept('properties', isKept, `${pointer}/properties/${name}`, 'the property is lost');
    }
  }

  function compareReference(
    schema: JsonObject,
    places: readonly JsonObject[],
    pointer: string,
    inside: ReadonlySet<JsonValue>,
  ): void {
    const reference = schema['$ref'];
    if (typeof reference !== 'string') return;
    const target = follow(listed, reference);
    if (!inside.has(target)) compare(target, places, pointer, new Set([...inside, target]));
  }

  /** The importer calls everything a string that has no type, which is wrong where the schema implies another. */
  function compareTypes(schema: JsonObject, places: readonly JsonObject[], pointer: string): void {
    const implied = impliedTypes(schema, listed, new Set());
    if (implied === undefined) return;
    for (const place of places.filter((candidate) => 'type' in candidate)) {
      const types = new Set([place['type'] ?? []].flat());
      const missing = [...implied].filter(
        (type) => type !== 'null' && !types.has(type) && !(type === 'integer' && types.has('number')),
      );
      expectKept(
        'types',
        missing.length === 0,
        pointer,
        `no longer ${missing.map(String).join(', ')}, it is ${show([place['type']])}`,
      );
    }
  }

  function expectKept(kind: Compared, isKept: boolean, pointer: string, what: string): void {
    compared[kind]++;
    if (!isKept) losses.push(`${pointer}: ${what}`);
  }
}

/** The names of the properties that a schema and its branches speak of. */
function memberNames(schema: JsonValue, root: JsonValue, inside: ReadonlySet<JsonValue>): readonly string[] {
  if (!isJsonObject(schema) || inside.has(schema)) return [];
  const { properties, $ref: reference, ...rest } = schema;
  const target = typeof reference === 'string' ? [follow(root, reference)] : [];
  const branches = ['anyOf', 'oneOf', 'allOf'].flatMap((keyword) => rest[keyword] ?? []);
  return [
    ...Object.keys(isJsonObject(properties) ? properties : {}),
    ...[...target, ...branches].flatMap((item) => memberNames(item, root, new Set([...inside, schema]))),
  ];
}

/** A schema and what applies wherever it does. */
function withBranches(schema: JsonObject): readonly JsonObject[] {
  const branches = schema['allOf'];
  return [schema, ...(Array.isArray(branches) ? branches.filter(isJsonObject).flatMap(withBranches) : [])];
}

/** Where a branch is found: at its index, at its index without the nulls, or, when it is the only other, in place. */
function branchPlaces(
  keyword: string,
  branches: readonly JsonValue[],
  index: number,
  places: readonly JsonObject[],
  root: JsonValue,
): readonly JsonObject[] {
  const others = branches.filter((branch) => !isNull(branch));
  const found = places.flatMap((place) => {
    const list = place[keyword];
    if (!Array.isArray(list)) return [];
    const branch = list.length === branches.length ? branches[index] : undefined;
    const at = branch === undefined ? others.indexOf(branches[index] ?? null) : index;
    return isJsonObject(list[at]) ? [list[at]] : [];
  });
  if (keyword !== 'anyOf' || others.length !== 1) return found;
  // What stands at the index of a union may be a branch of that union: the two are one.
  return [...(isUnion(others[0] ?? null, root) ? found.filter(holdsUnion) : found), ...places];
}

function holdsUnion(place: JsonObject): boolean {
  return withBranches(place).some((branch) => 'anyOf' in branch);
}

/** The types a schema cannot but have; undefined when any is possible. */
function impliedTypes(
  schema: JsonValue,
  root: JsonValue,
  inside: ReadonlySet<JsonValue>,
): ReadonlySet<JsonValue> | undefined {
  if (!isJsonObject(schema) || inside.has(schema)) return undefined;
  const within = new Set([...inside, schema]);
  const { type, enum: values, const: constant, anyOf, oneOf, $ref: reference } = schema;
  if (type !== undefined) return new Set([type].flat());
  if (Array.isArray(values)) return new Set(values.map(typeOf));
  if (constant !== undefined) return new Set([typeOf(constant)]);
  if (typeof reference === 'string') return impliedTypes(follow(root, reference), root, within);
  const branches = anyOf ?? oneOf;
  if (!Array.isArray(branches)) return undefined;
  const implied = branches.map((branch: JsonValue) => impliedTypes(branch, root, within));
  return implied.reduce<Set<JsonValue> | undefined>(
    (all, some) => (all === undefined || some === undefined ? undefined : new Set([...all, ...some])),
    new Set(),
  );
}

function typeOf(value: JsonValue): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

function isNull(schema: JsonValue): boolean {
  if (!isJsonObject(schema)) return false;
  return schema['type'] === 'null' || schema['const'] === null || isDeepStrictEqual(schema['enum'], [null]);
}

function isUnion(schema: JsonValue, root: JsonValue): boolean {
  if (!isJsonObject(schema)) return false;
  const reference = schema['$ref'];
  return 'anyOf' in schema || (typeof reference === 'string' && isUnion(follow(root, reference), root));
}

function isSameType(one: JsonValue, other: JsonValue): boolean {
  return isDeepStrictEqual(new Set([one].flat()), new Set([other].flat()));
}

function follow(root: JsonValue, reference: string): JsonValue {
  let value: JsonValue | undefined = root;
  for (const token of decodeURIComponent(reference).split('/').slice(1)) {
    const key = token.replaceAll('~1', '/').replaceAll('~0', '~');
    value = typeof value === 'object' && value !== null ? (value as JsonObject)[key] : undefined;
  }
  return value ?? null;
}

function show(values: readonly unknown[]): string {
  return values.length === 0 ? 'not there' : JSON.stringify(values).slice(0, 200);
}
