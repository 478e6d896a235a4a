import { scanElements, scanMembers } from '../json/members.ts';
import { isJsonObject, type JsonValue } from '../json/value.ts';
import { toToken } from './fill-error.ts';
import { integerIn } from './fill-scalar.ts';

/** A parsed JSON text that can still be read to the letter. */
export interface Original {
  readonly value: JsonValue;
  readonly text: string;
}

/** The text of the value at a path, to the letter; undefined when there is none. */
export function rawAt(text: string, path: readonly (string | number)[]): string | undefined {
  const bytes = Buffer.from(text);
  let span: Span | undefined = { start: 0, end: bytes.length };
  for (const part of path) span = span && partsOf(bytes, span).get(part);
  return span && bytes.toString('utf8', span.start, span.end).trim();
}

/**
 * The JSON text of a value that was made from another: what did not change stays as it was written.
 *
 * So numbers beyond the double range survive beside what was converted, dropped or filled in; those that were converted
 * from strings do too.
 *
 * @param integers pointers to numbers that are written as integers are, whatever they were written as
 */
export function toChangedJson(
  value: JsonValue,
  original: Original,
  integers: ReadonlySet<string> = new Set(),
): string {
  const bytes = Buffer.from(original.text);
  return write(value, original.value, { bytes, integers }, { start: 0, end: bytes.length }, '');
}

interface Source {
  readonly bytes: Buffer;
  readonly integers: ReadonlySet<string>;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

function write(
  value: JsonValue,
  from: JsonValue | undefined,
  source: Source,
  span: Span | undefined,
  pointer: string,
): string {
  if (span === undefined || from === undefined) return JSON.stringify(value);
  const isLeaf = typeof value !== 'object' || value === null;
  if (Object.is(value, from) && (isLeaf || source.integers.size === 0)) {
    const raw = source.bytes.toString('utf8', span.start, span.end);
    const isRespelled = Number.isSafeInteger(value) && /[.eE]/.test(raw) && source.integers.has(pointer);
    return isRespelled ? JSON.stringify(value) : raw;
  }
  if (isLeaf) {
    const digits = typeof value === 'number' && typeof from === 'string' ? integerIn(from) : undefined;
    return digits ?? JSON.stringify(value);
  }
  const parts = partsOf(source.bytes, span);
  if (isJsonObject(value)) {
    const members = isJsonObject(from) ? from : {};
    const written = Object.entries(value).map(([key, member]) => {
      const own = Object.hasOwn(members, key) ? members[key] : undefined;
      return `${JSON.stringify(key)}:${write(member, own, source, parts.get(key), `${pointer}${toToken(key)}`)}`;
    });
    return `{${written.join(',')}}`;
  }
  // Neither a scalar nor an object is left; items keep their places.
  const items = value;
  const froms = Array.isArray(from) ? (from as readonly JsonValue[]) : [];
  const written = items.map((item, index) =>
    write(item, froms[index], source, parts.get(index), `${pointer}/${index}`),
  );
  return `[${written.join(',')}]`;
}

/** Where the members or items of a value are. */
function partsOf(bytes: Buffer, { start, end }: Span): ReadonlyMap<string | number, Span> {
  const parts = new Map<string | number, Span>();
  scanMembers(bytes, start, end, (key, from, to) => {
    parts.set(key, { start: from, end: to });
  });
  if (parts.size > 0) return parts;
  scanElements(bytes, start, end, (from, to) => {
    parts.set(parts.size, { start: from, end: to });
  });
  return parts;
}
