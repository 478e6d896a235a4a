import { isJsonObject, type JsonValue } from './value.ts';

/** True when a value has the type that a schema names (JSON Schema validation 6.1.1); 1.0 is an integer. */
export function isOfType(value: JsonValue, type: JsonValue): boolean {
  switch (type) {
    case 'null':
      return value === null;
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isJsonObject(value);
    case 'integer':
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}
