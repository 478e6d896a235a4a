import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import { follow } from './references.ts';
import { subschemas } from './schema-parts.ts';

/**
 * How many schemas there are once every reference is replaced by what it leads to, as a page does that draws them; a
 * reference into a schema that is being drawn is drawn once more and no further.
 *
 * @param maxDepth schemas deeper than that are not looked into
 * @param limit counting ends there: what references double level by level has more schemas than atoms would suffice for
 */
export function countDrawn(
  document: JsonObject,
  schema: JsonValue,
  { maxDepth, limit }: { readonly maxDepth: number; readonly limit: number },
): number {
  let count = 0;
  const open = new Set<JsonObject>();
  const visit = (value: JsonValue, depth: number): void => {
    count++;
    if (count > limit || depth >= maxDepth) return;
    const target = follow(document, value);
    if (target === undefined || open.has(target)) return;
    open.add(target);
    for (const part of subschemas(target)) {
      if (count > limit) break;
      visit(part, depth + 1);
    }
    // Keywords beside a reference count, too.
    if (isJsonObject(value) && value !== target) {
      for (const part of subschemas(value)) {
        if (count > limit) break;
        visit(part, depth + 1);
      }
    }
    open.delete(target);
  };
  visit(schema, 0);
  return count;
}
