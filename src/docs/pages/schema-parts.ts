import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';

/** Keywords whose members are schemas, by name. */
export const schemaMaps: ReadonlySet<string> = new Set([
  'properties',
  'patternProperties',
  'dependentSchemas',
  '$defs',
  'definitions',
]);

/** Keywords that hold a schema, or a list of them. */
export const schemaPlaces: ReadonlySet<string> = new Set([
  'items',
  'prefixItems',
  'additionalItems',
  'additionalProperties',
  'unevaluatedItems',
  'unevaluatedProperties',
  'contains',
  'propertyNames',
  'contentSchema',
  'not',
  'if',
  'then',
  'else',
  'allOf',
  'anyOf',
  'oneOf',
]);

/** The schemas directly in a schema; what only `$defs` holds is not shown, unless something leads there. */
export function* subschemas(schema: JsonObject): Generator<JsonValue> {
  for (const [key, value] of Object.entries(schema)) {
    if (schemaPlaces.has(key)) {
      if (Array.isArray(value)) yield* value;
      else yield value;
    } else if (schemaMaps.has(key) && !key.startsWith('$') && key !== 'definitions' && isJsonObject(value)) {
      yield* Object.values(value);
    }
  }
}
