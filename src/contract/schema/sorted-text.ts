import { isJsonObject, type JsonValue } from '../../json/value.ts';

/** A value as JSON text, the same whatever order its keys have. */
export function toSortedText(value: JsonValue): string {
  return JSON.stringify(value, (_key, member: JsonValue) =>
    isJsonObject(member)
      ? Object.fromEntries(Object.entries(member).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}
