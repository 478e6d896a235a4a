import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import { settleAlternatives } from './alternatives.ts';
import { findImpliedItems } from './implied-items.ts';
import type { TypeFinder } from './implied-types.ts';
import { followedKeywords, keywords } from './keywords.ts';
import { canMerge } from './merge.ts';
import { own, toObject } from './own-property.ts';
import { isPart } from './reference-graph.ts';

/** What it takes to put the target of a reference in its place. */
export interface AbsorbContext {
  /** A unit's schema, its references naming units. */
  readonly resolve: (id: string) => JsonObject;
  /** Schemas whose evaluated items an unevaluatedItems reads; shaping adds the copies it makes of them. */
  readonly itemsObserved: Set<JsonObject>;
}

/** What the shaping of a schema needs to know of the others. */
export interface ShapeContext extends AbsorbContext {
  /** The reference to a unit's component; whoever asks makes the component part of the document. */
  readonly referTo: (id: string) => string;
  readonly findTypes: TypeFinder;
  /** True when a client that follows references stops at this one of a unit, as it is inside of the target already. */
  readonly isCut: (from: string, target: string) => boolean;
  /** True when the unit is small enough to be repeated where it is referred to. */
  readonly isSmall: (id: string) => boolean;
}

/** Where a schema stands. */
export interface Place {
  /** The unit that it is part of; the body's has no id. */
  readonly unit: string;
  /** True when clients follow references here and all the way up. */
  readonly isFollowed: boolean;
  /** True directly under a keyword where references may stand. */
  readonly canRefer: boolean;
  /** True where the target may stand for the reference, or an object that holds it. */
  readonly isPart: boolean;
  /** True where clients write the only branch beside null into the schema around it. */
  readonly isUnwrapped: boolean;
}

/** Where the schema of a unit starts, or the body. */
export function startOf(unit: string): Place {
  return { unit, isFollowed: true, canRefer: false, isPart: false, isUnwrapped: true };
}

/** Brings a translated schema to the shape that clients read without loss. */
export function shapeSchema(source: JsonObject, place: Place, context: ShapeContext): JsonObject {
  const settled = settleReference(source, place, context);
  const schema = place.isUnwrapped ? settleUnion(settled, place, context) : settled;
  const reference = own(schema, '$ref');
  if (typeof reference === 'string') return { $ref: context.referTo(reference) };
  const members = new Map<string, JsonValue>();
  for (const [name, value] of Object.entries(schema)) {
    if (name === 'discriminator') members.set(...shapeDiscriminator(schema, value, place, context));
    else members.set(name, shapeMember(name, value, schema, place, context));
  }
  return complete(schema, members, place, context);
}

/** A schema as one object without `$ref`: the target's keywords among its own, or the target under `allOf`. */
export function absorbReference(
  source: JsonObject,
  isMerged: (id: string) => boolean,
  context: AbsorbContext,
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
function keepObserved(
  originals: readonly JsonObject[],
  copy: JsonObject,
  context: AbsorbContext,
): JsonObject {
  if (originals.some((original) => context.itemsObserved.has(original))) context.itemsObserved.add(copy);
  return copy;
}

/** To a reference that may stand here, or to no reference at all. */
function settleReference(source: JsonObject, place: Place, context: ShapeContext): JsonObject {
  const { $ref: id, ...siblings } = source;
  if (typeof id !== 'string') return source;
  if (Object.keys(siblings).length > 0) {
    return settleReference(absorbReference(source, context.isSmall, context), place, context);
  }
  if (!place.isFollowed && context.isSmall(id)) return settleReference(context.resolve(id), place, context);
  // Where it is cut, the type is all that is left; an allOf has one beside it.
  const isCut = place.isPart && context.findTypes(source) !== undefined && context.isCut(place.unit, id);
  return place.canRefer && !isCut ? source : keepObserved([source], { allOf: [source] }, context);
}

function settleUnion(schema: JsonObject, place: Place, context: ShapeContext): JsonObject {
  const branch: Place = { ...place, canRefer: true, isPart: true };
  return settleAlternatives(schema, {
    settle: (inner) => settleReference(inner, branch, context),
    settleTarget: (id) => settleReference(context.resolve(id), startOf(id), context),
    findTypes: context.findTypes,
    keep: (originals, copy) => keepObserved(originals, copy, context),
  });
}

function shapeMember(
  name: string,
  value: JsonValue,
  schema: JsonObject,
  place: Place,
  context: ShapeContext,
): JsonValue {
  const keyword = keywords.get(name);
  if (keyword?.role !== 'applicator') return value;
  const inner = placeUnder(name, schema, place);
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

function placeUnder(keyword: string, schema: JsonObject, place: Place): Place {
  const canRefer = followedKeywords.has(keyword);
  const isFollowed = place.isFollowed && canRefer;
  return {
    unit: place.unit,
    isFollowed,
    canRefer,
    isPart: isFollowed && isPart(keyword, Object.hasOwn(schema, 'discriminator')),
    isUnwrapped:
      place.isUnwrapped && (keyword === 'properties' || keyword === 'items' || keyword === 'anyOf'),
  };
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

/** Adds the `type` that is implied anyway, and `items` that change nothing. */
function complete(
  schema: JsonObject,
  members: Map<string, JsonValue>,
  place: Place,
  context: ShapeContext,
): JsonObject {
  if (!members.has('type')) {
    const types = context.findTypes(schema);
    const [first = ''] = types ?? [];
    if (types?.length === 1) return complete(schema, new Map([['type', first], ...members]), place, context);
    // Clients read anyOf branch by branch; a list of types beside it only distracts them.
    if (types !== undefined && !members.has('anyOf')) members.set('type', types);
  }
  const type = members.get('type');
  const isArray = type === 'array' || (Array.isArray(type) && type.includes('array'));
  if (isArray && !members.has('items') && !context.itemsObserved.has(schema)) {
    const items = findImpliedItems(schema, context) ?? {};
    members.set('items', shapeSchema(items, placeUnder('items', schema, place), context));
  }
  return toObject(members);
}
