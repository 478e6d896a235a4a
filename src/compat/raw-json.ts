import { isJsonObject, type JsonValue } from '../json/value.ts';
import { toToken } from './fill-error.ts';
import { integerIn } from './fill-scalar.ts';
import { endOfString } from './json-text.ts';

/** A JSON text that has been parsed, and can still be read to the letter. */
export class RawJson {
  readonly text: string;
  readonly #parts = new Map<number, ReadonlyMap<string | number, Span>>();
  #ends: ReadonlyMap<number, number> | undefined;

  /** @param text valid JSON whose objects name each key once */
  constructor(text: string) {
    this.text = text;
  }

  /** The text of the value at a path of keys and indices; undefined when there is none. */
  at(path: readonly (string | number)[]): string | undefined {
    let span: Span | undefined = this.#root();
    for (const part of path) span = span && this.#partsOf(span).get(part);
    return span && this.text.slice(span.start, span.end);
  }

  /**
   * The JSON text of a value that was made from this one: what did not change stays as it was written.
   *
   * So numbers beyond the double range survive beside what was converted, dropped or filled in; those that were
   * converted from strings do too.
   *
   * @param from this text, parsed; parts that did not change are shared with `value`
   * @param integers JSON Pointers to numbers that are to be written as integers are, whatever they were written as
   */
  change(value: JsonValue, from: JsonValue, integers: ReadonlySet<string>): string {
    const above = new Set<string>();
    for (const pointer of integers) {
      for (let at = pointer; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) above.add(at);
    }
    if (above.size > 0) above.add('');
    return this.#write(value, from, this.#root(), '', { integers, above });
  }

  #write(
    value: JsonValue,
    from: JsonValue | undefined,
    span: Span | undefined,
    pointer: string,
    respelled: Respelled,
  ): string {
    if (span === undefined || from === undefined) return JSON.stringify(value);
    const raw = (): string => this.text.slice(span.start, span.end);
    if (Object.is(value, from) && !respelled.above.has(pointer)) return raw();
    if (typeof value !== 'object' || value === null) {
      const digits = typeof value === 'number' && typeof from === 'string' ? integerIn(from) : undefined;
      if (digits !== undefined) return digits;
      // A number beyond the safe range cannot be said again from its value.
      const isKept = Object.is(value, from) && !Number.isSafeInteger(value);
      return isKept ? raw() : JSON.stringify(value);
    }
    const parts = this.#partsOf(span);
    if (isJsonObject(value)) {
      const members = isJsonObject(from) ? from : {};
      const written = Object.entries(value).map(([key, member]) => {
        const own = Object.hasOwn(members, key) ? members[key] : undefined;
        const text = this.#write(member, own, parts.get(key), `${pointer}${toToken(key)}`, respelled);
        return `${JSON.stringify(key)}:${text}`;
      });
      return `{${written.join(',')}}`;
    }
    const froms = Array.isArray(from) ? (from as readonly JsonValue[]) : [];
    const written = value.map((item, index) =>
      this.#write(item, froms[index], parts.get(index), `${pointer}/${index}`, respelled),
    );
    return `[${written.join(',')}]`;
  }

  #root(): Span {
    return { start: afterSpace(this.text, 0), end: this.text.trimEnd().length };
  }

  #partsOf({ start }: Span): ReadonlyMap<string | number, Span> {
    this.#ends ??= findEnds(this.text);
    const parts = this.#parts.get(start) ?? findParts(this.text, start, this.#ends);
    this.#parts.set(start, parts);
    return parts;
  }
}

interface Span {
  readonly start: number;
  readonly end: number;
}

interface Respelled {
  readonly integers: ReadonlySet<string>;
  /** Pointers to them, and to all that they are in. */
  readonly above: ReadonlySet<string>;
}

/** Where each object and array ends, by where it begins: one pass, so that later ones need not look inside. */
function findEnds(text: string): ReadonlyMap<number, number> {
  const ends = new Map<number, number>();
  const open: number[] = [];
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case 0x22:
        at = endOfString(text, at) - 1;
        break;
      case 0x7b:
      case 0x5b:
        open.push(at);
        break;
      case 0x7d:
      case 0x5d:
        ends.set(open.pop() ?? 0, at + 1);
        break;
      default:
    }
  }
  return ends;
}

/** The members or items of the value that begins at `start`; none of a scalar. */
function findParts(
  text: string,
  start: number,
  ends: ReadonlyMap<number, number>,
): ReadonlyMap<string | number, Span> {
  const parts = new Map<string | number, Span>();
  const isObject = text[start] === '{';
  if (!isObject && text[start] !== '[') return parts;
  let at = afterSpace(text, start + 1);
  while (text[at] !== '}' && text[at] !== ']') {
    let key: string | number = parts.size;
    if (isObject) {
      const keyEnd = endOfString(text, at);
      // A string token of valid JSON parses to a string.
      key = JSON.parse(text.slice(at, keyEnd)) as string;
      at = afterSpace(text, afterSpace(text, keyEnd) + 1);
    }
    const end = text[at] === '"' ? endOfString(text, at) : (ends.get(at) ?? endOfScalar(text, at));
    parts.set(key, { start: at, end });
    at = afterSpace(text, end);
    if (text[at] === ',') at = afterSpace(text, at + 1);
  }
  return parts;
}

const space = /[ \t\n\r]*/y;
const scalar = /[^ \t\n\r,\]}]*/y;

function afterSpace(text: string, at: number): number {
  space.lastIndex = at;
  space.test(text);
  return space.lastIndex;
}

function endOfScalar(text: string, at: number): number {
  scalar.lastIndex = at;
  scalar.test(text);
  return scalar.lastIndex;
}
