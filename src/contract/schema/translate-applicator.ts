import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import { hideEvaluation, invalid, type Draft } from './draft.ts';
import { keywords } from './keywords.ts';
import { own, toObject } from './own-property.ts';
import { addDependentRequired } from './translate-assertion.ts';
import { findRegexFault } from './value-shape.ts';

/** Translates a keyword that holds subschemas; its shape has been checked. */
export function translateApplicator(draft: Draft, name: string, value: JsonValue): void {
  switch (name) {
    case 'items':
      if (Array.isArray(value)) setPrefixItems(draft, value);
      else draft.members.set(name, toSchema(draft, value));
      return;
    case 'additionalItems':
      // 2019-09 core, section 9.3.1.2: ignored without an array-form items.
      if (Array.isArray(own(draft.source, 'items'))) draft.members.set('items', toSchema(draft, value));
      return;
    case 'prefixItems':
      setPrefixItems(draft, value as readonly JsonValue[]);
      return;
    case 'dependencies':
      translateDependencies(draft, value as JsonObject);
      return;
    case 'dependentSchemas':
      for (const [key, item] of Object.entries(value as JsonObject)) addDependentSchema(draft, key, item);
      return;
    case 'additionalProperties':
      // The one place where a boolean is read by everyone.
      draft.members.set(name, typeof value === 'boolean' ? value : toSchema(draft, value));
      return;
    case 'contains':
      translateContains(draft, value);
      return;
    case 'patternProperties':
      checkPatterns(draft, value as JsonObject);
      draft.members.set(name, toSchemaMap(draft, value as JsonObject));
      return;
    default:
      draft.members.set(name, toSchemas(draft, name, value));
  }
}

function toSchemas(draft: Draft, name: string, value: JsonValue): JsonValue {
  if (Array.isArray(value)) return toSchemaList(draft, value);
  const isMap = keywords.get(name)?.shape === 'schema-map' && isJsonObject(value);
  return isMap ? toSchemaMap(draft, value) : toSchema(draft, value);
}

function toSchema(draft: Draft, value: JsonValue): JsonObject {
  if (isJsonObject(value)) return draft.translateSubschema(value);
  // 2020-12 core, section 4.3.2: what the booleans stand for.
  return value === false ? { not: {} } : {};
}

function toSchemaList(draft: Draft, list: readonly JsonValue[]): readonly JsonObject[] {
  return list.map((item) => toSchema(draft, item));
}

function toSchemaMap(draft: Draft, map: JsonObject): JsonObject {
  return toObject(Object.entries(map).map(([key, item]) => [key, toSchema(draft, item)]));
}

function setPrefixItems(draft: Draft, list: readonly JsonValue[]): void {
  // 2020-12 core, section 10.3.1.1 wants at least one; an empty list says nothing.
  if (list.length > 0) draft.members.set('prefixItems', toSchemaList(draft, list));
}

function translateDependencies(draft: Draft, dependencies: JsonObject): void {
  for (const [key, item] of Object.entries(dependencies)) {
    if (Array.isArray(item)) addDependentRequired(draft, key, item);
    else addDependentSchema(draft, key, item);
  }
}

function addDependentSchema(draft: Draft, key: string, item: JsonValue): void {
  // Only this function writes the member.
  const known = (draft.members.get('dependentSchemas') ?? {}) as JsonObject;
  const schema = toSchema(draft, item);
  const other = own(known, key);
  const joined = other === undefined ? schema : { allOf: [other, schema] };
  draft.members.set('dependentSchemas', toObject([...Object.entries(known), [key, joined]]));
}

function translateContains(draft: Draft, value: JsonValue): void {
  const schema = toSchema(draft, value);
  // Up to 2019-09, contains did not count as evaluating (2020-12 core, appendix G).
  if (!draft.hasUnevaluated || draft.location.resource.dialect === '2020-12') {
    draft.members.set('contains', schema);
    return;
  }
  const group: [string, JsonValue][] = [['contains', schema]];
  for (const name of ['minContains', 'maxContains']) {
    const count = own(draft.source, name);
    if (count !== undefined && draft.location.resource.dialect === '2019-09') group.push([name, count]);
  }
  draft.branches.push(['contains', hideEvaluation(draft, toObject(group))]);
}

function checkPatterns(draft: Draft, map: JsonObject): void {
  for (const pattern of Object.keys(map)) {
    const fault = findRegexFault(pattern);
    if (fault !== undefined) throw invalid(draft, ['patternProperties', pattern], `${pattern} ${fault}`);
  }
}
