import { isJsonObject, type JsonObject, type JsonValue } from '../json/value.ts';
import type { Model } from './form.ts';

/** Schemas by the name that references use. */
export type Components = ReadonlyMap<string, JsonObject>;

const refPrefix = '#/components/schemas/';

/** The component that a schema refers to. */
export function refTarget({ $ref }: JsonObject): string | undefined {
  return typeof $ref === 'string' && $ref.startsWith(refPrefix) ? $ref.slice(refPrefix.length) : undefined;
}

/** The schema that refers to a component. */
export function toRef(component: string): JsonObject {
  return { $ref: `${refPrefix}${component}` };
}

/** The keys that an object's schema speaks of, in all of its alternatives; all, where it says what others are like. */
export function knownKeys(schema: JsonObject, components: Components): Model['keys'] {
  const keys = new Set<string>();
  const queue: JsonObject[] = [schema];
  const seen = new Set<JsonObject>();
  // What is appended meanwhile is visited too.
  for (const part of queue) {
    if (seen.has(part)) continue;
    seen.add(part);
    if (isOpen(part)) return 'all';
    if (isJsonObject(part['properties'])) for (const key of Object.keys(part['properties'])) keys.add(key);
    const target = components.get(refTarget(part) ?? '');
    if (target !== undefined) queue.push(target);
    queue.push(...inPlace(part));
  }
  return keys;
}

function isOpen({ additionalProperties, unevaluatedProperties, patternProperties }: JsonObject): boolean {
  return (
    allowsSome(additionalProperties) ||
    allowsSome(unevaluatedProperties) ||
    (isJsonObject(patternProperties) && Object.keys(patternProperties).length > 0)
  );
}

function allowsSome(schema: JsonValue | undefined): boolean {
  if (schema === undefined || schema === false) return false;
  // `false`, as contracts write it.
  return JSON.stringify(schema) !== '{"not":{}}';
}

/** The schemas that apply to the same object. */
function inPlace(schema: JsonObject): readonly JsonObject[] {
  const { allOf, anyOf, oneOf, dependentSchemas } = schema;
  const lists = [allOf, anyOf, oneOf].flatMap((list) => (Array.isArray(list) ? (list as JsonValue[]) : []));
  const singles = ['if', 'then', 'else'].map((keyword) => schema[keyword]);
  const dependents = isJsonObject(dependentSchemas) ? Object.values(dependentSchemas) : [];
  return [...lists, ...singles, ...dependents].filter(isJsonObject);
}
