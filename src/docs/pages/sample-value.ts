import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import { follow } from './references.ts';

const maxDepth = 4;
const maxMembers = 20;

/** A small value that shows what a schema is about; it need not be valid, which can take a billion characters. */
export function toSampleValue(document: JsonObject, schema: JsonValue | undefined, depth = 0): JsonValue {
  const target = follow(document, schema);
  if (target === undefined || depth > maxDepth) return {};
  const said = saidIn(target);
  if (said !== undefined) return said;
  for (const key of ['oneOf', 'anyOf', 'allOf']) {
    const members = target[key];
    if (Array.isArray(members) && members.length > 0) return toSampleValue(document, members[0], depth + 1);
  }
  const type = Array.isArray(target['type']) ? target['type'][0] : target['type'];
  if (type === 'object' || isJsonObject(target['properties'])) {
    const properties = isJsonObject(target['properties']) ? Object.entries(target['properties']) : [];
    return Object.fromEntries(
      properties
        .slice(0, maxMembers)
        .map(([name, member]) => [name, toSampleValue(document, member, depth + 1)]),
    );
  }
  if (type === 'array') {
    return target['items'] === undefined ? [] : [toSampleValue(document, target['items'], depth + 1)];
  }
  return type === 'string' ? 'string' : type === 'boolean' ? true : type === 'null' ? null : 0;
}

function saidIn(schema: JsonObject): JsonValue | undefined {
  const { example, examples, enum: values } = schema;
  if (schema['default'] !== undefined) return schema['default'];
  if (schema['const'] !== undefined) return schema['const'];
  if (example !== undefined) return example;
  if (Array.isArray(examples) && examples.length > 0) return examples[0];
  return Array.isArray(values) && values.length > 0 ? values[0] : undefined;
}
