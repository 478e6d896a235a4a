import type { JsonValue } from '../../json/value.ts';
import { isInDialect, keywords, type Keyword } from '../schema/keywords.ts';

/** Keywords that neither judge a value nor tell a reader anything. */
const silent: ReadonlySet<string> = new Set(['$schema', '$vocabulary', '$defs', 'definitions', '$id', 'id']);

/** The keyword as 2020-12 has it; undefined for any other name. */
export function toKeyword(name: string): Keyword | undefined {
  const keyword = keywords.get(name);
  return keyword !== undefined && isInDialect(keyword, '2020-12') ? keyword : undefined;
}

/** True for what only describes: annotations, and names that are no keywords (JSON Schema core 6.5). */
export function isAnnotation(name: string): boolean {
  if (silent.has(name)) return false;
  // An annotation since 2019-09, whatever it holds (validation 8.5).
  if (name === 'contentSchema') return true;
  const keyword = toKeyword(name);
  return keyword === undefined || keyword.role === 'annotation';
}

/** True for what decides whether a value is valid; `format` only where it is asserted. */
export function isAssertion(name: string, areFormatsAsserted: boolean): boolean {
  if (silent.has(name) || name === '$anchor' || name === '$dynamicAnchor') return false;
  return name === 'format' ? areFormatsAsserted : !isAnnotation(name);
}

/** A list, or nothing. */
export function toList(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}

/** The strings of a list. */
export function toTexts(value: JsonValue | undefined): readonly string[] {
  return toList(value).filter((item) => typeof item === 'string');
}
