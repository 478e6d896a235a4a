import { isJsonObject, type JsonObject, type JsonValue } from '../../src/index.ts';

/** The own member of an object: keys come from schemas and may be named like `constructor`. */
export function own(object: JsonObject, key: string): JsonValue | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** The own member where it is an object; an empty one else. */
export function ownObject(object: JsonObject, key: string): JsonObject {
  const value = own(object, key);
  return isJsonObject(value) ? value : {};
}

/** The own member where it is an array; an empty one else. */
export function ownList(object: JsonObject, key: string): readonly JsonValue[] {
  const value = own(object, key);
  return Array.isArray(value) ? value : [];
}

/** The own member where it is a number. */
export function ownNumber(object: JsonObject, key: string): number | undefined {
  const value = own(object, key);
  return typeof value === 'number' ? value : undefined;
}

/** An object with the entries as own members, `__proto__` too. */
export function toObject(entries: Iterable<readonly [string, JsonValue]>): JsonObject {
  return Object.fromEntries(entries);
}

/** A copy without some members. */
export function without(object: JsonObject, ...keys: readonly string[]): JsonObject {
  return toObject(Object.entries(object).filter(([key]) => !keys.includes(key)));
}

/** A copy with a member put in, or in the place of the one there. */
export function withMember(object: JsonObject, key: string, value: JsonValue): JsonObject {
  return toObject([...Object.entries(object).filter(([name]) => name !== key), [key, value]]);
}

/** The same text for equal JSON values only: keys are sorted, and 1.0 is 1. */
export function toIdentity(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map(toIdentity).join(',')}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  const members = Object.keys(value)
    .toSorted()
    .map((key) => `${JSON.stringify(key)}:${toIdentity(own(value, key) ?? null)}`);
  return `{${members.join(',')}}`;
}

/** Characters as JSON Schema counts them (2020-12 validation, section 6.3.1). */
export function countCharacters(text: string): number {
  let count = 0;
  for (const _character of text) count += 1;
  return count;
}
