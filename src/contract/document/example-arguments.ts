import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import type { Components } from '../validation/empty-object.ts';
import { toExampleNumber, toExampleString } from './example-scalar.ts';
import type { PatternCompiler } from '../validation/pattern.ts';
import { judgePlainly } from './plain-verdict.ts';

/** What the search for an example needs. */
export interface ExampleContext {
  readonly components: Components;
  readonly compilePattern: PatternCompiler;
  /** Checks a value against the schema when the plain keywords do not decide it. */
  readonly conforms: (schema: JsonObject, components: Components, value: JsonValue) => boolean;
}

const componentPrefix = '#/components/schemas/';
const maxDepth = 12;
const maxSteps = 1_000;
const maxLength = 10_000;

/**
 * An arguments object that satisfies a tool's input schema, for people to start from; undefined when none is found
 * among a few candidates.
 *
 * The schema's own `examples` and `default` come first (JSON Schema validation 9.2, 9.5); else one is made of the
 * properties that are required or have an example or a default of their own, then of the required ones alone.
 */
export function toExampleArguments(schema: JsonObject, context: ExampleContext): JsonObject | undefined {
  const own = [...list(schema['examples']), schema['default']].filter((value) => value !== undefined);
  for (const candidate of own) if (isExample(candidate)) return candidate;
  for (const isSparse of [false, true]) {
    const candidate = createSketch(context, isSparse)(schema);
    if (candidate !== undefined && isExample(candidate)) return candidate;
  }
  return undefined;

  function isExample(value: JsonValue): value is JsonObject {
    if (!isJsonObject(value) || JSON.stringify(value).length > maxLength) return false;
    return judgePlainly(schema, value, context) ?? context.conforms(schema, context.components, value);
  }
}

/** Makes values that are likely to satisfy a schema; undefined where it has no idea. */
function createSketch(
  { components, compilePattern }: ExampleContext,
  isSparse: boolean,
): (schema: JsonObject) => JsonValue | undefined {
  let steps = 0;
  return (schema) => sketch(schema, 0);

  function sketch(value: JsonValue | undefined, depth: number): JsonValue | undefined {
    if (!isJsonObject(value) || depth > maxDepth || steps > maxSteps) return undefined;
    const schema = flatten(value);
    // At the root they were candidates before.
    const given = depth === 0 ? undefined : findGiven(schema);
    if (given !== undefined) return given;
    switch (toType(schema)) {
      case 'object':
        return sketchObject(schema, depth);
      case 'array':
        return sketchArray(schema, depth);
      case 'boolean':
        return true;
      case 'null':
        return null;
      case 'integer':
      case 'number':
        return toExampleNumber(schema);
      default:
        return toExampleString(schema, compilePattern);
    }
  }

  function sketchObject(schema: JsonObject, depth: number): JsonObject | undefined {
    const properties = isJsonObject(schema['properties']) ? schema['properties'] : {};
    const required = list(schema['required']).filter((key) => typeof key === 'string');
    const told = isSparse ? [] : Object.keys(properties).filter((key) => hasExample(properties[key]));
    const members: [string, JsonValue][] = [];
    for (const key of new Set([...required, ...told])) {
      const rest = isJsonObject(schema['additionalProperties']) ? schema['additionalProperties'] : {};
      const member = sketch(Object.hasOwn(properties, key) ? properties[key] : rest, depth + 1);
      if (member !== undefined) members.push([key, member]);
      else if (required.includes(key)) return undefined;
    }
    return Object.fromEntries(members);
  }

  function sketchArray(schema: JsonObject, depth: number): readonly JsonValue[] | undefined {
    const wanted = Math.max(Number(schema['minItems'] ?? 0), isSparse || schema['maxItems'] === 0 ? 0 : 1);
    const prefix = list(schema['prefixItems']);
    const items: JsonValue[] = [];
    while (items.length < wanted) {
      const item = sketch(prefix[items.length] ?? schema['items'] ?? {}, depth + 1);
      if (item === undefined) return wanted > Number(schema['minItems'] ?? 0) ? items : undefined;
      items.push(item);
    }
    return items;
  }

  /** A schema with what it refers to, all of its `allOf` and the first of its alternatives written into it. */
  function flatten(schema: JsonObject): JsonObject {
    steps += 1;
    const { $ref, allOf, anyOf, oneOf } = schema;
    const target = typeof $ref === 'string' ? components.get($ref.slice(componentPrefix.length)) : undefined;
    const parts = [target, ...list(allOf), list(anyOf)[0], list(oneOf)[0]].filter(
      (part) => part !== undefined,
    );
    let merged = schema;
    for (const part of parts) {
      if (!isJsonObject(part) || steps > maxSteps) continue;
      const flat = flatten(part);
      const properties = { ...asObject(flat['properties']), ...asObject(merged['properties']) };
      const required = [...list(merged['required']), ...list(flat['required'])];
      merged = { ...flat, ...merged, properties, required };
    }
    return merged;
  }
}

function findGiven(schema: JsonObject): JsonValue | undefined {
  const [example] = list(schema['examples']);
  const [option] = list(schema['enum']);
  return example ?? schema['default'] ?? schema['const'] ?? option;
}

function hasExample(schema: JsonValue | undefined): boolean {
  return isJsonObject(schema) && (list(schema['examples']).length > 0 || schema['default'] !== undefined);
}

function toType(schema: JsonObject): JsonValue | undefined {
  const types = [schema['type'] ?? []].flat();
  const type = types.find((each) => each !== 'null') ?? types[0];
  if (type !== undefined) return type;
  if (list(schema['required']).length > 0 || Object.keys(asObject(schema['properties'])).length > 0)
    return 'object';
  return schema['items'] === undefined ? undefined : 'array';
}

function list(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}

function asObject(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}
