import { isJsonObject, type JsonObject, type JsonValue } from '../../src/index.ts';
import { own, ownObject, toObject, withMember } from '../arbitraries/json.ts';
import type { ListedTool } from '../target/list-tools.ts';
import { findSlots, type Slot } from './hostile-slots.ts';

/** Arguments that are hard to bear, and why. */
export interface HostileArguments {
  readonly value: JsonObject;
  readonly what: string;
}

const MEGABYTE = 1_000_000;
/** Fewer than parsers of JSON are known to take, and more than careless recursion over objects may. */
const NESTED_LEVELS = 500;

/**
 * Arguments that are hard to bear, though the schema may well accept them; the caller finds that out.
 *
 * All members that take any string get the same one: shrinking tells which of them matters.
 */
export function* hostileArguments(tool: ListedTool, valid: JsonObject): Iterable<HostileArguments> {
  const { inputSchema } = tool.source;
  if (!isJsonObject(inputSchema)) return;
  const slots = findSlots(inputSchema, valid);
  yield* put(slots, 'string', valid, texts);
  yield* put(slots, 'integer', valid, integers);
  yield* put(slots, 'anything', valid, nestings);
  yield* put(slots, 'array', valid, [['an empty array', []]]);
  if (isOpen(inputSchema)) {
    for (const name of ['__proto__', 'constructor']) {
      yield { value: withMember(valid, name, { isPolluted: true }), what: `a member named ${name}` };
    }
  }
}

const texts: readonly (readonly [string, JsonValue])[] = [
  ['an astral character', 'a\u{1f600}b'],
  ['a lone surrogate', 'a\ud800b'],
  ['a NUL', 'a\u0000b'],
  ['line separators', 'a\u2028b\u2029c\u0085d\re'],
  ['the word __proto__', '__proto__'],
  ['a right-to-left override', 'a\u202eb\u2066c'],
  ['combining marks', `a${'\u0301'.repeat(100)}`],
  ['a text of a megabyte', 'a'.repeat(MEGABYTE)],
  ['the empty string', ''],
];

const integers: readonly (readonly [string, JsonValue])[] = [
  ['an integer of 53 bits', 9_007_199_254_740_784],
  ['an integer beyond 2^53', 2 ** 53 + 2],
  ['an integer beyond 2^63', 2 ** 63],
  ['a negative integer beyond 2^63', -(2 ** 63) - 2 ** 11],
];

const nestings: readonly (readonly [string, JsonValue])[] = [
  ['deeply nested arrays', nest((inner) => [inner])],
  ['deeply nested objects', nest((inner) => ({ a: inner }))],
];

function nest(wrap: (inner: JsonValue) => JsonValue): JsonValue {
  let value: JsonValue = 1;
  for (let level = 0; level < NESTED_LEVELS; level += 1) value = wrap(value);
  return value;
}

function* put(
  slots: readonly Slot[],
  kind: Slot['kind'],
  valid: JsonObject,
  values: readonly (readonly [string, JsonValue])[],
): Iterable<HostileArguments> {
  const paths = slots.filter((slot) => slot.kind === kind).map(({ path }) => path);
  if (paths.length === 0) return;
  for (const [what, value] of values) {
    let changed: JsonValue = valid;
    for (const path of paths) changed = withValueAt(changed, path, value);
    if (isJsonObject(changed)) yield { value: changed, what: `${toPointer(paths[0] ?? [])} has ${what}` };
  }
}

function withValueAt(target: JsonValue, path: readonly (string | number)[], value: JsonValue): JsonValue {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  if (typeof step === 'number') {
    if (!Array.isArray(target)) return target;
    const items = target as readonly JsonValue[];
    return items.map((item, index) => (index === step ? withValueAt(item, rest, value) : item));
  }
  if (!isJsonObject(target)) return target;
  const inner = withValueAt(own(target, step) ?? null, rest, value);
  if (!Object.hasOwn(target, step)) return withMember(target, step, inner);
  return toObject(Object.entries(target).map(([name, member]) => [name, name === step ? inner : member]));
}

function toPointer(path: readonly (string | number)[]): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** True when members that no schema names are allowed. */
function isOpen(schema: JsonObject): boolean {
  const more = schema['additionalProperties'];
  const isClosed = more === false || schema['unevaluatedProperties'] === false;
  return !isClosed && Object.keys(ownObject(schema, 'patternProperties')).length === 0;
}
