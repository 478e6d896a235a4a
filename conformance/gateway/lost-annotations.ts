import { isJsonObject, type JsonObject, type JsonValue } from '../../src/index.ts';
import { toIdentity } from '../arbitraries/json.ts';
import { followPointer } from './rest-document.ts';

/** Words and hints of a schema, by what they have to be. */
const annotations: ReadonlyMap<string, (value: JsonValue) => boolean> = new Map([
  ['title', isText],
  ['description', isText],
  ['format', isText],
  ['default', () => true],
  ['examples', (value: JsonValue) => Array.isArray(value)],
  ['deprecated', (value: JsonValue) => value === true],
]);
const schemaLists: ReadonlySet<string> = new Set(['allOf', 'anyOf', 'oneOf', 'prefixItems']);
const schemaMaps: ReadonlySet<string> = new Set([
  'properties',
  'patternProperties',
  'dependentSchemas',
  'dependencies',
]);
const schemas: ReadonlySet<string> = new Set([
  'items',
  'additionalItems',
  'additionalProperties',
  'unevaluatedItems',
  'unevaluatedProperties',
  'not',
  'contains',
  'propertyNames',
  'if',
  'then',
  'else',
]);

/** An annotation of a source, by the JSON Pointer of the schema that it stands in. */
export interface Annotation {
  readonly pointer: string;
  readonly keyword: string;
  readonly value: JsonValue;
}

/** The annotations that stand in a schema or in what it refers to, and nowhere in what another one says. */
export function findLostAnnotations(source: JsonValue, served: JsonValue): readonly Annotation[] {
  const kept = new Set(listAnnotations(served).map(toKey));
  return listAnnotations(source).filter((annotation) => !kept.has(toKey(annotation)));
}

function listAnnotations(root: JsonValue): readonly Annotation[] {
  const found: Annotation[] = [];
  const seen = new Set<JsonObject>();
  const queue: (readonly [schema: JsonValue | undefined, pointer: string])[] = [[root, '']];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const [schema, pointer] = next;
    if (!isJsonObject(schema) || seen.has(schema)) continue;
    seen.add(schema);
    for (const [keyword, value] of Object.entries(schema)) {
      // A value with a member named `$ref` may be left out: readers of OpenAPI would follow it.
      const isKept = annotations.get(keyword)?.(value) === true && !JSON.stringify(value).includes('"$ref"');
      if (isKept) found.push({ pointer, keyword, value });
      if (keyword === '$ref' && typeof value === 'string' && value.startsWith('#')) {
        queue.push([followPointer(root, value.slice(1)), value.slice(1)]);
      }
    }
    queue.push(...subschemas(schema, pointer));
  }
  return found;
}

function subschemas(schema: JsonObject, pointer: string): readonly (readonly [JsonValue, string])[] {
  return Object.entries(schema).flatMap(([keyword, value]) => {
    const here = `${pointer}/${keyword}`;
    const isList = schemaLists.has(keyword) || (keyword === 'items' && Array.isArray(value));
    if (isList || schemaMaps.has(keyword)) {
      if (typeof value !== 'object' || value === null) return [];
      const entries = Object.entries(value);
      return entries.map(([key, item]) => [item, `${here}/${escape(key)}`] as const);
    }
    return schemas.has(keyword) ? [[value, here] as const] : [];
  });
}

function toKey({ keyword, value }: Annotation): string {
  return `${keyword} ${toIdentity(value)}`;
}

function escape(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

function isText(value: JsonValue): boolean {
  return typeof value === 'string';
}
