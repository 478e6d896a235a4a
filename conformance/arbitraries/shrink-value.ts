import { isJsonObject, type JsonObject, type JsonValue } from '../../src/index.ts';
import { toObject, without } from './json.ts';

/**
 * Values a little simpler than this one, the boldest first: whether they will do, the caller finds out.
 *
 * Each is shorter as JSON, or of the same length and earlier in the order that the steps make, so shrinking ends.
 */
export function* shrinkValue(value: JsonValue): Iterable<JsonValue> {
  if (Array.isArray(value)) yield* shrinkArray(value as readonly JsonValue[]);
  else if (isJsonObject(value)) yield* shrinkObject(value);
  else if (typeof value === 'string') yield* shrinkString(value);
  else if (typeof value === 'number') yield* shrinkNumber(value);
  else if (value === true) yield false;
}

function* shrinkObject(value: JsonObject): Iterable<JsonValue> {
  const names = Object.keys(value);
  if (names.length > 0) yield {};
  if (names.length > 3) {
    const half = Math.ceil(names.length / 2);
    yield without(value, ...names.slice(half));
    yield without(value, ...names.slice(0, half));
  }
  if (names.length > 1) for (const name of names) yield without(value, name);
  for (const name of names) {
    for (const member of shrinkValue(value[name] ?? null)) {
      yield toObject(Object.entries(value).map(([key, other]) => [key, key === name ? member : other]));
    }
  }
}

function* shrinkArray(items: readonly JsonValue[]): Iterable<JsonValue> {
  if (items.length > 0) yield [];
  for (let size = Math.floor(items.length / 2); size > 1; size = Math.floor(size / 2)) {
    yield items.slice(0, size);
    yield items.slice(items.length - size);
  }
  if (items.length > 1 && items.length <= maxSingle) {
    for (const index of items.keys()) yield items.toSpliced(index, 1);
  }
  for (const [index, item] of items.slice(0, maxSingle).entries()) {
    for (const simpler of shrinkValue(item)) yield items.with(index, simpler);
  }
}

/** Of longer arrays and strings, single parts are not tried. */
const maxSingle = 200;

function* shrinkString(text: string): Iterable<JsonValue> {
  const characters = Array.from(text);
  if (characters.length > 0) yield '';
  for (let size = Math.floor(characters.length / 2); size > 0; size = Math.floor(size / 2)) {
    yield characters.slice(0, size).join('');
    yield characters.slice(characters.length - size).join('');
  }
  if (characters.length > maxSingle) return;
  if (characters.length > 1)
    for (const index of characters.keys()) yield characters.toSpliced(index, 1).join('');
  for (const [index, character] of characters.entries()) {
    if (character !== 'a' && !/^[a-z]$/.test(character)) yield characters.with(index, 'a').join('');
  }
}

function* shrinkNumber(value: number): Iterable<JsonValue> {
  if (value === 0) return;
  yield 0;
  if (value < 0) yield -value;
  const whole = Math.trunc(value);
  if (whole !== value) {
    yield whole;
    const shorter = Number(value.toFixed(1));
    if (String(shorter).length < String(value).length) yield shorter;
    return;
  }
  for (let part = Math.trunc(value / 2); part !== 0; part = Math.trunc(part / 2)) yield value - part;
  if (Math.abs(value) >= 1) yield value - Math.sign(value);
}
