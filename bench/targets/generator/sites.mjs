// The assertions of a schema, and the schema without each: a value breaks an assertion, and it alone, when the schema
// refuses it and the schema without the assertion does not.
import { changeAt, isObject, walkSchemas } from './schema-walk.mjs';

const assertions = (
  'type enum const multipleOf minimum maximum exclusiveMinimum exclusiveMaximum minLength maxLength pattern minItems maxItems ' +
  'uniqueItems contains minContains maxContains minProperties maxProperties required dependentRequired not anyOf oneOf'
).split(' ');
const ownPlace = new Set([
  'additionalProperties',
  'unevaluatedProperties',
  'items',
  'additionalItems',
  'unevaluatedItems',
  'contains',
  'propertyNames',
  'then',
  'else',
]);

/** `{ pointer, keyword, loosened }` for each assertion. */
export function listSites(schema, draft) {
  const sites = [];
  for (const { schema: part, tokens, pointer, keyword } of walkSchemas(schema)) {
    if (part === false) {
      const isOwn = ownPlace.has(keyword) && tokens.at(-1) === keyword;
      const place = isOwn
        ? { pointer: toPointer(tokens.slice(0, -1)), keyword }
        : { pointer, keyword: 'false' };
      sites.push({ ...place, loosened: changeAt(schema, tokens, () => true) });
    }
    if (!isObject(part) || (draft === 'draft7' && '$ref' in part)) continue;
    for (const name of assertions) {
      if (!(name in part)) continue;
      sites.push({ pointer, keyword: name, loosened: changeAt(schema, [...tokens, name], () => undefined) });
    }
    const dependencies = part.dependencies ?? {};
    const lists = Object.entries(dependencies).filter(([, needed]) => Array.isArray(needed));
    if (lists.length > 0) {
      const kept = Object.fromEntries(
        Object.entries(dependencies).filter(([, needed]) => !Array.isArray(needed)),
      );
      sites.push({
        pointer,
        keyword: 'dependencies',
        loosened: changeAt(schema, [...tokens, 'dependencies'], () => kept),
      });
    }
  }
  return sites;
}

function toPointer(tokens) {
  return tokens.map((token) => `/${token.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
