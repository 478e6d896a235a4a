import { isOfType } from '../../../json/is-of-type.ts';
import { type JsonObject, type JsonValue } from '../../../json/value.ts';
import { own } from '../../schema/own-property.ts';
import { allowedValues } from './assertions.ts';
import { nothing, type SchemaDraft } from './schema-draft.ts';

/** What accepts null alone: in 3.0.3, `nullable` adds null to a `type`, and `enum` has to allow it as well. */
export const onlyNull: JsonObject = { type: 'string', nullable: true, enum: [null] };

const keywordsOf: Readonly<Record<string, readonly string[]>> = {
  array: ['items', 'maxItems', 'minItems', 'uniqueItems'],
  boolean: [],
  integer: ['exclusiveMaximum', 'exclusiveMinimum', 'maximum', 'minimum', 'multipleOf'],
  number: ['exclusiveMaximum', 'exclusiveMinimum', 'maximum', 'minimum', 'multipleOf'],
  object: ['additionalProperties', 'maxProperties', 'minProperties', 'properties', 'required'],
  string: ['maxLength', 'minLength', 'pattern'],
};
const typeCount = Object.keys(keywordsOf).length - 1;

/**
 * Rewrites `type`, `enum` and `const` as one `type`, `nullable` and `enum` (OpenAPI 3.0.3 section 4.7.24).
 *
 * Several types become an `anyOf`, each branch with the keywords and values of its type; the other members are
 * already converted.
 */
export function rewriteTypes(draft: SchemaDraft): void {
  const { source, members } = draft;
  const types = typesOf(own(source, 'type'));
  const values = allowedValues(source);
  if (values?.length === 0) {
    draft.conjuncts.push(nothing);
    if (types.length === 0) return;
  }
  const isNullable = types.includes('null');
  const others = types.filter((type) => type !== 'null');
  const [first] = others;
  if (others.length > 1) {
    splitTypes(draft, others, isNullable, values);
  } else if (first !== undefined) {
    members.set('type', first);
    if (isNullable) members.set('nullable', true);
    if (values !== undefined && values.length > 0) members.set('enum', values);
    if (first === 'array' && !members.has('items')) members.set('items', {});
  } else if (isNullable) {
    if (values === undefined || values.includes(null)) addMembers(members, onlyNull);
    else draft.conjuncts.push(nothing);
  } else if (values !== undefined && values.length > 0) {
    members.set('enum', values);
  }
}

/** Each type once; `number` covers `integer`. */
function typesOf(type: JsonValue | undefined): readonly string[] {
  const names: readonly JsonValue[] = Array.isArray(type) ? type : type === undefined ? [] : [type];
  return [...new Set(names)]
    .filter((name) => typeof name === 'string')
    .filter((name) => name !== 'integer' || !names.includes('number'));
}

function splitTypes(
  draft: SchemaDraft,
  types: readonly string[],
  isNullable: boolean,
  values: readonly JsonValue[] | undefined,
): void {
  if (types.length === typeCount && isNullable) {
    if (values !== undefined && values.length > 0) draft.members.set('enum', values);
    return;
  }
  const branches = types
    .map((type) => toBranch(draft, type, values))
    .filter((branch) => branch !== undefined);
  if (isNullable && values === undefined && branches[0] !== undefined) {
    branches[0] = { ...branches[0], nullable: true };
  } else if (isNullable && values?.includes(null) === true) {
    const [head] = branches;
    // The other values of the branch are in its `enum`.
    if (head === undefined) branches.push(onlyNull);
    else branches[0] = { ...head, nullable: true, enum: [...valuesIn(head), null] };
  }
  for (const type of types) for (const keyword of keywordsOf[type] ?? []) draft.members.delete(keyword);
  const [only = nothing] = branches;
  if (branches.length > 1) draft.members.set('anyOf', branches);
  else addMembers(draft.members, only);
}

/** The branch of one type; undefined when none of the values is of it. */
function toBranch(
  { members }: SchemaDraft,
  type: string,
  values: readonly JsonValue[] | undefined,
): JsonObject | undefined {
  const matching = values?.filter((value) => isOfType(value, type));
  if (matching?.length === 0) return undefined;
  const branch: Record<string, JsonValue> = { type };
  for (const keyword of keywordsOf[type] ?? []) {
    const value = members.get(keyword);
    if (value !== undefined) branch[keyword] = value;
  }
  if (type === 'array') branch['items'] ??= {};
  if (matching !== undefined) branch['enum'] = matching;
  return branch;
}

function valuesIn(branch: JsonObject): readonly JsonValue[] {
  const values = branch['enum'];
  return Array.isArray(values) ? values : [];
}

function addMembers(members: Map<string, JsonValue>, added: JsonObject): void {
  for (const [key, value] of Object.entries(added)) members.set(key, value);
}
