import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import { nameUnits } from './component-names.ts';
import { copyJson } from './copy.ts';
import { defaultDialect, parseDialect } from './dialect.ts';
import { emptyScope } from './dynamic-scope.ts';
import { createTypeFinder } from './implied-types.ts';
import { findObservedItems } from './observed-items.ts';
import { own } from './own-property.ts';
import { surveyReferences, type ReferenceFacts, type TranslatedUnit } from './reference-graph.ts';
import { indexDocument, resolveUri, type SchemaIndex } from './resources.ts';
import { toBodySchema } from './root-body.ts';
import { followAliases, shapeSchema, type ShapeContext } from './shape.ts';
import { translateKeywords } from './translate-keywords.ts';
import { asksForScope, requireUnit, type Unit, type UnitTable } from './units.ts';
import { UnservableError } from './unservable.ts';

/** A tool schema in OpenAPI 3.1's dialect (JSON Schema 2020-12), split into a body and its components. */
export interface TranslatedSchema {
  /** 2020-12 schema object; references only to '#/components/schemas/<name>'. */
  readonly root: JsonObject;
  /** Component name → schema. Every name is `${namePrefix}.${readable part}`, or namePrefix itself. */
  readonly components: ReadonlyMap<string, JsonObject>;
}

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
/** Characters: a definition this small is repeated where a reference would be lost. */
const maxInlinedSize = 8_000;
/** Characters repeated in one tool; when it would be more, only smaller definitions are. */
const maxRepeated = 500_000;

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
  const schema = shapeUnits({ units: table.units, translated, facts }, rootUnit.id, options.namePrefix);
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

function shapeUnits(
  found: {
    readonly units: ReadonlyMap<string, Unit>;
    readonly translated: ReadonlyMap<string, TranslatedUnit>;
    readonly facts: ReferenceFacts;
  },
  rootId: string,
  namePrefix: string,
): TranslatedSchema {
  const names = nameUnits(found.units.values(), rootId, namePrefix);
  const limit = chooseInlinedSize(found.facts);
  const schemas = [...found.translated.values()].map(({ schema }) => schema);
  const resolve = (id: string): JsonObject => found.translated.get(id)?.schema ?? {};
  const referred = new Set<string>();
  const context: ShapeContext = {
    resolve,
    referTo: (id) => {
      const target = followAliases(id, resolve);
      referred.add(target);
      return `#/components/schemas/${names.get(target) ?? ''}`;
    },
    findTypes: createTypeFinder(resolve),
    isSmall: (id) => (found.facts.expandedSize.get(id) ?? Infinity) <= limit,
    itemsObserved: findObservedItems(schemas, resolve),
  };
  const place = { isFollowed: true, canRefer: false };
  const root = shapeSchema(toBodySchema(rootId, context), place, context);
  const components = new Map<string, JsonObject>();
  // Shaping a component refers to others; the iteration reaches them too.
  for (const id of referred) components.set(names.get(id) ?? '', shapeSchema(resolve(id), place, context));
  return { root, components: new Map([...components].toSorted(([a], [b]) => (a < b ? -1 : 1))) };
}

/** True where it can be seen at a glance; in general it cannot be decided. */
function isUnsatisfiable(root: JsonObject): boolean {
  const not = own(root, 'not');
  return own(root, 'type') !== 'object' || (isJsonObject(not) && Object.keys(not).length === 0);
}

/** From totals, not on the way: the same definitions are repeated whatever order the keys have. */
function chooseInlinedSize(facts: ReferenceFacts): number {
  const copies = [...facts.copies].map(
    ([id, count]) => [facts.expandedSize.get(id) ?? Infinity, count] as const,
  );
  let limit = maxInlinedSize;
  const total = (): number =>
    copies.reduce((sum, [size, count]) => sum + (size <= limit ? size * count : 0), 0);
  while (limit > 1 && total() > maxRepeated) limit = Math.floor(limit / 2);
  return limit;
}
