import { type JsonObject, type JsonValue } from '../../json/value.ts';
import { invalid, type Draft, type DraftContext } from './draft.ts';
import { isInDialect, keywords, type Keyword } from './keywords.ts';
import { own, toObject } from './own-property.ts';
import { keepForReader, keepUnknown, translateAnnotation } from './translate-annotation.ts';
import { translateApplicator } from './translate-applicator.ts';
import { translateAssertion } from './translate-assertion.ts';
import { hasRefSiblings, locationOf, requireReference, scopeInside } from './units.ts';
import { UnservableError } from './unservable.ts';
import { findShapeFault } from './value-shape.ts';

/** Deeper schemas exhaust the importers of some clients. */
export const maxSchemaDepth = 200;

/**
 * Translates a schema object to 2020-12, keyword by keyword.
 *
 * References name units; they may still have siblings and stand anywhere. Throws UnservableError.
 */
export function translateKeywords(source: JsonObject, context: DraftContext): JsonObject {
  const location = locationOf(context.table, source);
  const { pointer, resource } = location;
  if (context.depth > maxSchemaDepth) {
    throw new UnservableError(
      pointer,
      `schemas are nested deeper than ${maxSchemaDepth} levels: flatten them, or make the schema recursive with $ref`,
    );
  }
  const scope = scopeInside(context.table, location, context.scope);
  const draft: Draft = {
    ...context,
    scope,
    source,
    location,
    members: new Map(),
    branches: [],
    translateSubschema: (schema) =>
      translateKeywords(schema, { ...context, scope, depth: context.depth + 1 }),
  };
  // Draft-07 core, section 8.3: beside $ref, all other members are ignored.
  const isRefAlone = !hasRefSiblings(location) && typeof own(source, '$ref') === 'string';
  for (const [name, value] of Object.entries(source)) {
    const keyword = keywords.get(name);
    if (keyword === undefined) keepUnknown(draft, name, value);
    else if (keyword.role === 'annotation') translateAnnotation(draft, name, keyword, value);
    else if (name !== '$ref' && (isRefAlone || !isInDialect(keyword, resource.dialect)))
      keepIfMeant(draft, name, keyword, value);
    else translateKeyword(draft, name, keyword, value);
  }
  const translated = finish(draft);
  context.origins.set(translated, { document: location.document, pointer });
  return translated;
}

/** An identifier or a definition says nothing about values; anything else may have been meant to. */
function keepIfMeant(draft: Draft, name: string, keyword: Keyword, value: JsonValue): void {
  if (keyword.role === 'container') return;
  if (keyword.role !== 'identifier' || (name === 'id' && draft.location.resource.dialect !== 'draft-04')) {
    keepForReader(draft, name, value);
  }
}

function translateKeyword(draft: Draft, name: string, keyword: Keyword, value: JsonValue): void {
  // What stands in a container is checked when something refers to it.
  if (keyword.role === 'container' || keyword.role === 'identifier') return;
  const fault = findShapeFault(keyword.shape, value);
  if (fault !== undefined) throw invalid(draft, [name], fault);
  switch (keyword.role) {
    case 'reference':
      translateReference(draft, name, value);
      return;
    case 'assertion':
      translateAssertion(draft, name, value);
      return;
    case 'applicator':
      translateApplicator(draft, name, value);
      return;
    case 'annotation':
      translateAnnotation(draft, name, keyword, value);
  }
}

function translateReference(draft: Draft, name: string, value: JsonValue): void {
  if (typeof value !== 'string') return;
  const reference = requireReference(draft.table, draft, name, value);
  if (reference.kind === 'unit') draft.branches.push([name, { $ref: reference.id }]);
  else if (!reference.value) draft.branches.push([name, { not: {} }]);
}

function finish(draft: Draft): JsonObject {
  const { members } = draft;
  // Whatever order the keywords had.
  const branches = draft.branches.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, schema]) => schema);
  const reference = branches[0] === undefined ? undefined : own(branches[0], '$ref');
  if (reference !== undefined) branches.shift();
  if (branches.length > 0) members.set('allOf', [...branches, ...listMember(members, 'allOf')]);
  for (const name of ['allOf', 'anyOf']) {
    if (members.has(name)) members.set(name, dropRepeats(listMember(members, name)));
  }
  return toObject(reference === undefined ? members : [['$ref', reference], ...members]);
}

function listMember(members: ReadonlyMap<string, JsonValue>, name: string): readonly JsonObject[] {
  // Only translateApplicator and finish write these members, from lists of schemas.
  return (members.get(name) ?? []) as readonly JsonObject[];
}

/** Without references that were there before: they cost a validator time, and webs of them all of its time. */
function dropRepeats(schemas: readonly JsonObject[]): readonly JsonObject[] {
  const seen = new Set<JsonValue>();
  return schemas.filter((schema) => {
    const reference = Object.keys(schema).length === 1 ? own(schema, '$ref') : undefined;
    if (reference === undefined) return true;
    const isNew = !seen.has(reference);
    seen.add(reference);
    return isNew;
  });
}
