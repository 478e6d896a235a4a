import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import { follow } from './references.ts';
import { countDrawn } from './schema-budget.ts';
import { schemaMaps, schemaPlaces, subschemas } from './schema-parts.ts';
import { nameReordering, toHtmlBlock } from './shown-text.ts';

/** What may be drawn for one schema; a person reads far less. */
const maxDrawn = 1500;
/** The same for a document, and what each further schema may have when that is used up. */
const maxDrawnOfDocument = 150_000;
const leastDrawn = 60;
/** Of members of one schema, and of characters of one text. */
const maxMembers = 300;
const maxTextLength = 1_100_000;
const maxDepth = 30;
const cutNote = 'There is more of this than a page can show: see the document itself.';

/** Makes the schemas of one document safe for pages that draw them whole. */
export interface SchemaShower {
  /** For a schema where a page begins to draw. */
  show(schema: JsonValue): ShownSchema;
  /** For one that others refer to. */
  showReferred(schema: JsonValue): JsonValue;
}

/** A schema for a page. */
interface ShownSchema {
  readonly schema: JsonValue;
  /** False where a page that made up an example from it would be done late or never. */
  readonly isSampled: boolean;
}

/** Counts what was drawn so far: the schemas of a document are shown in one order. */
export function createSchemaShower(document: JsonObject): SchemaShower {
  let left = maxDrawnOfDocument;
  const show = (schema: JsonValue): ShownSchema => {
    const limit = Math.max(leastDrawn, Math.min(maxDrawn, left));
    const whole = countDrawn(document, schema, { maxDepth, limit });
    if (whole <= limit && isShallow(document, schema)) {
      left -= whole;
      return { schema: clean(document, schema), isSampled: !hasVastMinimum(document, schema) };
    }
    let depth = 8;
    while (depth > 1 && countDrawn(document, schema, { maxDepth: depth, limit }) > limit) depth--;
    left -= limit;
    return { schema: cut(document, schema, depth), isSampled: false };
  };
  return {
    show,
    showReferred: (schema) => clean(document, schema),
  };
}

/** Whether nothing is below the depth to which it was counted. */
function isShallow(document: JsonObject, schema: JsonValue): boolean {
  const more = { maxDepth: maxDepth + 1, limit: maxDrawn };
  return countDrawn(document, schema, more) === countDrawn(document, schema, { ...more, maxDepth });
}

/** Whether an example of the least size would be vast: `minLength: 1e9`. */
function hasVastMinimum(document: JsonObject, schema: JsonValue): boolean {
  const seen = new Set<JsonObject>();
  const isVast = (value: JsonValue): boolean => {
    const target = follow(document, value);
    if (target === undefined || seen.has(target)) return false;
    seen.add(target);
    return (
      ['minLength', 'minItems', 'minProperties'].some((key) => Number(target[key] ?? 0) > 200) ||
      [...subschemas(target)].some(isVast)
    );
  };
  return isVast(schema);
}

/** The same schema with its texts as text, its references where they were. */
function clean(document: JsonObject, schema: JsonValue, depth = 0): JsonValue {
  if (typeof schema === 'boolean') return schema ? {} : { not: {} };
  if (!isJsonObject(schema) || depth > maxDepth) return toStub(schema);
  const reference = schema['$ref'];
  if (reference !== undefined && follow(document, schema) === undefined) return toStub(schema);
  // Elsewhere in the shown document there may be nothing.
  if (typeof reference === 'string' && !reference.startsWith('#/components/schemas/')) {
    return cut(document, schema, 8);
  }
  return mapSchema(schema, (part) => clean(document, part, depth + 1));
}

/** A copy without references, as deep as told. */
function cut(
  document: JsonObject,
  schema: JsonValue,
  depth: number,
  open = new Set<JsonObject>(),
): JsonValue {
  if (typeof schema === 'boolean') return schema ? {} : { not: {} };
  const target = follow(document, schema);
  if (target === undefined || depth <= 0 || open.has(target)) return toStub(target ?? schema);
  open.add(target);
  const beside = isJsonObject(schema) ? withoutKeys(schema, ['$ref']) : {};
  const merged = schema === target ? target : { ...target, ...beside };
  const copy = mapSchema(withoutKeys(merged, ['$defs', 'definitions', 'discriminator']), (part) =>
    cut(document, part, depth - 1, open),
  );
  open.delete(target);
  return copy;
}

function mapSchema(schema: JsonObject, change: (part: JsonValue) => JsonValue): JsonObject {
  const entries = Object.entries(schema).flatMap(
    ([key, value]): ReadonlyArray<readonly [string, JsonValue]> => {
      // Redoc takes some for Markdown, for CSS, or for addresses.
      if (key.startsWith('x-')) return [];
      if (key === 'description' || key === 'title') {
        return typeof value === 'string' ? [[key, toShownText(key, value)]] : [];
      }
      if (key === 'externalDocs') return isForeign(value) ? [] : [[key, toShownDocs(value)]];
      if (schemaMaps.has(key)) {
        if (!isJsonObject(value)) return [];
        const members = Object.entries(value).slice(0, maxMembers);
        return [[key, Object.fromEntries(members.map(([name, part]) => [name, change(part)]))]];
      }
      if (!schemaPlaces.has(key)) return isDeep(value) ? [] : [[key, value]];
      if (typeof value === 'boolean') return [[key, key.startsWith('additional') ? value : change(value)]];
      if (Array.isArray(value)) return [[key, value.slice(0, maxMembers).map(change)]];
      return isJsonObject(value) ? [[key, change(value)]] : [];
    },
  );
  return Object.fromEntries(entries);
}

/** Whether a value has more levels than a page can draw. */
export function isDeep(value: JsonValue, levels: number = maxDepth): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((member: JsonValue) => isDeep(member, levels - 1));
}

function toShownText(key: 'description' | 'title', text: string): string {
  const kept = text.slice(0, maxTextLength);
  return key === 'title' ? nameReordering(kept) : toHtmlBlock(kept);
}

/** A link that is none to a page on the web. */
export function isForeign(docs: JsonValue | undefined): boolean {
  return !isJsonObject(docs) || typeof docs['url'] !== 'string' || !/^https?:\/\//i.test(docs['url']);
}

function toShownDocs(docs: JsonValue): JsonValue {
  if (!isJsonObject(docs) || typeof docs['description'] !== 'string') return docs;
  return { ...docs, description: nameReordering(docs['description']) };
}

function toStub(schema: JsonValue): JsonObject {
  const type = isJsonObject(schema) && typeof schema['type'] === 'string' ? { type: schema['type'] } : {};
  return { ...type, description: toHtmlBlock(cutNote) };
}

function withoutKeys(object: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));
}
