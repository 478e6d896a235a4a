import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import { keywords } from './keywords.ts';
import { toObject } from './own-property.ts';

/** A copy of a translated schema whose references lead to components, by the names of the units. */
export function replaceUnitReferences(schema: JsonObject, names: ReadonlyMap<string, string>): JsonObject {
  const replace = (value: JsonValue): JsonValue =>
    isJsonObject(value) ? replaceUnitReferences(value, names) : value;
  return toObject(
    Object.entries(schema).map(([name, value]): [string, JsonValue] => {
      if (name === '$ref' && typeof value === 'string') {
        return [name, `#/components/schemas/${names.get(value) ?? ''}`];
      }
      switch (keywords.get(name)?.shape) {
        case 'schema':
        case 'schema-or-list':
        case 'schema-list':
          return [name, Array.isArray(value) ? value.map(replace) : replace(value)];
        case 'schema-map':
          return [name, isJsonObject(value) ? mapMembers(value, replace) : value];
        default:
          return [name, value];
      }
    }),
  );
}

function mapMembers(object: JsonObject, map: (value: JsonValue) => JsonValue): JsonObject {
  return toObject(Object.entries(object).map(([key, value]) => [key, map(value)]));
}
