import type { JsonObject, JsonValue } from '../../json/value.ts';
import { createMemberFinder, type ImpliedProperty } from './implied-members.ts';
import { keywords } from './keywords.ts';
import { own, toObject } from './own-property.ts';
import { absorbReference, type AbsorbContext } from './shape.ts';

/** More alternatives than this tell nobody anything. */
const maxAlternatives = 16;
/** Characters repeated for the reader; a root with more has its properties named, not described. */
const maxDescription = 200_000;

/**
 * The body's schema, before shaping: an object with every property that some branch names.
 *
 * Arguments and structuredContent are objects (MCP 2025-11-25, schema reference), so `type: object` adds nothing.
 */
export function toBodySchema(rootId: string, context: AbsorbContext): JsonObject {
  const absorbed = absorbReference({ $ref: rootId }, () => true, context);
  const body = { ...absorbed, type: toObjectType(own(absorbed, 'type')) };
  const implied = createMemberFinder(context.resolve)(body);
  const ownProperties = (own(body, 'properties') ?? {}) as JsonObject;
  const missing = [...implied.properties].filter(([name]) => !Object.hasOwn(ownProperties, name));
  const hasProperties = Object.hasOwn(body, 'properties');
  const required = [...implied.required].toSorted();
  const requirement = required.length > 0 ? { required: joinNames(own(body, 'required'), required) } : {};
  if (missing.length === 0) return { ...body, properties: ownProperties, ...requirement };
  const described = describe(missing);
  if (!readsProperties(body)) {
    return {
      ...body,
      properties: toObject([...Object.entries(ownProperties), ...described]),
      ...requirement,
    };
  }
  const rest = own(body, 'additionalProperties');
  const certain = findCertainNames(body, context.resolve);
  if (hasProperties && rest === undefined && missing.every(([name]) => certain.has(name))) {
    // unevaluatedProperties passes them over already.
    return {
      ...body,
      properties: toObject([...Object.entries(ownProperties), ...described]),
      ...requirement,
    };
  }
  // Nothing else can be present.
  if (hasProperties && rest === false) return { ...body, ...requirement };
  // Beside additionalProperties or unevaluatedProperties another property would widen the schema.
  return wrap(body, {
    properties: toObject([...Object.entries(ownProperties), ...described]),
    ...requirement,
  });
}

/** The properties of what applies to every object: whoever asks finds them evaluated already. */
function findCertainNames(schema: JsonObject, resolve: (id: string) => JsonObject): ReadonlySet<string> {
  const names = new Set<string>();
  const visited = new Set<JsonObject>();
  const visit = (branch: JsonObject): void => {
    if (visited.has(branch)) return;
    visited.add(branch);
    for (const name of Object.keys((own(branch, 'properties') ?? {}) as JsonObject)) names.add(name);
    const reference = own(branch, '$ref');
    if (typeof reference === 'string') visit(resolve(reference));
    // allOf, where there is one, is a list of schemas.
    for (const inner of (own(branch, 'allOf') ?? []) as readonly JsonObject[]) visit(inner);
  };
  visit(schema);
  return names;
}

function toObjectType(type: JsonValue | undefined): JsonValue {
  if (type === undefined || (Array.isArray(type) && type.includes('object'))) return 'object';
  return type;
}

function joinNames(names: JsonValue | undefined, implied: readonly string[]): readonly string[] {
  // The shape of `required` has been checked.
  return [...new Set([...((names ?? []) as readonly string[]), ...implied])];
}

function readsProperties(schema: JsonObject): boolean {
  const additional = own(schema, 'additionalProperties');
  return Object.hasOwn(schema, 'unevaluatedProperties') || (additional !== undefined && additional !== true);
}

function wrap(body: JsonObject, members: JsonObject): JsonObject {
  const outer = Object.entries(body).filter(([name]) => isForReader(name));
  // What has moved out is still to be seen by unevaluatedProperties or additionalProperties.
  const inner = Object.entries(body)
    .filter(([name]) => !isForReader(name))
    .map(([name, value]) => [name, name === 'properties' ? nameAlone(value) : value] as const);
  return { type: 'object', ...toObject(outer), ...members, allOf: [toObject(inner)] };
}

function nameAlone(properties: JsonValue): JsonObject {
  return toObject(Object.keys(properties as JsonObject).map((name) => [name, {}]));
}

function isForReader(name: string): boolean {
  return (keywords.get(name)?.role ?? 'annotation') === 'annotation';
}

function describe(
  properties: readonly (readonly [string, ImpliedProperty])[],
): readonly [string, JsonObject][] {
  const texts = properties.flatMap(([, property]) => [...property.alternatives.keys()]);
  const isTooLong = texts.reduce((sum, text) => sum + text.length, 0) > maxDescription;
  return properties.map(([name, property]) => [name, isTooLong ? {} : toSchema(property)]);
}

/** An empty alternative keeps a property free that some branch leaves free. */
function toSchema({ alternatives, isOpen }: ImpliedProperty): JsonObject {
  const schemas = [...alternatives.values()];
  const [first = {}] = schemas;
  if (schemas.length > maxAlternatives) return { anyOf: [...schemas.slice(0, maxAlternatives), {}] };
  if (schemas.length > 1) return { anyOf: isOpen ? [...schemas, {}] : schemas };
  if (!isOpen) return first;
  const description = own(first, 'description');
  return { ...(description === undefined ? {} : { description }), anyOf: [first, {}] };
}
