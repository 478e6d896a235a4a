import { isJsonObject, type JsonValue } from '../json/value.ts';

/** What stands in place of a masked value. */
const masked = '[redacted]';

/**
 * A value without those of members whose names `isMasked` (in lower case), at any depth: whatever they hold is gone, and
 * so is their type.
 */
export function redact(value: JsonValue, isMasked: (name: string) => boolean): JsonValue {
  if (Array.isArray(value)) return value.map((item: JsonValue) => redact(item, isMasked));
  if (!isJsonObject(value)) return value;
  // Names come from outside: one may be that of an inherited member.
  const copy = Object.create(null) as Record<string, JsonValue>;
  for (const [name, member] of Object.entries(value)) {
    copy[name] = isMasked(name.toLowerCase()) ? masked : redact(member, isMasked);
  }
  return copy;
}
