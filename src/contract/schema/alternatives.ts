import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import type { TypeFinder } from './implied-types.ts';
import { keywords } from './keywords.ts';
import { own, toObject } from './own-property.ts';
import { toSortedText } from './sorted-text.ts';

/** What it takes to know how a branch will look. */
export interface AlternativesContext {
  /** To the keywords that the branch will have, or to a lone reference. */
  readonly settle: (branch: JsonObject) => JsonObject;
  /** To the keywords that the target of a lone reference will have. */
  readonly settleTarget: (id: string) => JsonObject;
  readonly findTypes: TypeFinder;
  /** Notes that a schema is made of others. */
  readonly keep: (originals: readonly JsonObject[], copy: JsonObject) => JsonObject;
}

/**
 * Writes `anyOf` so that nothing is lost to clients which read the only branch beside null into the schema around it.
 *
 * Such clients let the branch's keywords replace those of the same name, and then drop `anyOf`.
 */
export function settleAlternatives(schema: JsonObject, context: AlternativesContext): JsonObject {
  // A discriminator reads the branches as they stand beside it.
  if (Object.hasOwn(schema, 'discriminator')) return schema;
  const branches = own(schema, 'anyOf');
  if (!Array.isArray(branches)) return schema;
  const flat = flatten(branches as readonly JsonObject[], context);
  const [only, ...others] = flat.filter((branch) => !isNull(branch, context));
  const settled = flat === branches ? schema : context.keep([schema], { ...schema, anyOf: flat });
  return only === undefined || others.length > 0 ? settled : keepApart(settled, flat, only, context);
}

/** Without a union of its own in the place of the only branch; of nulls that meet, one. */
function flatten(branches: readonly JsonObject[], context: AlternativesContext): readonly JsonObject[] {
  const [only, ...others] = branches.filter((branch) => !isNull(branch, context));
  const inner = only === undefined || others.length > 0 ? undefined : own(only, 'anyOf');
  if (only === undefined || !Array.isArray(inner) || Object.keys(only).length > 1) return branches;
  const isDoubled = branches.some(isPlainNull) && inner.some((branch) => isPlainNull(branch as JsonObject));
  const outer = isDoubled ? branches.filter((branch) => !isPlainNull(branch)) : branches;
  // What stands in anyOf are schemas.
  const flat = outer.flatMap((branch) => (branch === only ? (inner as readonly JsonObject[]) : [branch]));
  return flatten(flat, context);
}

/** Brings what the branch shares with the schema around it one level down, where it replaces nothing. */
function keepApart(
  schema: JsonObject,
  branches: readonly JsonObject[],
  only: JsonObject,
  context: AlternativesContext,
): JsonObject {
  const settled = context.settle(only);
  const id = own(settled, '$ref');
  const effective = typeof id === 'string' ? context.settleTarget(id) : settled;
  const shared = Object.keys(effective).filter((name) => isReplaced(name, effective, schema));
  if (shared.length === 0) return schema;
  const isHoisted = id === undefined && shared.every(isAnnotation);
  // A branch without a type would be read as a string, which loses more.
  if (!isHoisted && !isTyped(schema, settled, context)) return schema;
  if (Object.hasOwn(schema, 'allOf')) {
    const { anyOf: _, allOf, ...rest } = schema;
    return context.keep([schema], {
      ...rest,
      // allOf, where there is one, is a list of schemas.
      allOf: [...(allOf as readonly JsonObject[]), context.keep([schema], { anyOf: branches })],
    });
  }
  const apart = isHoisted ? setApart(settled, shared) : { allOf: [settled] };
  const kept = context.keep([only, settled, effective], apart);
  return context.keep([schema], {
    ...schema,
    anyOf: branches.map((branch) => (branch === only ? kept : branch)),
  });
}

function setApart(branch: JsonObject, names: readonly string[]): JsonObject {
  const entries = Object.entries(branch);
  const members = toObject(entries.filter(([name]) => !names.includes(name)));
  const apart = toObject(entries.filter(([name]) => names.includes(name)));
  return { ...members, allOf: [...((own(branch, 'allOf') ?? []) as readonly JsonValue[]), apart] };
}

/** The types of both agree as far as either may hold, so that one may replace the other. */
function isReplaced(name: string, branch: JsonObject, schema: JsonObject): boolean {
  if (name === 'type' || !Object.hasOwn(schema, name)) return false;
  return (
    name === 'anyOf' || toSortedText(own(branch, name) ?? null) !== toSortedText(own(schema, name) ?? null)
  );
}

function isAnnotation(name: string): boolean {
  return (keywords.get(name)?.role ?? 'annotation') === 'annotation';
}

function isTyped(schema: JsonObject, branch: JsonObject, { findTypes }: AlternativesContext): boolean {
  return (
    Object.hasOwn(schema, 'type') || Object.hasOwn(schema, 'properties') || findTypes(branch) !== undefined
  );
}

function isNull(branch: JsonObject, { findTypes }: AlternativesContext): boolean {
  if (Object.hasOwn(branch, 'type')) return own(branch, 'type') === 'null';
  const types = findTypes(branch);
  return types?.length === 1 && types[0] === 'null';
}

function isPlainNull(branch: JsonValue): boolean {
  return isJsonObject(branch) && own(branch, 'type') === 'null' && Object.keys(branch).length === 1;
}
