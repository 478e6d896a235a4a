import { isJsonObject, type JsonObject, type JsonValue } from '../../../json/value.ts';
import { absorb } from '../absorb.ts';
import { toCanonicalJson } from '../../canonicalize.ts';
import { own, toObject } from '../../schema/own-property.ts';
import { cannotNegate } from './conditions.ts';
import { convertAt, convertWidening, keepForReader, reportWider, type SchemaDraft } from './schema-draft.ts';
import { onlyNull } from './types.ts';

/** Converts `allOf`, `anyOf`, `oneOf` and `not`, which 3.0 knows; only the last two mind a branch that accepts more. */
export function convertCombinations(draft: SchemaDraft): void {
  for (const [index, branch] of listAt(draft.source, 'allOf').entries()) {
    draft.branches.push(convertWidening(draft, branch, 'allOf', index));
  }
  const anyOf = listAt(draft.source, 'anyOf');
  if (anyOf.length > 0) {
    addAlternatives(
      draft,
      'anyOf',
      anyOf.map((branch, index) => convertWidening(draft, branch, 'anyOf', index)),
    );
  }
  convertOneOf(draft);
  convertNot(draft);
}

function convertOneOf(draft: SchemaDraft): void {
  const oneOf = listAt(draft.source, 'oneOf');
  if (oneOf.length === 0) return;
  const branches = oneOf.map((branch, index) => convertAt(draft, branch, 'oneOf', index));
  const schemas = branches.map(({ schema }) => schema);
  if (branches.every(({ isExact }) => isExact)) {
    addAlternatives(draft, 'oneOf', schemas);
  } else {
    // A value of one branch may now satisfy a second one: exactly one would refuse it.
    reportWider(
      draft,
      'oneOf',
      'a branch accepts more in OpenAPI 3.0, so that more than one may hold: said as anyOf',
    );
    addAlternatives(draft, 'anyOf', schemas);
  }
}

function convertNot(draft: SchemaDraft): void {
  const not = own(draft.source, 'not');
  if (not === undefined) return;
  const { schema, isExact } = convertAt(draft, not, 'not');
  if (isExact) {
    draft.conjuncts.push({ not: schema });
  } else {
    reportWider(draft, 'not', cannotNegate);
    keepForReader(draft, 'not');
  }
}

function addAlternatives(
  draft: SchemaDraft,
  keyword: 'anyOf' | 'oneOf',
  schemas: readonly JsonObject[],
): void {
  const branches = foldNull(schemas);
  const [only = {}] = branches;
  const isFolded = branches.length === 1 && schemas.length > 1;
  const joined = isFolded ? absorb(toObject(draft.members), only) : undefined;
  if (joined !== undefined) {
    for (const [key, value] of Object.entries(joined)) draft.members.set(key, value);
  } else {
    draft.conjuncts.push({ [keyword]: branches });
  }
}

/** A branch for null alone becomes the `nullable` of another one, as 3.0's readers expect it. */
function foldNull(branches: readonly JsonObject[]): readonly JsonObject[] {
  const others = branches.filter((branch) => toCanonicalJson(branch) !== toCanonicalJson(onlyNull));
  const at = others.findIndex(canBeNullable);
  const target = others[at];
  if (others.length !== branches.length - 1 || target === undefined) return branches;
  const values = own(target, 'enum');
  const nullable = Array.isArray(values) ? { nullable: true, enum: [...values, null] } : { nullable: true };
  return others.with(at, { ...target, ...nullable });
}

/** True when nothing in the branch would refuse the null that `nullable` lets in. */
function canBeNullable(branch: JsonObject): boolean {
  return (
    Object.hasOwn(branch, 'type') &&
    !Object.hasOwn(branch, 'nullable') &&
    ['allOf', 'anyOf', 'oneOf', 'not'].every((keyword) => !Object.hasOwn(branch, keyword))
  );
}

function listAt(source: JsonObject, keyword: string): readonly JsonValue[] {
  const value = own(source, keyword);
  return Array.isArray(value) ? value : isJsonObject(value) ? [value] : [];
}
