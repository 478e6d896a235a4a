import type { JsonObject, JsonValue } from '../../json/value.ts';

/** The value of an object's own member: keys come from outside and may be named like `constructor`. */
export function own(object: JsonObject, key: string): JsonValue | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** An object with the entries as own members, whatever their names (`__proto__` too). */
export function toObject(entries: Iterable<readonly [string, JsonValue]>): JsonObject {
  // Object.fromEntries defines members, where assignment would set the prototype.
  return Object.fromEntries(entries);
}
