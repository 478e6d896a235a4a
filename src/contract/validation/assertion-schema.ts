import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import type { Components } from './empty-object.ts';

const componentPrefix = '#/components/schemas/';

/** Keywords whose value is a schema, an array of schemas, or a map of schemas (JSON Schema 2020-12 core 10, 11). */
const schemaKeywords: ReadonlySet<string> = new Set(
  'additionalProperties unevaluatedProperties items unevaluatedItems contains propertyNames not if then else'.split(
    ' ',
  ),
);
const schemaArrayKeywords: ReadonlySet<string> = new Set(['allOf', 'anyOf', 'oneOf', 'prefixItems']);
const schemaMapKeywords: ReadonlySet<string> = new Set([
  'properties',
  'patternProperties',
  'dependentSchemas',
]);
/** Keywords whose value is not a schema (validation 6; `format` is the Ajv instance's to judge). */
const plainKeywords: ReadonlySet<string> = new Set(
  (
    'type enum const multipleOf maximum exclusiveMaximum minimum exclusiveMinimum maxLength minLength pattern maxItems ' +
    'minItems uniqueItems maxContains minContains maxProperties minProperties required dependentRequired format'
  ).split(' '),
);
/** The one key that Ajv skips in a map of properties. */
const proto = '__proto__';

/**
 * Copies what a schema asserts, with the components that it reaches under `$defs`: a schema that stands alone.
 *
 * Everything else is left out, for Ajv looks for `$id` even in examples, and gives a meaning to `nullable`, `id` and
 * `discriminator` that 2020-12 does not. Assertions on a property called `__proto__`, which Ajv would skip, are said in
 * other keywords.
 */
export function toAssertionSchema(schema: JsonObject, components: Components): JsonObject {
  const assertions = copyAssertions(schema, components, false);
  const isEvaluationSeen = /"unevaluated(?:Items|Properties)":/.test(JSON.stringify(assertions));
  return isEvaluationSeen ? copyAssertions(schema, components, true) : assertions;
}

/**
 * @param isEvaluationSeen whether it matters what a schema evaluates (core 11): of an `if` that fails, or that nothing
 *   follows from, Ajv gets that wrong, so the two cases are written out
 */
function copyAssertions(schema: JsonObject, components: Components, isEvaluationSeen: boolean): JsonObject {
  const reached = new Map<string, JsonObject>();
  const conditions = new Map<string, JsonValue>();
  const queue: string[] = [];
  const root = copyObject(schema);
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    const component = components.get(name);
    if (component === undefined) throw new Error(`the component ${name} is missing`);
    reached.set(name, copyObject(component));
  }
  if (reached.size + conditions.size === 0) return root;
  return { ...root, $defs: Object.fromEntries([...reached, ...conditions]) };

  function copySchema(value: JsonValue): JsonValue {
    return isJsonObject(value) ? copyObject(value) : value;
  }

  function copyObject(value: JsonObject): JsonObject {
    const copy: Record<string, JsonValue> = {};
    for (const [keyword, operand] of Object.entries(value)) {
      if (keyword === '$ref' && typeof operand === 'string') copy['$ref'] = copyRef(operand);
      else if (plainKeywords.has(keyword)) copy[keyword] = operand;
      else if (schemaKeywords.has(keyword)) copy[keyword] = copySchema(operand);
      else if (schemaArrayKeywords.has(keyword) && Array.isArray(operand))
        copy[keyword] = operand.map(copySchema);
      else if (schemaMapKeywords.has(keyword) && isJsonObject(operand)) copy[keyword] = copyMap(operand);
    }
    const restated = restateContains(restateProto(copy));
    return isEvaluationSeen && 'if' in restated ? restateCondition(restated) : restated;
  }

  function restateCondition({
    if: condition,
    then: consequence,
    else: alternative,
    ...rest
  }: JsonObject): JsonObject {
    const name = `if-${conditions.size}`; // unlike a component's name, without a dot
    conditions.set(name, condition ?? true);
    const holds = { $ref: `#/$defs/${name}` };
    const cases = [{ allOf: [holds, consequence ?? true] }, { allOf: [{ not: holds }, alternative ?? true] }];
    return { ...rest, allOf: [...(Array.isArray(rest['allOf']) ? rest['allOf'] : []), { anyOf: cases }] };
  }

  function copyMap(map: JsonObject): JsonObject {
    return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, copySchema(value)]));
  }

  function copyRef(ref: string): string {
    if (!ref.startsWith(componentPrefix)) throw new Error(`the reference ${ref} leads out of the components`);
    const name = ref.slice(componentPrefix.length);
    if (!reached.has(name)) {
      reached.set(name, {}); // taken: the loop above puts the copy in its place
      queue.push(name);
    }
    return `#/$defs/${name}`;
  }
}

/** Stopping at the first error, Ajv may forget `contains` beside `prefixItems` when the array is empty. */
function restateContains(schema: JsonObject): JsonObject {
  if (!('contains' in schema && 'prefixItems' in schema)) return schema;
  const { contains, minContains, maxContains, ...rest } = schema;
  const alone = {
    contains,
    ...(minContains !== undefined && { minContains }),
    ...(maxContains !== undefined && { maxContains }),
  } as JsonObject;
  return { ...rest, allOf: [...(Array.isArray(rest['allOf']) ? rest['allOf'] : []), alone] };
}

function restateProto(schema: Record<string, JsonValue>): JsonObject {
  const property = takeProto(schema, 'properties');
  if (property !== undefined) {
    const patterns = isJsonObject(schema['patternProperties']) ? schema['patternProperties'] : {};
    schema['patternProperties'] = { ...patterns, [`^${proto}$`]: property };
  }
  const required = takeProto(schema, 'dependentRequired');
  const dependent = takeProto(schema, 'dependentSchemas');
  const implied = [required === undefined ? undefined : { required }, dependent].filter(
    (then) => then !== undefined,
  );
  if (implied.length === 0) return schema;
  const conditions = implied.map((schemaThen) => ({
    // What is not an object has no such member, though it satisfies `required`.
    if: { not: { type: 'object', required: [proto] } },
    else: schemaThen,
  }));
  return { ...schema, allOf: [...(Array.isArray(schema['allOf']) ? schema['allOf'] : []), ...conditions] };
}

/** Takes the `__proto__` member out of a map of the schema. */
function takeProto(schema: Record<string, JsonValue>, keyword: string): JsonValue | undefined {
  const map = schema[keyword];
  if (!isJsonObject(map) || !Object.hasOwn(map, proto)) return undefined;
  const { [proto]: taken, ...rest } = map;
  schema[keyword] = rest;
  return taken;
}
