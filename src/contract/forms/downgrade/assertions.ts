import type { JsonObject, JsonValue } from '../../../json/value.ts';
import { own } from '../../schema/own-property.ts';
import { keepForReader, reportWider, type SchemaDraft } from './schema-draft.ts';

/** Assertions that 3.0 knows under the same name with the same meaning. */
export const sameAssertions: ReadonlySet<string> = new Set([
  'multipleOf',
  'maxLength',
  'minLength',
  'maxItems',
  'minItems',
  'uniqueItems',
  'maxProperties',
  'minProperties',
]);

/** Rewrites numeric exclusive bounds as flags beside the bound (JSON Schema Wright-00 validation, sections 5.3, 5.5). */
export function rewriteBounds({ source, members }: SchemaDraft): void {
  for (const [inclusive, exclusive, sign] of [
    ['minimum', 'exclusiveMinimum', 1],
    ['maximum', 'exclusiveMaximum', -1],
  ] as const) {
    const bound = own(source, inclusive);
    const limit = own(source, exclusive);
    const isExclusive =
      typeof limit === 'number' && (typeof bound !== 'number' || limit * sign >= bound * sign);
    if (isExclusive) members.set(inclusive, limit).set(exclusive, true);
    else if (bound !== undefined) members.set(inclusive, bound);
  }
}

/** Keeps `required` unless it is empty, which 3.0 forbids and which says nothing. */
export function copyRequired({ source, members }: SchemaDraft): void {
  const names = own(source, 'required');
  if (Array.isArray(names) && names.length > 0) members.set('required', names);
}

/** Keeps a pattern that ECMA-262 edition 5.1, on which 3.0 builds (section 4.7.24.1), reads as later editions do. */
export function copyPattern(draft: SchemaDraft): void {
  const pattern = own(draft.source, 'pattern');
  if (typeof pattern !== 'string') return;
  if (isOldPattern(pattern)) {
    draft.members.set('pattern', pattern);
  } else {
    reportWider(draft, 'pattern', 'its syntax is newer than ECMA-262 edition 5.1');
    keepForReader(draft, 'pattern');
  }
}

/** True without property escapes, code point escapes, lookbehind, named groups, flags and astral characters. */
function isOldPattern(pattern: string): boolean {
  const unescaped = pattern.replaceAll(/\\[^pPuk]/gsu, '');
  return !/\\[pPk]|\\u\{|\\u[dD][89aAbB]|\(\?(?![:=!])|[\u{10000}-\u{10FFFF}]/u.test(unescaped);
}

/** The values that `const` and `enum` leave; undefined when neither is there. */
export function allowedValues(source: JsonObject): readonly JsonValue[] | undefined {
  const list = own(source, 'enum');
  const values = Array.isArray(list) ? (list as readonly JsonValue[]) : undefined;
  const constant = own(source, 'const');
  if (constant === undefined) return values;
  return values === undefined || values.some((value) => isEqual(value, constant)) ? [constant] : [];
}

function isEqual(left: JsonValue, right: JsonValue): boolean {
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) {
    return left === right;
  }
  const keys = Object.keys(left);
  if (Array.isArray(left) !== Array.isArray(right) || keys.length !== Object.keys(right).length) return false;
  // Arrays too have their items under keys.
  return keys.every((key) => {
    const other = own(right as JsonObject, key);
    return other !== undefined && isEqual((left as JsonObject)[key] ?? null, other);
  });
}
