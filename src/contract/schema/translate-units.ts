import { isJsonObject, type JsonObject } from '../../json/value.ts';
import { copyJson } from './copy.ts';
import { defaultDialect, parseDialect } from './dialect.ts';
import { emptyScope } from './dynamic-scope.ts';
import { own } from './own-property.ts';
import { surveyReferences, type ReferenceFacts, type TranslatedUnit } from './reference-graph.ts';
import { indexDocument, resolveUri, type SchemaIndex } from './resources.ts';
import { translateKeywords } from './translate-keywords.ts';
import { asksForScope, requireUnit, type Unit, type UnitTable } from './units.ts';
import { UnservableError } from './unservable.ts';

/** Something in the source that is served, but that its author should know of. */
export interface TranslationWarning {
  /** JSON Pointer into the source schema. */
  readonly pointer: string;
  readonly message: string;
}

/** A schema in 2020-12, as it stands: references name units, may have siblings and stand anywhere. */
export interface TranslatedUnits {
  readonly units: Iterable<Unit>;
  readonly rootId: string;
  readonly translated: ReadonlyMap<string, TranslatedUnit>;
  readonly facts: ReferenceFacts;
  readonly warnings: readonly TranslationWarning[];
  /** Where a translated schema object comes from; some stand for a keyword, and have no place of their own. */
  readonly origins: ReadonlyMap<JsonObject, { readonly document: string; readonly pointer: string }>;
}

/** Relative identifiers need a base; this one belongs to nobody (RFC 2606 section 2). */
const baseUri = 'https://schema.invalid/';

/** A copy of what a tool gives as its schema; throws UnservableError. */
export function toSchemaObject(given: unknown): JsonObject {
  const source = copyJson(given === undefined ? {} : given);
  if (isJsonObject(source)) return source;
  if (typeof source === 'boolean') return source ? {} : { not: {} };
  throw new UnservableError('', 'a schema must be an object: write {"type": "object"} for any arguments');
}

/** Translates the root and all that it refers to, keyword by keyword; throws UnservableError. */
export function translateUnits(source: JsonObject): TranslatedUnits {
  const text = JSON.stringify(source);
  const table = createTable(source, text);
  const rootId = requireUnit(table, source, emptyScope).id;
  const warnings: TranslationWarning[] = [];
  const origins = new Map<JsonObject, { readonly document: string; readonly pointer: string }>();
  const hasUnevaluated = /"unevaluated(?:Items|Properties)"/.test(text);
  const translated = new Map<string, TranslatedUnit>();
  // Translating a unit adds those it refers to; the iteration reaches them too.
  for (const unit of table.units.values()) {
    const { scope, location } = unit;
    const context = { table, scope, depth: 0, hasUnevaluated, warnings, origins };
    const schema = translateKeywords(unit.source, context);
    translated.set(unit.id, { pointer: location.document === '' ? location.pointer : '', schema });
  }
  return {
    units: table.units.values(),
    rootId,
    translated,
    facts: surveyReferences(translated),
    warnings,
    origins,
  };
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
