import type { JsonObject, JsonValue } from '../../json/value.ts';
import { createMemberFinder, type ImpliedProperty } from './implied-members.ts';
import { keywords } from './keywords.ts';
import { own, toObject } from './own-property.ts';
import { absorbReference, type ShapeContext } from './shape.ts';

/** More alternatives than this tell nobody anything. */
const maxAlternatives = 16;
/** Characters repeated for the reader; a root with more has its properties named, not described. */
const maxDescription = 200_000;

/**
 * The body's schema, before shaping: an object with every property that some branch names.
 *
 * Arguments and structuredContent are objects (MCP 2025-11-25, schema reference), so `type: object` adds nothing.
 */
export function toBodySchema(rootId: string, context: ShapeContext): JsonObject {
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
  // Beside additionalProperties or unevaluatedProperties another property would widen the schema.
  if (hasProperties) return { ...body, ...requirement };
  return wrap(body, { properties: toObject(described), ...requirement });
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
  const inner = Object.entries(body).filter(([name]) => !isForReader(name));
  return { type: 'object', ...toObject(outer), ...members, allOf: [toObject(inner)] };
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
