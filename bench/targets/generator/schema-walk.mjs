// Schemas inside of schemas, and copies with one of them changed. Knows the keywords of all drafts by itself: what is
// measured here must not be found by the code that is measured.

const single = new Set(
  'additionalProperties unevaluatedProperties items additionalItems unevaluatedItems contains propertyNames not if then else'.split(
    ' ',
  ),
);
const lists = new Set(['allOf', 'anyOf', 'oneOf', 'prefixItems', 'items']);
const maps = new Set([
  'properties',
  'patternProperties',
  'dependentSchemas',
  'dependencies',
  '$defs',
  'definitions',
]);

/** Every schema at or below this one: `{ schema, pointer, tokens, keyword }`; booleans too. */
export function* walkSchemas(schema, tokens = [], keyword = '') {
  yield { schema, tokens, keyword, pointer: tokens.map((token) => `/${escape(token)}`).join('') };
  if (typeof schema !== 'object' || schema === null) return;
  for (const [name, value] of Object.entries(schema)) {
    if (single.has(name) && isSchema(value)) yield* walkSchemas(value, [...tokens, name], name);
    else if (lists.has(name) && Array.isArray(value)) {
      for (const [index, item] of value.entries())
        if (isSchema(item)) yield* walkSchemas(item, [...tokens, name, String(index)], name);
    } else if (maps.has(name) && isObject(value)) {
      for (const [key, item] of Object.entries(value))
        if (isSchema(item)) yield* walkSchemas(item, [...tokens, name, key], name);
    }
  }
}

/** A copy of the whole with the value at a place changed; undefined leaves it out. */
export function changeAt(value, tokens, change) {
  if (tokens.length === 0) return change(value);
  const [token, ...rest] = tokens;
  if (Array.isArray(value))
    return value.map((item, index) => (String(index) === token ? changeAt(item, rest, change) : item));
  const entries = Object.entries(value).map(([key, item]) => [
    key,
    key === token ? changeAt(item, rest, change) : item,
  ]);
  return Object.fromEntries(entries.filter(([, item]) => item !== undefined));
}

export function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSchema(value) {
  return typeof value === 'boolean' || isObject(value);
}

function escape(token) {
  return token.replaceAll('~', '~0').replaceAll('/', '~1');
}
