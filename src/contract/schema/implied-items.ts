import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import { own } from './own-property.ts';

/** Characters: longer items are not repeated. */
const maxRepeatedSize = 2_000;

/**
 * The items that branches of `allOf` ask of every item; undefined when there are none, or none to repeat.
 *
 * Beside the branches they add no constraint, and evaluate nothing that the branches do not.
 */
export function findImpliedItems(
  schema: JsonObject,
  context: {
    readonly resolve: (id: string) => JsonObject;
    /** True when the unit may be repeated, so that it is not part of a recursion. */
    readonly isSmall: (id: string) => boolean;
  },
): JsonObject | undefined {
  const visited = new Set<JsonObject>();
  const find = (branch: JsonObject): JsonObject | undefined => {
    if (visited.has(branch)) return undefined;
    visited.add(branch);
    const items = own(branch, 'items');
    // After prefixItems they would be asked of fewer items than here.
    if (isJsonObject(items) && !Object.hasOwn(branch, 'prefixItems') && isRepeatable(items)) return items;
    const reference = own(branch, '$ref');
    const target = typeof reference === 'string' ? find(context.resolve(reference)) : undefined;
    return target ?? findFirst(own(branch, 'allOf'));
  };
  const findFirst = (branches: JsonValue | undefined): JsonObject | undefined => {
    // allOf, where there is one, is a list of schemas.
    for (const branch of (branches ?? []) as readonly JsonObject[]) {
      const found = find(branch);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  const isRepeatable = (items: JsonObject): boolean => {
    const reference = own(items, '$ref');
    if (typeof reference === 'string' && Object.keys(items).length === 1) return context.isSmall(reference);
    const text = JSON.stringify(items);
    return text.length <= maxRepeatedSize && !text.includes('"$ref":');
  };
  return findFirst(own(schema, 'allOf'));
}
