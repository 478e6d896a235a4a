import type { JsonObject } from '../../../json/value.ts';
import { toCanonicalJson } from '../../canonicalize.ts';
import { isAnything, isNothing, nothing } from './schema-draft.ts';

/** The distinct ones of several schemas, in their order. */
export function distinct(schemas: readonly JsonObject[]): readonly JsonObject[] {
  return [...new Map(schemas.map((schema) => [toCanonicalJson(schema), schema])).values()];
}

/** The schema of what satisfies at least one of several. */
export function toUnion(schemas: readonly JsonObject[]): JsonObject {
  const branches = distinct(schemas.filter((schema) => !isNothing(schema)));
  if (branches.some(isAnything)) return {};
  const [first = nothing] = branches;
  return branches.length > 1 ? { anyOf: branches } : first;
}

/** The schema of what satisfies all of several. */
export function toIntersection(schemas: readonly JsonObject[]): JsonObject {
  const branches = distinct(schemas.filter((schema) => !isAnything(schema)));
  const [first = {}] = branches;
  return branches.length > 1 ? { allOf: branches } : first;
}
