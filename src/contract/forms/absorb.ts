import type { JsonObject } from '../../json/value.ts';
import { toCanonicalJson } from '../canonicalize.ts';
import { canMerge } from '../schema/merge.ts';
import { own, toObject } from '../schema/own-property.ts';

/**
 * A schema with the members of another that has to hold as well; undefined when they would not mean in one schema
 * what they mean in two. In OpenAPI 3.1 or 3.0.
 */
export function absorb(schema: JsonObject, other: JsonObject): JsonObject | undefined {
  const isSame = (key: string): boolean => {
    const value = own(schema, key);
    return value !== undefined && toCanonicalJson(value) === toCanonicalJson(own(other, key) ?? null);
  };
  const added = toObject(Object.entries(other).filter(([key]) => !isSame(key)));
  // OpenAPI 3.0.3: `nullable` belongs to the `type` beside it.
  if (Object.hasOwn(schema, 'type') && Object.hasOwn(added, 'nullable')) return undefined;
  if (schema['nullable'] === true && !Object.hasOwn(other, 'nullable')) return undefined;
  // A reference has no siblings.
  if (Object.hasOwn(other, '$ref')) return undefined;
  return canMerge(added, schema) ? { ...schema, ...added } : undefined;
}
