import { isJsonObject, type JsonObject, type JsonValue } from '../../../../src/json/value.ts';
import type { TranslatedSchema } from '../../../../src/contract/schema/translate.ts';

const maps = new Set(['properties', 'patternProperties', 'dependentSchemas']);
const lists = new Set(['allOf', 'anyOf', 'oneOf', 'prefixItems']);
const singles = new Set(
  (
    'items additionalProperties unevaluatedItems unevaluatedProperties contains propertyNames not if then else ' +
    'contentSchema'
  ).split(' '),
);
const referring = new Set(['properties', 'items', 'anyOf', 'oneOf', 'allOf']);
const gone =
  '$id id $schema $anchor $defs definitions $dynamicRef $dynamicAnchor $recursiveRef nullable'.split(' ');

/** What in a translation the clients of open-webui.md would lose, with its pointer. */
export function findShapeFaults({ root, components }: TranslatedSchema): readonly string[] {
  const faults: string[] = [];
  if (!isJsonObject(root['properties'])) {
    if (root['type'] === 'object') faults.push('root: no properties');
  }
  visit(root, '#', 'root');
  for (const [name, component] of components) {
    if (!/^[A-Za-z0-9._-]{1,100}$/.test(name)) faults.push(`${name}: not a plain name`);
    visit(component, `#/${name}`, 'component');
  }
  return faults;

  function visit(schema: JsonValue, pointer: string, keyword: string): void {
    if (typeof schema === 'boolean' && keyword === 'additionalProperties') return;
    if (!isJsonObject(schema)) {
      faults.push(`${pointer}: ${JSON.stringify(schema)} as a schema`);
      return;
    }
    for (const name of gone)
      if (name in schema && Object.hasOwn(schema, name)) faults.push(`${pointer}: ${name}`);
    if (typeof schema['$ref'] === 'string') visitReference(schema, schema['$ref'], pointer, keyword);
    const types = [schema['type']].flat();
    if (types.includes('array') && !('items' in schema)) faults.push(`${pointer}: an array without items`);
    for (const [name, value] of Object.entries(schema)) {
      if (singles.has(name)) visit(value, `${pointer}/${name}`, name);
      if ((maps.has(name) && isJsonObject(value)) || (lists.has(name) && Array.isArray(value))) {
        for (const [key, item] of Object.entries(value)) visit(item, `${pointer}/${name}/${key}`, name);
      }
    }
  }

  function visitReference(schema: JsonObject, reference: string, pointer: string, keyword: string): void {
    if (Object.keys(schema).length > 1) faults.push(`${pointer}: $ref with siblings`);
    if (!referring.has(keyword)) faults.push(`${pointer}: $ref under ${keyword}`);
    const [, name] = /^#\/components\/schemas\/(.+)$/.exec(reference) ?? [];
    if (name === undefined || !components.has(name)) faults.push(`${pointer}: ${reference} dangles`);
  }
}
