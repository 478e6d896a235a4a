import type { JsonObject, JsonValue } from '../../json/value.ts';
import { joinPointer } from './pointer.ts';
import { UnservableError } from './unservable.ts';
import { toObject } from './own-property.ts';

/** JSON levels: far more than 200 schema levels need, far less than the call stack holds. */
const maxJsonDepth = 1_000;
const maxValues = 1_000_000;

/**
 * A fresh tree of the JSON in `source`, in which no object stands at two places.
 *
 * The translation knows a place by its object's identity.
 * Throws UnservableError on cycles and on what JSON cannot say.
 */
export function copyJson(source: unknown): JsonValue {
  const path = new Set<object>();
  const tokens: (string | number)[] = [];
  let values = 0;

  function copy(value: unknown): JsonValue {
    values += 1;
    if (values > maxValues) {
      throw new UnservableError('', `the schema has more than ${maxValues} values: split the tool`);
    }
    switch (typeof value) {
      case 'string':
      case 'boolean':
        return value;
      case 'number':
        if (Number.isFinite(value)) return value;
        break;
      case 'object':
        return value === null ? null : copyContainer(value);
      default:
    }
    throw new UnservableError(
      joinPointer('', ...tokens),
      `JSON has no value like ${String(value)}: write one that it has`,
    );
  }

  function copyContainer(value: object): JsonValue {
    if (path.has(value)) {
      throw new UnservableError(
        joinPointer('', ...tokens),
        'the object contains itself: write the recursion as a $ref',
      );
    }
    if (path.size >= maxJsonDepth) {
      throw new UnservableError(
        joinPointer('', ...tokens),
        `nested deeper than ${maxJsonDepth} levels: move parts to $defs`,
      );
    }
    path.add(value);
    const copied = Array.isArray(value)
      ? value.map((item: unknown, index) => copyAt(index, item ?? null))
      : copyMembers(value);
    path.delete(value);
    return copied;
  }

  function copyMembers(value: object): JsonObject {
    const members: [string, JsonValue][] = [];
    for (const [key, member] of Object.entries(value)) {
      // As JSON.stringify does.
      if (member !== undefined) members.push([key, copyAt(key, member)]);
    }
    return toObject(members);
  }

  function copyAt(token: string | number, value: unknown): JsonValue {
    tokens.push(token);
    const copied = copy(value);
    tokens.pop();
    return copied;
  }

  return copy(source);
}
