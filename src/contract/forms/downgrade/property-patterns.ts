import type { JsonObject } from '../../../json/value.ts';
import type { SchemaDraft } from './schema-draft.ts';

/** What is known of the names that a key of `patternProperties` matches. */
export type NameSet =
  | { readonly kind: 'all' }
  | { readonly kind: 'listed'; readonly names: readonly string[] }
  | { readonly kind: 'unknown' };

/** Reads a pattern as a set of names: `.*` is all of them (`^.*$` is not: `.` matches no line break). */
export function toNameSet(pattern: string): NameSet {
  if (/^\^?(?:\.\*)?$|^(?:\.\*)?\$$/u.test(pattern)) return { kind: 'all' };
  const listed = /^\^(?:\((?:\?:)?(?<group>[\w |-]*)\)|(?<name>[\w -]*))\$$/u.exec(pattern)?.groups;
  if (listed === undefined) return { kind: 'unknown' };
  return { kind: 'listed', names: [...new Set(listed['group']?.split('|') ?? [listed['name'] ?? ''])] };
}

/** The entries of `patternProperties`, each with what it is known to match. */
export function listPatterns(
  patterns: JsonObject,
): readonly { readonly pattern: string; readonly names: NameSet }[] {
  return Object.keys(patterns).map((pattern) => ({ pattern, names: toNameSet(pattern) }));
}

/** Those of the names that a pattern matches. */
export function selectMatching(
  { scope }: SchemaDraft,
  pattern: string,
  names: Iterable<string>,
): readonly string[] {
  const compiled = scope.compilePattern(pattern);
  return [...names].filter((name) => compiled.test(name));
}
