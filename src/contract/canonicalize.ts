import { createHash } from 'node:crypto';
import type { JsonObject, JsonValue } from '../json/value.ts';

/** A document in its one and only form. */
export interface CanonicalDocument {
  /** With `x-contract-digest`; not frozen, and shares nothing with the input. */
  readonly document: JsonObject;
  /** The document's only text: keys sorted, indented by two spaces, one line break at the end. */
  readonly json: string;
  /** sha256 in hex over the RFC 8785 form of the document without `x-contract-digest`. */
  readonly digest: string;
}

const digestKey = 'x-contract-digest';

/**
 * Gives a document its unique bytes: equal documents, whatever the order of their keys, have equal text.
 *
 * Keys are sorted by UTF-16 code units and numbers and strings written as RFC 8785 section 3.2 says; a lone
 * surrogate, which that section does not allow, is written as its escape. Arrays keep their order.
 */
export function canonicalize(document: JsonObject): CanonicalDocument {
  const bare = Object.fromEntries(Object.entries(document).filter(([key]) => key !== digestKey));
  const digest = createHash('sha256').update(toCanonicalJson(bare)).digest('hex');
  const json = `${write({ ...bare, [digestKey]: digest }, '\n')}\n`;
  // Parsed from the text: a deep copy whose `__proto__` keys, if any, are own keys.
  const parsed = JSON.parse(json) as JsonObject; // an object was written
  return { document: parsed, json, digest };
}

/** The RFC 8785 text of a value: no spaces, sorted keys. */
export function toCanonicalJson(value: JsonValue): string {
  return write(value, '');
}

/** `lineBreak` is '' for the compact form, else a line break and the current indentation. */
function write(value: JsonValue, lineBreak: string): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inner = lineBreak === '' ? '' : `${lineBreak}  `;
  if (isArray(value)) {
    if (value.length === 0) return '[]';
    return `[${inner}${value.map((item) => write(item, inner)).join(`,${inner}`)}${lineBreak}]`;
  }
  const keys = Object.keys(value).filter((key) => value[key] !== undefined);
  if (keys.length === 0) return '{}';
  // The default order compares UTF-16 code units (RFC 8785 section 3.2.3).
  keys.sort();
  const colon = lineBreak === '' ? ':' : ': ';
  const members = keys.map((key) => `${JSON.stringify(key)}${colon}${write(value[key] as JsonValue, inner)}`);
  return `{${inner}${members.join(`,${inner}`)}${lineBreak}}`;
}

/** Array.isArray does not narrow readonly arrays. */
function isArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
