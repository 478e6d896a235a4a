import { isJsonObject, type JsonObject, type JsonValue } from '../../../../../src/json/value.ts';
import { follow, sortedText, toLength, toText } from './json-schema-2020.ts';

/**
 * Judges a value as OpenAPI 3.0.3 says (section 4.7.24, on JSON Schema Wright-00): an interpreter of its own, so that
 * nothing is taken from the code under test.
 */
export function accepts30(document: JsonObject, schema: JsonValue, value: JsonValue): boolean {
  if (typeof schema === 'boolean') return schema;
  if (!isJsonObject(schema)) throw new Error(`no schema: ${JSON.stringify(schema)}`);
  const reference = schema['$ref'];
  if (typeof reference === 'string') return accepts30(document, follow(document, reference), value);
  return Object.entries(schema).every(([keyword, operand]) => {
    const holds = keywords[keyword];
    if (holds === undefined) {
      if (keyword.startsWith('x-') || annotations.has(keyword)) return true;
      throw new Error(`OpenAPI 3.0 has no ${keyword}`);
    }
    return holds({ document, schema, value, operand });
  });
}

/** Every schema object of a 3.0 schema, itself included. */
export function* listSchemas30(schema: JsonValue): Generator<JsonObject> {
  if (!isJsonObject(schema)) return;
  yield schema;
  for (const [keyword, operand] of Object.entries(schema)) {
    if (['items', 'additionalProperties', 'not'].includes(keyword)) yield* listSchemas30(operand);
    if (['allOf', 'anyOf', 'oneOf'].includes(keyword)) {
      for (const branch of operand as readonly JsonValue[]) yield* listSchemas30(branch);
    }
    if (keyword === 'properties') {
      for (const property of Object.values(operand as JsonObject)) yield* listSchemas30(property);
    }
  }
}

interface Judgement {
  readonly document: JsonObject;
  readonly schema: JsonObject;
  readonly value: JsonValue;
  readonly operand: JsonValue;
}

const annotations = new Set(
  'title description format default example deprecated externalDocs discriminator xml readOnly writeOnly'.split(
    ' ',
  ),
);

const keywords: Readonly<Record<string, (judgement: Judgement) => boolean>> = {
  type: ({ schema, value, operand }) => {
    if (typeof operand !== 'string' || operand === 'null')
      throw new Error(`type: ${JSON.stringify(operand)}`);
    if (operand === 'array' && schema['items'] === undefined) throw new Error('an array without items');
    return (value === null && schema['nullable'] === true) || isOfType(value, operand);
  },
  nullable: ({ schema }) => {
    if (schema['type'] === undefined) throw new Error('nullable without type means nothing');
    return true;
  },
  enum: ({ value, operand }) => list(operand).some((item) => isEqual(item, value)),
  multipleOf: ({ value, operand }) => typeof value !== 'number' || Number.isInteger(value / Number(operand)),
  minimum: ({ schema, value, operand }) =>
    typeof value !== 'number' ||
    (schema['exclusiveMinimum'] === true ? value > Number(operand) : value >= Number(operand)),
  maximum: ({ schema, value, operand }) =>
    typeof value !== 'number' ||
    (schema['exclusiveMaximum'] === true ? value < Number(operand) : value <= Number(operand)),
  exclusiveMinimum: ({ schema, operand }) => isFlag(operand, schema['minimum']),
  exclusiveMaximum: ({ schema, operand }) => isFlag(operand, schema['maximum']),
  minLength: ({ value, operand }) => typeof value !== 'string' || toLength(value) >= Number(operand),
  maxLength: ({ value, operand }) => typeof value !== 'string' || toLength(value) <= Number(operand),
  pattern: ({ value, operand }) => typeof value !== 'string' || new RegExp(toText(operand)).test(value),
  minItems: ({ value, operand }) => !Array.isArray(value) || value.length >= Number(operand),
  maxItems: ({ value, operand }) => !Array.isArray(value) || value.length <= Number(operand),
  uniqueItems: ({ value, operand }) =>
    operand !== true ||
    !Array.isArray(value) ||
    list(value).every(
      (item, index) =>
        !list(value)
          .slice(0, index)
          .some((other) => isEqual(item, other)),
    ),
  items: ({ document, value, operand }) =>
    !Array.isArray(value) || list(value).every((item) => accepts30(document, operand, item)),
  minProperties: ({ value, operand }) => !isJsonObject(value) || Object.keys(value).length >= Number(operand),
  maxProperties: ({ value, operand }) => !isJsonObject(value) || Object.keys(value).length <= Number(operand),
  required: ({ value, operand }) => {
    if (list(operand).length === 0) throw new Error('an empty required');
    return !isJsonObject(value) || list(operand).every((name) => Object.hasOwn(value, toText(name)));
  },
  properties: ({ document, value, operand }) =>
    !isJsonObject(value) ||
    Object.entries(operand as JsonObject).every(
      ([name, schema]) => !Object.hasOwn(value, name) || accepts30(document, schema, value[name] ?? null),
    ),
  additionalProperties: ({ document, schema, value, operand }) =>
    !isJsonObject(value) ||
    Object.entries(value).every(
      ([name, member]) =>
        Object.hasOwn((schema['properties'] ?? {}) as JsonObject, name) ||
        accepts30(document, operand, member),
    ),
  allOf: ({ document, value, operand }) =>
    list(operand).every((branch) => accepts30(document, branch, value)),
  anyOf: ({ document, value, operand }) => list(operand).some((branch) => accepts30(document, branch, value)),
  oneOf: ({ document, value, operand }) =>
    list(operand).filter((branch) => accepts30(document, branch, value)).length === 1,
  not: ({ document, value, operand }) => !accepts30(document, operand, value),
};

function isFlag(operand: JsonValue, bound: JsonValue | undefined): boolean {
  if (typeof operand !== 'boolean' || bound === undefined) throw new Error('an exclusive bound is a flag');
  return true;
}

function list(value: JsonValue): readonly JsonValue[] {
  if (!Array.isArray(value)) throw new Error(`no list: ${JSON.stringify(value)}`);
  return value;
}

function isOfType(value: JsonValue, type: string): boolean {
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return isJsonObject(value);
  if (type === 'integer') return Number.isInteger(value);
  return typeof value === type;
}

function isEqual(left: JsonValue, right: JsonValue): boolean {
  return sortedText(left) === sortedText(right);
}
