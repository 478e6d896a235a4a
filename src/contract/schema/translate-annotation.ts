import { isJsonObject, type JsonValue } from '../../json/value.ts';
import { type Draft, warn } from './draft.ts';
import type { Keyword } from './keywords.ts';
import { holdsReference } from './literal.ts';
import { own, toObject } from './own-property.ts';
import { resolveReference } from './resolve.ts';
import { requireReference } from './units.ts';
import { findShapeFault } from './value-shape.ts';

/** Keywords that validators act on although no draft has them: Ajv's `nullable`, `id`, `$async`. */
const foreignKeywords: ReadonlySet<string> = new Set(['nullable', 'id', '$async', '$data']);

/** Keeps a keyword that no draft has: it is an annotation (2020-12 core, section 6.5). */
export function keepUnknown(draft: Draft, name: string, value: JsonValue): void {
  if (foreignKeywords.has(name)) keepForReader(draft, name, value);
  else keep(draft, name, name, value);
}

/** Keeps a keyword that asserts nothing here, under a name by which no validator knows it. */
export function keepForReader(draft: Draft, name: string, value: JsonValue): void {
  keep(draft, name, `x-${name}`, value);
}

/** Keeps an annotation; one of the wrong type asserts nothing either, and is kept for the reader. */
export function translateAnnotation(draft: Draft, name: string, keyword: Keyword, value: JsonValue): void {
  const fault = findShapeFault(keyword.shape, value);
  if (fault !== undefined) {
    warn(draft, [name], `${name} ${fault}; it is served as x-${name}`);
    keepForReader(draft, name, value);
  } else if (name === 'discriminator') {
    translateDiscriminator(draft, value);
  } else {
    keep(draft, name, name, value);
  }
}

function keep(draft: Draft, name: string, servedName: string, value: JsonValue): void {
  if (holdsReference(value)) {
    warn(
      draft,
      [name],
      `${name} is left out: it holds a member named $ref, which OpenAPI tools would follow`,
    );
  } else if (servedName === name || !Object.hasOwn(draft.source, servedName)) {
    draft.members.set(servedName, value);
  }
}

/** OpenAPI 3.1 section 4.8.25: the mapping's values are references too; until components have names, unit ids. */
function translateDiscriminator(draft: Draft, value: JsonValue): void {
  if (!isJsonObject(value) || typeof own(value, 'propertyName') !== 'string' || holdsReference(value)) {
    keepForReader(draft, 'discriminator', value);
    return;
  }
  const mapping = own(value, 'mapping');
  if (mapping === undefined) {
    draft.members.set('discriminator', value);
    return;
  }
  const references = isJsonObject(mapping) ? toUnitIds(draft, Object.entries(mapping)) : undefined;
  if (references === undefined) keepForReader(draft, 'discriminator', value);
  else draft.members.set('discriminator', { ...value, mapping: toObject(references) });
}

function toUnitIds(
  draft: Draft,
  mapping: readonly (readonly [string, JsonValue])[],
): readonly (readonly [string, JsonValue])[] | undefined {
  const ids: (readonly [string, JsonValue])[] = [];
  for (const [key, value] of mapping) {
    if (typeof value !== 'string') return undefined;
    if (resolveReference(draft.table.index, draft.location.resource, value).kind !== 'schema')
      return undefined;
    const reference = requireReference(draft.table, draft, '$ref', value);
    if (reference.kind !== 'unit') return undefined;
    ids.push([key, reference.id]);
  }
  return ids;
}
