import type { JsonObject } from '../../json/value.ts';
import { inPlaceKeywords } from './keywords.ts';
import { own } from './own-property.ts';
import { listSubschemas } from './subschemas.ts';

/**
 * The schemas whose evaluated items some unevaluatedItems reads (2020-12 core, section 11.2).
 *
 * To add `items` to one of them would change what that keyword sees.
 */
export function findObservedItems(
  schemas: Iterable<JsonObject>,
  resolve: (id: string) => JsonObject,
): Set<JsonObject> {
  const observed = new Set<JsonObject>();
  const observe = (schema: JsonObject): void => {
    if (observed.has(schema)) return;
    observed.add(schema);
    const reference = own(schema, '$ref');
    if (typeof reference === 'string') observe(resolve(reference));
    for (const child of listSubschemas(schema, '2020-12')) {
      if (inPlaceKeywords.has(child.keyword)) observe(child.schema);
    }
  };
  const search = (schema: JsonObject): void => {
    if (Object.hasOwn(schema, 'unevaluatedItems')) observe(schema);
    for (const child of listSubschemas(schema, '2020-12')) search(child.schema);
  };
  for (const schema of schemas) search(schema);
  return observed;
}
