import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import { nameUnits } from './component-names.ts';
import { copyJson } from './copy.ts';
import { defaultDialect, parseDialect } from './dialect.ts';
import { emptyScope } from './dynamic-scope.ts';
import { own } from './own-property.ts';
import { surveyReferences, type TranslatedUnit } from './reference-graph.ts';
import { indexDocument, resolveUri, type SchemaIndex } from './resources.ts';
import { shapeUnits, type TranslatedSchema } from './shape-units.ts';
import { translateKeywords } from './translate-keywords.ts';
import { asksForScope, requireUnit, type UnitTable } from './units.ts';
import { UnservableError } from './unservable.ts';

export type { TranslatedSchema };

/** Something in the source that is served, but that its author should know of. */
export interface TranslationWarning {
  /** JSON Pointer into the source schema. */
  readonly pointer: string;
  readonly message: string;
}

/** What became of a schema. */
export type Translation =
  | {
      readonly kind: 'translated';
      readonly schema: TranslatedSchema;
      readonly warnings?: readonly TranslationWarning[];
    }
  | {
      readonly kind: 'unservable';
      /** JSON Pointer into the source schema. */
      readonly pointer: string;
      /** What is wrong, and what its author can do. */
      readonly reason: string;
    };

/** Options of {@link translateSchema}. */
export interface TranslateOptions {
  /** Starts every component name; unique per tool and direction, in [A-Za-z0-9._-]. */
  readonly namePrefix: string;
}

/** Relative identifiers need a base; this one belongs to nobody (RFC 2606 section 2). */
const baseUri = 'https://schema.invalid/';
/**
 * Translates a tool's inputSchema or outputSchema to 2020-12 as OpenAPI 3.1 holds it.
 *
 * Rules MAP-01 to MAP-39 of spec/mapping.md. The schema accepts exactly the objects that the source accepts.
 * Never throws for what the source holds.
 *
 * @example
 * translateSchema({ type: 'object', properties: { a: true } }, { namePrefix: 'echo' })
 * // { kind: 'translated', schema: { root: { type: 'object', properties: { a: {} } }, components: Map {} } }
 */
export function translateSchema(source: unknown, options: TranslateOptions): Translation {
  try {
    return translate(toSchemaObject(copyJson(source === undefined ? {} : source)), options);
  } catch (error) {
    if (error instanceof UnservableError) {
      return { kind: 'unservable', pointer: error.pointer, reason: error.message };
    }
    if (error instanceof RangeError) {
      // The call stack is the last bound, should the others not hold.
      return { kind: 'unservable', pointer: '', reason: 'the schema is too deep to be read: flatten it' };
    }
    throw error;
  }
}

function toSchemaObject(source: JsonValue): JsonObject {
  if (isJsonObject(source)) return source;
  if (typeof source === 'boolean') return source ? {} : { not: {} };
  throw new UnservableError('', 'a schema must be an object: write {"type": "object"} for any arguments');
}

function translate(source: JsonObject, options: TranslateOptions): Translation {
  const text = JSON.stringify(source);
  const table = createTable(source, text);
  const rootUnit = requireUnit(table, source, emptyScope);
  const warnings: TranslationWarning[] = [];
  const hasUnevaluated = /"unevaluated(?:Items|Properties)"/.test(text);
  const translated = new Map<string, TranslatedUnit>();
  // Translating a unit adds those it refers to; the iteration reaches them too.
  for (const unit of table.units.values()) {
    const { scope, location } = unit;
    const schema = translateKeywords(unit.source, { table, scope, depth: 0, hasUnevaluated, warnings });
    translated.set(unit.id, { pointer: location.document === '' ? location.pointer : '', schema });
  }
  const facts = surveyReferences(translated);
  const names = nameUnits(table.units.values(), rootUnit.id, options.namePrefix);
  const schema = shapeUnits({ rootId: rootUnit.id, translated, facts, names });
  if (isUnsatisfiable(schema.root)) {
    warnings.push({ pointer: '', message: 'no object satisfies the schema: every call will be refused' });
  }
  const distinct = distinctWarnings(warnings);
  return { kind: 'translated', schema, ...(distinct.length > 0 ? { warnings: distinct } : {}) };
}

/** A schema that is translated twice warns twice; in one order, whatever order the keys have. */
function distinctWarnings(warnings: readonly TranslationWarning[]): readonly TranslationWarning[] {
  const byText = new Map(warnings.map((warning) => [`${warning.pointer} ${warning.message}`, warning]));
  return [...byText].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, warning]) => warning);
}

function createTable(root: JsonObject, text: string): UnitTable {
  const index: SchemaIndex = { resources: new Map(), ambiguous: new Set(), locations: new Map() };
  const declared = own(root, '$schema');
  const dialect = typeof declared === 'string' ? parseDialect(declared) : defaultDialect;
  const id = own(root, dialect === 'draft-04' ? 'id' : '$id');
  const uri = typeof id === 'string' ? resolveUri(id, baseUri) : undefined;
  indexDocument(index, { name: '', uri: uri ?? baseUri, root });
  return { index, units: new Map(), isScopeTracked: asksForScope(text) };
}

/** True where it can be seen at a glance; in general it cannot be decided. */
function isUnsatisfiable(root: JsonObject): boolean {
  const not = own(root, 'not');
  return own(root, 'type') !== 'object' || (isJsonObject(not) && Object.keys(not).length === 0);
}
