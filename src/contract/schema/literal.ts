import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import { own, toObject } from './own-property.ts';

/** True when a member named `$ref` with text in it stands anywhere in the value: OpenAPI tools would follow it. */
export function holdsReference(value: JsonValue): boolean {
  if (Array.isArray(value)) return value.some(holdsReference);
  if (!isJsonObject(value)) return false;
  return typeof own(value, '$ref') === 'string' || Object.values(value).some(holdsReference);
}

/** A schema that only this value satisfies, without a member named `$ref` outside `properties`. */
export function toLiteralSchema(value: JsonValue): JsonObject {
  if (!holdsReference(value)) return { const: value };
  // Both have members, or holdsReference were false.
  if (Array.isArray(value)) {
    return {
      type: 'array',
      prefixItems: value.map(toLiteralSchema),
      minItems: value.length,
      maxItems: value.length,
    };
  }
  const members = Object.entries(value as JsonObject);
  return {
    type: 'object',
    properties: toObject(members.map(([key, member]) => [key, toLiteralSchema(member)])),
    required: members.map(([key]) => key),
    maxProperties: members.length,
  };
}
