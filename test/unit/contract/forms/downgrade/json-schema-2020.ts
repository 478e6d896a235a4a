import { isJsonObject, type JsonObject, type JsonValue } from '../../../../../src/json/value.ts';

/** Names and indexes that a schema which holds has evaluated (2020-12 core, section 11). */
type Evaluated = ReadonlySet<string | number>;

/**
 * Judges a value as JSON Schema 2020-12 says: an interpreter, because Ajv errs on what random schemas say (prefixItems
 * before other keywords on an empty array, unevaluatedProperties with allErrors).
 */
export function accepts31(document: JsonObject, schema: JsonValue, value: JsonValue): boolean {
  return evaluate(document, schema, value) !== undefined;
}

/** What is evaluated when the schema holds; undefined when it does not. */
function evaluate(document: JsonObject, schema: JsonValue, value: JsonValue): Evaluated | undefined {
  if (typeof schema === 'boolean') return schema ? new Set() : undefined;
  if (!isJsonObject(schema)) throw new Error(`no schema: ${JSON.stringify(schema)}`);
  const seen = new Set<string | number>();
  const holds = (inner: JsonValue, part: JsonValue): boolean => accepts31(document, inner, part);
  /** Applies a schema in place. */
  const apply = (inner: JsonValue): boolean => {
    const found = evaluate(document, inner, value);
    for (const key of found ?? []) seen.add(key);
    return found !== undefined;
  };
  const isValid =
    assertionsHold(schema, value) &&
    (schema['$ref'] === undefined || apply(follow(document, toText(schema['$ref'])))) &&
    listAt(schema, 'allOf').every(apply) &&
    // Every branch is looked at: each that holds evaluates.
    (schema['anyOf'] === undefined || listAt(schema, 'anyOf').filter(apply).length > 0) &&
    (schema['oneOf'] === undefined || listAt(schema, 'oneOf').filter(apply).length === 1) &&
    (schema['not'] === undefined || !holds(schema['not'], value)) &&
    (schema['if'] === undefined || apply((apply(schema['if']) ? schema['then'] : schema['else']) ?? true)) &&
    (!isJsonObject(value) || objectHolds(schema, value, { holds, apply, seen })) &&
    (!Array.isArray(value) || arrayHolds(schema, value, { holds, seen }));
  return isValid ? seen : undefined;
}

interface Context {
  readonly holds: (schema: JsonValue, value: JsonValue) => boolean;
  readonly apply: (schema: JsonValue) => boolean;
  readonly seen: Set<string | number>;
}

function objectHolds(schema: JsonObject, value: JsonObject, { holds, apply, seen }: Context): boolean {
  const members = Object.entries(value);
  const has = (name: string): boolean => Object.hasOwn(value, name);
  const mark = (name: string, isValid: boolean): boolean => {
    seen.add(name);
    return isValid;
  };
  const properties = mapAt(schema, 'properties');
  const patterns = Object.entries(mapAt(schema, 'patternProperties')).map(
    ([pattern, inner]) => [new RegExp(pattern, 'u'), inner] as const,
  );
  const isNamed = (name: string): boolean =>
    Object.hasOwn(properties, name) || patterns.some(([pattern]) => pattern.test(name));
  const { additionalProperties, unevaluatedProperties, propertyNames } = schema;
  return (
    Object.entries(properties).every(
      ([name, inner]) => !has(name) || mark(name, holds(inner, value[name] ?? null)),
    ) &&
    members.every(([name, member]) =>
      patterns.every(([pattern, inner]) => !pattern.test(name) || mark(name, holds(inner, member))),
    ) &&
    (additionalProperties === undefined ||
      members.every(([name, member]) => isNamed(name) || mark(name, holds(additionalProperties, member)))) &&
    (propertyNames === undefined || members.every(([name]) => holds(propertyNames, name))) &&
    Object.entries(mapAt(schema, 'dependentSchemas')).every(([name, inner]) => !has(name) || apply(inner)) &&
    Object.entries(mapAt(schema, 'dependentRequired')).every(
      ([name, names]) => !has(name) || (names as readonly string[]).every(has),
    ) &&
    (unevaluatedProperties === undefined ||
      members.every(([name, member]) => seen.has(name) || mark(name, holds(unevaluatedProperties, member))))
  );
}

