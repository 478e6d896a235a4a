import { isJsonObject, type JsonObject, type JsonValue } from '../../../../src/json/value.ts';

/** Values that the schema more or less describes, and each of them with one thing changed. */
export function sampleValues(schema: JsonValue): readonly JsonValue[] {
  const full = describeValue(schema, schema, 0, true);
  const sparse = describeValue(schema, schema, 0, false);
  return [full, sparse, ...mutate(full), ...mutate(sparse), ...strangers];
}

const strangers: readonly JsonValue[] = [null, true, 0, -1.5, 7, '', 'text', [], [1], {}, { stranger: 1 }];

function describeValue(schema: JsonValue, root: JsonValue, depth: number, isFull: boolean): JsonValue {
  if (!isJsonObject(schema) || depth > 6) return depth > 6 ? {} : 'anything';
  if ('const' in schema) return schema['const'] ?? null;
  const values = schema['enum'];
  if (Array.isArray(values)) return (values as readonly JsonValue[])[0] ?? null;
  const target = schema['$ref'];
  if (typeof target === 'string') return describeValue(follow(root, target), root, depth + 1, isFull);
  const branch = [schema['allOf'], schema['anyOf'], schema['oneOf']].find(Array.isArray);
  const object = describeObject(schema, root, depth, isFull);
  if (branch !== undefined) {
    const inner = describeValue((branch as readonly JsonValue[])[0] ?? {}, root, depth + 1, isFull);
    return isJsonObject(inner) && isJsonObject(object) ? { ...object, ...inner } : inner;
  }
  if (object !== undefined) return object;
  const type = Array.isArray(schema['type']) ? String(schema['type'][0]) : schema['type'];
  switch (type) {
    case 'array': {
      const items = schema['items'];
      return Array.isArray(items)
        ? items.map((item: JsonValue) => describeValue(item, root, depth + 1, isFull))
        : isFull
          ? [describeValue(items ?? {}, root, depth + 1, isFull)]
          : [];
    }
    case 'integer':
    case 'number':
      return typeof schema['minimum'] === 'number' ? schema['minimum'] : 3;
    case 'boolean':
      return true;
    case 'null':
      return null;
    default:
      return 'x'.repeat(typeof schema['minLength'] === 'number' ? schema['minLength'] : 3);
  }
}

function describeObject(
  schema: JsonObject,
  root: JsonValue,
  depth: number,
  isFull: boolean,
): JsonObject | undefined {
  const properties = isJsonObject(schema['properties']) ? schema['properties'] : undefined;
  if (properties === undefined && schema['type'] !== 'object') return undefined;
  const required = Array.isArray(schema['required']) ? schema['required'] : [];
  const entries = Object.entries(properties ?? {}).filter(([name]) => isFull || required.includes(name));
  const members = entries.map(
    ([name, item]) => [name, describeValue(item, root, depth + 1, isFull)] as const,
  );
  const extra = schema['additionalProperties'];
  const map =
    isFull && isJsonObject(extra) ? [['extra', describeValue(extra, root, depth + 1, isFull)] as const] : [];
  return Object.fromEntries([...members, ...map]);
}

function follow(root: JsonValue, reference: string): JsonValue {
  let value: JsonValue | undefined = root;
  for (const token of reference.split('/').slice(1)) {
    if (typeof value !== 'object' || value === null) return {};
    value = (value as JsonObject)[token];
  }
  return value ?? {};
}

function* mutate(value: JsonValue): Generator<JsonValue> {
  if (Array.isArray(value)) {
    const items: readonly JsonValue[] = value;
    for (const [index, item] of items.entries()) {
      yield items.filter((_, other) => other !== index);
      for (const changed of [...mutate(item), ...strangers]) yield items.with(index, changed);
    }
    yield [...items, null];
    if (items[0] !== undefined) yield [...items, items[0]];
  } else if (isJsonObject(value)) {
    for (const [key, member] of Object.entries(value)) {
      yield Object.fromEntries(Object.entries(value).filter(([other]) => other !== key));
      for (const changed of [...mutate(member), ...strangers]) yield { ...value, [key]: changed };
    }
    yield { ...value, stranger: 'unexpected' };
  } else if (typeof value === 'string') {
    yield `${value}!`;
  }
}
