import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import type { TypeFinder } from './implied-types.ts';
import { followedKeywords, keywords } from './keywords.ts';
import { canMerge } from './merge.ts';
import { own, toObject } from './own-property.ts';

/** What the shaping of a schema needs to know of the others. */
export interface ShapeContext {
  /** A unit's schema, its references naming units. */
  readonly resolve: (id: string) => JsonObject;
  /** The reference to a unit's component; whoever asks makes the component part of the document. */
  readonly referTo: (id: string) => string;
  readonly findTypes: TypeFinder;
  /** True when the unit is small enough to be repeated where it is referred to. */
  readonly isSmall: (id: string) => boolean;
  /** Schemas whose evaluated items an unevaluatedItems reads; shaping adds the copies it makes of them. */
  readonly itemsObserved: Set<JsonObject>;
}

/** Where a schema stands. */
export interface Place {
  /** True when clients follow references here and all the way up. */
  readonly isFollowed: boolean;
  /** True directly under a keyword where references may stand. */
  readonly canRefer: boolean;
}

/** Brings a translated schema to the shape that clients read without loss. */
export function shapeSchema(source: JsonObject, place: Place, context: ShapeContext): JsonObject {
  const schema = settleReference(source, place, context);
  const reference = own(schema, '$ref');
  if (typeof reference === 'string') return { $ref: context.referTo(reference) };
  const members = new Map<string, JsonValue>();
  for (const [name, value] of Object.entries(schema)) {
    if (name === 'discriminator') members.set(...shapeDiscriminator(schema, value, place, context));
    else members.set(name, shapeMember(name, value, place, context));
  }
  return complete(schema, members, context);
}

/** A schema as one object without `$ref`: the target's keywords among its own, or the target under `allOf`. */
export function absorbReference(
  source: JsonObject,
  isMerged: (id: string) => boolean,
  context: ShapeContext,
): JsonObject {
  const { $ref: id, ...siblings } = source;
  if (typeof id !== 'string') return source;
  const target = context.resolve(id);
  const copies = [source, target];
  if (!isMerged(id) || !canMerge(target, siblings)) {
    const { allOf, ...others } = siblings;
    // allOf, where there is one, is a list of schemas.
    const branches = [{ $ref: id }, ...((allOf ?? []) as readonly JsonObject[])];
    return keepObserved(copies, { allOf: branches, ...others }, context);
  }
  return absorbReference(keepObserved(copies, { ...target, ...siblings }, context), isMerged, context);
}

/** What is made of an observed schema is observed in its place. */
function keepObserved(originals: readonly JsonObject[], copy: JsonObject, context: ShapeContext): JsonObject {
  if (originals.some((original) => context.itemsObserved.has(original))) context.itemsObserved.add(copy);
  return copy;
}

/** The unit that a unit stands for: a definition that only refers on has no shape of its own. */
export function followAliases(id: string, resolve: (id: string) => JsonObject): string {
  const target = resolve(id);
  const next = own(target, '$ref');
  const isAlias = typeof next === 'string' && Object.keys(target).length === 1;
  return isAlias ? followAliases(next, resolve) : id;
}

/** To a reference that may stand here, or to no reference at all. */
function settleReference(source: JsonObject, place: Place, context: ShapeContext): JsonObject {
  const { $ref: id, ...siblings } = source;
  if (typeof id !== 'string') return source;
  if (Object.keys(siblings).length > 0) {
    return settleReference(absorbReference(source, context.isSmall, context), place, context);
  }
  if (!place.isFollowed && context.isSmall(id)) return settleReference(context.resolve(id), place, context);
  return place.canRefer ? source : keepObserved([source], { allOf: [source] }, context);
}

function shapeMember(name: string, value: JsonValue, place: Place, context: ShapeContext): JsonValue {
  const keyword = keywords.get(name);
  if (keyword?.role !== 'applicator') return value;
  const canRefer = followedKeywords.has(name);
  const inner: Place = { isFollowed: place.isFollowed && canRefer, canRefer };
  if (Array.isArray(value)) {
    return (value as readonly JsonObject[]).map((item) => shapeSchema(item, inner, context));
  }
  // additionalProperties may be a boolean.
  if (!isJsonObject(value)) return value;
  if (keyword.shape !== 'schema-map') return shapeSchema(value, inner, context);
  return toObject(
    // What stands in a map of schemas is a schema.
    Object.entries(value).map(([key, item]) => [key, shapeSchema(item as JsonObject, inner, context)]),
  );
}

/** OpenAPI 3.1 section 4.8.25: a mapping names branches that are references. */
function shapeDiscriminator(
  schema: JsonObject,
  value: JsonValue,
  place: Place,
  context: ShapeContext,
): [string, JsonValue] {
  const mapping = isJsonObject(value) ? own(value, 'mapping') : undefined;
  if (!isJsonObject(value) || !isJsonObject(mapping)) return ['discriminator', value];
  const branches = [own(schema, 'oneOf'), own(schema, 'anyOf')].flat();
  const referred = new Set(branches.map((branch) => isJsonObject(branch) && own(branch, '$ref')));
  // translateDiscriminator wrote unit ids.
  const ids = Object.entries(mapping as Record<string, string>);
  if (place.isFollowed && ids.every(([, id]) => referred.has(id))) {
    const references = ids.map(([key, id]) => [key, context.referTo(id)] as const);
    return ['discriminator', { ...value, mapping: toObject(references) }];
  }
  const places = ids.map(([key, id]) => [key, id.split('\n', 1)[0] ?? ''] as const);
  return ['x-discriminator', { ...value, mapping: toObject(places) }];
}

/** Adds the `type` that is implied anyway, and the `items` that change nothing. */
function complete(schema: JsonObject, members: Map<string, JsonValue>, context: ShapeContext): JsonObject {
  if (!members.has('type')) {
    const types = context.findTypes(schema);
    const [first = ''] = types ?? [];
    if (types?.length === 1) return complete(schema, new Map([['type', first], ...members]), context);
    // Clients read anyOf branch by branch; a list of types beside it only distracts them.
    if (types !== undefined && !members.has('anyOf')) members.set('type', types);
  }
  const type = members.get('type');
  const isArray = type === 'array' || (Array.isArray(type) && type.includes('array'));
  if (isArray && !members.has('items') && !context.itemsObserved.has(schema)) members.set('items', {});
  return toObject(members);
}