function arrayHolds(
  schema: JsonObject,
  value: readonly JsonValue[],
  { holds, seen }: Pick<Context, 'holds' | 'seen'>,
): boolean {
  const mark = (index: number, isValid: boolean): boolean => {
    seen.add(index);
    return isValid;
  };
  const prefix = listAt(schema, 'prefixItems');
  const { items, contains, unevaluatedItems, minContains = 1, maxContains = Infinity } = schema;
  const contained =
    contains === undefined
      ? undefined
      : [...value.keys()].filter((index) => holds(contains, value[index] ?? null));
  for (const index of contained ?? []) seen.add(index);
  return (
    value.every((item, index) => index >= prefix.length || mark(index, holds(prefix[index] ?? true, item))) &&
    (items === undefined ||
      value.every((item, index) => index < prefix.length || mark(index, holds(items, item)))) &&
    (contained === undefined ||
      (contained.length >= Number(minContains) && contained.length <= Number(maxContains))) &&
    (unevaluatedItems === undefined ||
      value.every((item, index) => seen.has(index) || mark(index, holds(unevaluatedItems, item))))
  );
}

function assertionsHold(schema: JsonObject, value: JsonValue): boolean {
  return Object.entries(schema).every(([keyword, operand]) => assertions[keyword]?.(value, operand) ?? true);
}

const assertions: Readonly<Record<string, (value: JsonValue, operand: JsonValue) => boolean>> = {
  type: (value, operand) => [operand].flat().some((type) => isOfType(value, toText(type))),
  const: (value, operand) => sortedText(value) === sortedText(operand),
  enum: (value, operand) => [operand].flat().some((item) => sortedText(value) === sortedText(item)),
  multipleOf: (value, operand) => typeof value !== 'number' || Number.isInteger(value / Number(operand)),
  minimum: (value, operand) => typeof value !== 'number' || value >= Number(operand),
  maximum: (value, operand) => typeof value !== 'number' || value <= Number(operand),
  exclusiveMinimum: (value, operand) => typeof value !== 'number' || value > Number(operand),
  exclusiveMaximum: (value, operand) => typeof value !== 'number' || value < Number(operand),
  minLength: (value, operand) => typeof value !== 'string' || toLength(value) >= Number(operand),
  maxLength: (value, operand) => typeof value !== 'string' || toLength(value) <= Number(operand),
  pattern: (value, operand) => typeof value !== 'string' || new RegExp(toText(operand), 'u').test(value),
  minItems: (value, operand) => !Array.isArray(value) || value.length >= Number(operand),
  maxItems: (value, operand) => !Array.isArray(value) || value.length <= Number(operand),
  uniqueItems: (value, operand) =>
    operand !== true || !Array.isArray(value) || new Set(value.map(sortedText)).size === value.length,
  minProperties: (value, operand) => !isJsonObject(value) || Object.keys(value).length >= Number(operand),
  maxProperties: (value, operand) => !isJsonObject(value) || Object.keys(value).length <= Number(operand),
  required: (value, operand) =>
    !isJsonObject(value) || [operand].flat().every((name) => Object.hasOwn(value, toText(name))),
};

function isOfType(value: JsonValue, type: string): boolean {
  if (type === 'null') return value === null;
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return isJsonObject(value);
  return type === 'integer' ? Number.isInteger(value) : typeof value === type;
}

/** Equal values have equal text. */
export function sortedText(value: JsonValue): string {
  return JSON.stringify(value, (_key, member: JsonValue) =>
    isJsonObject(member)
      ? Object.fromEntries(Object.entries(member).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}

/** The schema that a local reference names. */
export function follow(document: JsonObject, reference: string): JsonValue {
  if (!reference.startsWith('#/')) throw new Error(`no local reference: ${reference}`);
  let found: JsonValue = document;
  for (const token of reference.slice(2).split('/')) found = (found as JsonObject)[token] ?? null;
  return found;
}

function listAt(schema: JsonObject, keyword: string): readonly JsonValue[] {
  const list = schema[keyword];
  return Array.isArray(list) ? list : [];
}

function mapAt(schema: JsonObject, keyword: string): JsonObject {
  const map = schema[keyword];
  return isJsonObject(map) ? map : {};
}

/** The text of a keyword's operand. */
export function toText(value: JsonValue | undefined): string {
  if (typeof value !== 'string') throw new Error(`no text: ${JSON.stringify(value)}`);
  return value;
}

/** In code points (RFC 8259 characters). */
export function toLength(text: string): number {
  return Array.from(text).length;
}
