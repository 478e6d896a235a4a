import { isJsonObject, type JsonObject, type JsonValue } from '../../../json/value.ts';
import { own, toObject } from '../../schema/own-property.ts';
import { allowedValues } from './assertions.ts';
import { findEvaluated } from './evaluated-names.ts';
import { listPatterns, selectMatching, toNameSet } from './property-patterns.ts';
import {
  convertWidening,
  isAnything,
  isNothing,
  keepForReader,
  mayCopy,
  nothing,
  reportAnnotation,
  reportWider,
  type SchemaDraft,
} from './schema-draft.ts';
import { distinct, toIntersection, toUnion } from './union.ts';

/** Rewrites `properties`, `patternProperties` and `additionalProperties`, which read each other. */
export function rewriteProperties(draft: SchemaDraft): void {
  const { members } = draft;
  const { properties, additional } = convertProperties(draft);
  if (Object.hasOwn(draft.source, 'properties') || properties.size > 0) {
    members.set(
      'properties',
      toObject([...properties].map(([name, schemas]) => [name, toIntersection(schemas)])),
    );
  }
  if (additional === undefined) return;
  // A boolean says the same to more readers than `{not: {}}`.
  members.set('additionalProperties', isNothing(additional) ? false : additional);
}

interface ConvertedProperties {
  /** Name → schemas that its value has to satisfy. */
  readonly properties: ReadonlyMap<string, readonly JsonObject[]>;
  /** For all other names. */
  readonly additional: JsonValue | undefined;
}

function convertProperties(draft: SchemaDraft): ConvertedProperties {
  const properties = new Map<string, JsonObject[]>();
  for (const [name, schema] of Object.entries(objectAt(draft.source, 'properties'))) {
    properties.set(name, [convertWidening(draft, schema, 'properties', name)]);
  }
  const rest = additionalOf(draft);
  const patterns = objectAt(draft.source, 'patternProperties');
  if (Object.keys(patterns).length === 0) return { properties, additional: rest };
  const converted = listPatterns(patterns).map(({ pattern, names }) => ({
    pattern,
    names,
    schema: convertWidening(draft, patterns[pattern] ?? {}, 'patternProperties', pattern),
  }));
  for (const { names } of converted) {
    if (names.kind !== 'listed') continue;
    for (const name of names.names) properties.set(name, properties.get(name) ?? []);
  }
  let isEverySaid = true;
  for (const { pattern, schema } of converted) {
    const matching = selectMatching(draft, pattern, properties.keys());
    if (mayCopy(draft, schema, matching.length)) {
      for (const name of matching) properties.get(name)?.push(schema);
    } else {
      isEverySaid = false;
    }
  }
  const schemasOf = (kind: string): readonly JsonObject[] =>
    converted.filter(({ names }) => names.kind === kind).map(({ schema }) => schema);
  const all = schemasOf('all');
  const unknown = schemasOf('unknown');
  // Every other name matches the patterns of `all`; it may match those of `unknown`.
  const isDistinct =
    all.length > 0
      ? unknown.some((schema) => !isAnything(schema))
      : unknown.length > 0 && distinct([toSchema(rest), ...unknown]).length > 1;
  if (!isEverySaid || isDistinct) {
    reportWider(draft, 'patternProperties', 'OpenAPI 3.0 cannot tell properties apart by a pattern');
    keepForReader(draft, 'patternProperties');
  }
  if (all.length > 0) return { properties, additional: toIntersection(all) };
  return {
    properties,
    additional: isAnything(toSchema(rest)) ? rest : toUnion([toSchema(rest), ...unknown]),
  };
}

function toSchema(rest: JsonValue | undefined): JsonObject {
  if (isJsonObject(rest)) return rest;
  return rest === false ? nothing : {};
}

/** The converted `additionalProperties`, or an `unevaluatedProperties` that means the same. */
function additionalOf(draft: SchemaDraft): JsonValue | undefined {
  const { source } = draft;
  const additional = own(source, 'additionalProperties');
  if (additional !== undefined) {
    // It evaluates all that is left, so an `unevaluatedProperties` beside it judges nothing.
    return typeof additional === 'boolean'
      ? additional
      : convertWidening(draft, additional, 'additionalProperties');
  }
  const rest = own(source, 'unevaluatedProperties');
  if (rest === undefined || isAnything(rest)) return undefined;
  const evaluated = findEvaluated(draft.scope.components, source);
  if (evaluated.isEverything) return undefined;
  if (evaluated.isLocal) return convertWidening(draft, rest, 'unevaluatedProperties');
  if (!evaluated.isOpen) {
    const schema = convertWidening(draft, rest, 'unevaluatedProperties');
    draft.conjuncts.push({
      properties: toObject([...evaluated.names].map((name) => [name, {}])),
      additionalProperties: isNothing(schema) ? false : schema,
    });
  }
  if (evaluated.isOpen || !evaluated.isCertain) {
    reportWider(
      draft,
      'unevaluatedProperties',
      'OpenAPI 3.0 cannot refer to what the branches that hold evaluate',
    );
    keepForReader(draft, 'unevaluatedProperties');
  }
  return undefined;
}

/** Rewrites `propertyNames` (2020-12 core, section 10.3.2.4) where it lists names. */
export function rewritePropertyNames(draft: SchemaDraft): void {
  const names = own(draft.source, 'propertyNames');
  if (names === undefined) return;
  const judging = isJsonObject(names) ? judgingMembers(names) : names;
  if (isAnything(judging)) {
    // A name is a string anyway.
    const isTold = isJsonObject(names) && Object.keys(names).some((key) => key !== 'type');
    if (isTold) reportAnnotation(draft, 'propertyNames', 'OpenAPI 3.0 has no such keyword');
    else keepForReader(draft, 'propertyNames');
  } else if (isNothing(judging)) {
    draft.conjuncts.push({ maxProperties: 0 });
  } else {
    const allowed = isJsonObject(judging) ? listAllowed(judging) : undefined;
    if (allowed !== undefined) {
      draft.conjuncts.push({
        properties: toObject(allowed.map((name) => [name, {}])),
        additionalProperties: false,
      });
    } else {
      reportWider(draft, 'propertyNames', 'OpenAPI 3.0 can only list the names of properties');
      keepForReader(draft, 'propertyNames');
    }
  }
}

const annotations = new Set(['title', 'description', 'default', 'example', 'examples', 'format', '$comment']);

/** A name's schema without what cannot refuse a string. */
function judgingMembers(schema: JsonObject): JsonObject {
  return toObject(
    Object.entries(schema).filter(
      ([key, value]) =>
        !annotations.has(key) && !key.startsWith('x-') && !(key === 'type' && allowsStrings(value)),
    ),
  );
}

function allowsStrings(type: JsonValue): boolean {
  return type === 'string' || (Array.isArray(type) && type.includes('string'));
}

function listAllowed(names: JsonObject): readonly string[] | undefined {
  const { pattern, ...others } = names;
  if (typeof pattern === 'string' && Object.keys(others).length === 0) {
    const set = toNameSet(pattern);
    return set.kind === 'listed' ? set.names : undefined;
  }
  if (Object.keys(names).some((key) => key !== 'enum' && key !== 'const')) return undefined;
  return allowedValues(names)?.filter((value) => typeof value === 'string');
}

function objectAt(source: JsonObject, keyword: string): JsonObject {
  const value = own(source, keyword);
  return isJsonObject(value) ? value : {};
}
