import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import type { Dialect } from './dialect.ts';
import { isInDialect, keywords } from './keywords.ts';
import { own } from './own-property.ts';

/** A schema object directly inside another. */
export interface Subschema {
  readonly schema: JsonObject;
  readonly keyword: string;
  /** The place below the outer schema: the keyword, then a key or index where there is one. */
  readonly tokens: readonly (string | number)[];
}

/** The schema objects directly inside a schema, where its dialect says there are some; booleans are left out. */
export function listSubschemas(schema: JsonObject, dialect: Dialect): readonly Subschema[] {
  const found: Subschema[] = [];
  for (const name of Object.keys(schema)) {
    const keyword = keywords.get(name);
    if (keyword === undefined || !isInDialect(keyword, dialect)) continue;
    const value = own(schema, name) ?? null;
    switch (keyword.shape) {
      case 'schema':
      case 'schema-or-list':
      case 'schema-list':
        if (isJsonObject(value)) found.push({ schema: value, keyword: name, tokens: [name] });
        else collectItems(name, value, found);
        break;
      case 'schema-map':
      case 'dependencies':
        collectMembers(name, value, found);
        break;
      default:
    }
  }
  return found;
}

function collectItems(keyword: string, value: JsonValue, found: Subschema[]): void {
  if (!Array.isArray(value)) return;
  for (const [index, item] of value.entries()) {
    if (isJsonObject(item)) found.push({ schema: item, keyword, tokens: [keyword, index] });
  }
}

function collectMembers(keyword: string, value: JsonValue, found: Subschema[]): void {
  if (!isJsonObject(value)) return;
  for (const [key, item] of Object.entries(value)) {
    if (isJsonObject(item)) found.push({ schema: item, keyword, tokens: [keyword, key] });
  }
}
