import { isJsonObject, type JsonObject, type JsonValue } from '../../../../src/json/value.ts';
import type { TranslatedSchema } from '../../../../src/contract/schema/translate.ts';

const schemaLists = new Set(['allOf', 'anyOf', 'oneOf', 'prefixItems']);
const schemaMaps = new Set(['properties', 'patternProperties', 'dependentSchemas']);
const schemas = new Set([
  'items',
  'additionalProperties',
  'not',
  'contains',
  'propertyNames',
  'if',
  'then',
  'else',
]);
const identifiers = new Set(['$schema', '$id', '$defs', 'definitions', '$anchor']);

/** The pointers of keywords that stand in a source of draft-06 to 2020-12 and not, or changed, in its translation. */
export function findLostKeywords(source: JsonObject, translated: TranslatedSchema): readonly string[] {
  const lost: string[] = [];
  compare(source, [translated.root], '', new Set());
  return lost;

  function compare(
    raw: JsonValue,
    served: readonly JsonValue[],
    pointer: string,
    seen: ReadonlySet<JsonValue>,
  ): void {
    if (!isJsonObject(raw) || seen.has(raw)) return;
    const places = served.flatMap(resolve);
    const inside = new Set([...seen, raw]);
    for (const [keyword, listed] of Object.entries(raw)) {
      const value = keyword === 'anyOf' ? flatten(listed as readonly JsonValue[]) : listed;
      const here = `${pointer}/${keyword}`;
      if (identifiers.has(keyword)) continue;
      if (keyword === '$ref' && typeof value === 'string') {
        compare(followSource(value), places, pointer, inside);
        continue;
      }
      const found = places.filter((place) => keyword in place).map((place) => place[keyword] ?? null);
      if (found.length === 0) lost.push(here);
      else if (schemas.has(keyword)) compare(value, found, here, inside);
      else if (schemaLists.has(keyword) || schemaMaps.has(keyword)) {
        for (const [key, item] of Object.entries(value as JsonObject)) {
          const items = found
            .map((member) => (member as JsonObject)[key])
            .filter((member) => member !== undefined);
          if (items.length === 0) lost.push(`${here}/${key}`);
          compare(item, items, `${here}/${key}`, inside);
        }
      } else if (!found.some((member) => JSON.stringify(member) === JSON.stringify(value))) lost.push(here);
    }
  }

  /** The schema and the branches that apply wherever it does. */
  function resolve(value: JsonValue): readonly JsonObject[] {
    if (!isJsonObject(value)) return [];
    const reference = value['$ref'];
    if (typeof reference === 'string') {
      return resolve(translated.components.get(reference.slice('#/components/schemas/'.length)) ?? null);
    }
    const branches = Array.isArray(value['allOf']) ? (value['allOf'] as readonly JsonValue[]) : [];
    return [value, ...branches.flatMap(resolve)];
  }

  function followSource(reference: string): JsonValue {
    let value: JsonValue | undefined = source;
    for (const token of reference.split('/').slice(1)) value = isJsonObject(value) ? value[token] : undefined;
    return value ?? null;
  }
}

/** A union of a union, or null, is one union (MAP-33). */
function flatten(branches: readonly JsonValue[]): readonly JsonValue[] {
  const [only, ...others] = branches.filter((branch) => !isNull(branch));
  if (!isJsonObject(only) || others.length > 0 || Object.keys(only).join() !== 'anyOf') return branches;
  const inner = only['anyOf'] as readonly JsonValue[];
  const flat = branches.flatMap((branch) => (branch === only ? inner : [branch]));
  return flatten(inner.some(isNull) ? [...flat.filter((branch) => !isNull(branch)), { type: 'null' }] : flat);
}

function isNull(branch: JsonValue): boolean {
  return JSON.stringify(branch) === '{"type":"null"}';
}
