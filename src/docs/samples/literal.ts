import type { JsonObject, JsonValue } from '../../json/value.ts';

/** How a language writes JSON values. */
export interface Notation {
  readonly nothing: string;
  readonly yes: string;
  readonly no: string;
  /** Spaces per level. */
  readonly indent: number;
  /** Beside the braces of an object on one line. */
  readonly pad: string;
  toText(value: string): string;
  toKey(name: string): string;
}

/** Longer values get a line for each member. */
const maxLineLength = 60;

/** A value as source text; lines after the first are indented for a place `depth` levels deep. */
export function toLiteral(value: JsonValue, notation: Notation, depth = 0): string {
  if (typeof value === 'string') return notation.toText(value);
  // What no JSON text can say, a document that JSON.parse read may yet hold: 1e999 is infinite.
  if (value === null || (typeof value === 'number' && !Number.isFinite(value))) return notation.nothing;
  if (typeof value === 'boolean') return value ? notation.yes : notation.no;
  if (typeof value === 'number') return JSON.stringify(value);
  if (isList(value)) {
    const items = value.map((item) => toLiteral(item, notation, depth + 1));
    return enclose('[', items, ']', notation, depth);
  }
  const members = Object.entries(value).map(
    ([name, member]) => `${notation.toKey(name)}: ${toLiteral(member, notation, depth + 1)}`,
  );
  return enclose('{', members, '}', notation, depth);
}

export const json: Notation = {
  nothing: 'null',
  yes: 'true',
  no: 'false',
  indent: 2,
  pad: '',
  toText: toJsonText,
  toKey: toJsonText,
};

/** Of JavaScript and TypeScript. */
export const script: Notation = {
  ...json,
  pad: ' ',
  toText: toScriptText,
  toKey: (name) => {
    // Unless computed, it would set the prototype (ECMA-262 section B.3.1).
    if (name === '__proto__') return '["__proto__"]';
    return /^[a-z_$][\w$]*$/i.test(name) ? name : toScriptText(name);
  },
};

export const python: Notation = {
  nothing: 'None',
  yes: 'True',
  no: 'False',
  indent: 4,
  pad: '',
  toText: toPythonText,
  toKey: toPythonText,
};

function isList(value: readonly JsonValue[] | JsonObject): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function enclose(
  open: string,
  parts: readonly string[],
  close: string,
  { indent, pad }: Notation,
  depth: number,
): string {
  const beside = open === '{' && parts.length > 0 ? pad : '';
  const line = `${open}${beside}${parts.join(', ')}${beside}${close}`;
  if (line.length <= maxLineLength && !line.includes('\n')) return line;
  const inner = `\n${' '.repeat(indent * (depth + 1))}`;
  return `${open}${inner}${parts.join(`,${inner}`)}\n${' '.repeat(indent * depth)}${close}`;
}

/** Controls, and what is invisible or turns the reading direction; joiners are parts of emoji and of words. */
// eslint-disable-next-line no-control-regex
const unseen = /(?![\u200c\u200d])[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}\ufffe\uffff]/gu;

function toJsonText(text: string): string {
  return JSON.stringify(text).replaceAll(unseen, toUnits);
}

/** Pasted into a page, the text must not end its script (HTML section 4.12.1.3). */
function toScriptText(text: string): string {
  return toJsonText(text).replaceAll(/<(?=[/!]|script)/gi, '\\u003c');
}

/** JSON's escapes mean the same in Python, but for pairs of surrogates, which stay two characters there. */
function toPythonText(text: string): string {
  return JSON.stringify(text).replaceAll(unseen, (character) =>
    character.length === 1
      ? toUnits(character)
      : `\\U${(character.codePointAt(0) ?? 0).toString(16).padStart(8, '0')}`,
  );
}

function toUnits(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}
