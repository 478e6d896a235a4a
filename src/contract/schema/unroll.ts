import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import { followAliases } from './aliases.ts';
import { followedKeywords } from './keywords.ts';
import { own, toObject } from './own-property.ts';
import { isPart, listReferences, type ReferenceFacts } from './reference-graph.ts';
import { chooseSizeLimit } from './size-limit.ts';
import { maxSchemaDepth } from './translate-keywords.ts';

/** Characters: a recursion that starts with a longer schema is not unrolled. */
const maxUnrolledSize = 2_000;
/** Characters repeated in one tool; when it would be more, only smaller schemas are. */
const maxUnrolled = 50_000;

/**
 * The units with the first level of every recursion in the place of the reference that leads into it.
 *
 * Clients that stop where a recursion starts over then show it whole. The root has its first level in the body already.
 */
export function unrollRecursions(
  units: ReadonlyMap<string, JsonObject>,
  facts: ReferenceFacts,
): ReadonlyMap<string, JsonObject> {
  // Each recursion then counts twice.
  if (facts.recursionOf.size === 0 || facts.depth > maxSchemaDepth / 2) return units;
  const resolve = (id: string): JsonObject => units.get(id) ?? {};
  const leadsIn = (from: string, target: string): boolean =>
    facts.recursionOf.has(target) && facts.recursionOf.get(target) !== facts.recursionOf.get(from);
  const entrances = [...units].flatMap(([id, schema]) =>
    listReferences(schema)
      .map((reference) => ({ ...reference, target: followAliases(reference.target, resolve) }))
      .filter((reference) => reference.isPart && leadsIn(id, reference.target)),
  );
  const sizeOf = (id: string): number => facts.size.get(id) ?? Infinity;
  const sizes = entrances.map(({ target }) => [sizeOf(target), 1] as const);
  const limit = chooseSizeLimit(sizes, maxUnrolledSize, maxUnrolled);
  const unroll = (from: string) => (reference: string) => {
    const target = followAliases(reference, resolve);
    return leadsIn(from, target) && sizeOf(target) <= limit ? resolve(target) : undefined;
  };
  return new Map([...units].map(([id, schema]) => [id, replaceParts(schema, unroll(id))]));
}

/** A copy in which targets stand for references, where that is possible. */
function replaceParts(schema: JsonObject, replace: (id: string) => JsonObject | undefined): JsonObject {
  const isDiscriminated = Object.hasOwn(schema, 'discriminator');
  const settle = (keyword: string, child: JsonValue): JsonValue => {
    if (!isJsonObject(child)) return child;
    const id = Object.keys(child).length === 1 ? own(child, '$ref') : undefined;
    const target = typeof id === 'string' && isPart(keyword, isDiscriminated) ? replace(id) : undefined;
    return target ?? replaceParts(child, replace);
  };
  return toObject(
    Object.entries(schema).map(([name, value]) => {
      if (!followedKeywords.has(name)) return [name, value];
      if (Array.isArray(value)) {
        return [name, (value as readonly JsonValue[]).map((item) => settle(name, item))];
      }
      if (name !== 'properties' || !isJsonObject(value)) return [name, settle(name, value)];
      return [name, toObject(Object.entries(value).map(([key, item]) => [key, settle(name, item)]))];
    }),
  );
}
