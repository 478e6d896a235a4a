/** Code points that `\s` matches (ECMA-262 section 22.2.2.9, CharacterClassEscape). */
const whiteSpace =
  '\\x{9}-\\x{d}\\x{20}\\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}';
const notWhiteSpace =
  '\\x{0}-\\x{8}\\x{e}-\\x{1f}\\x{21}-\\x{9f}\\x{a1}-\\x{167f}\\x{1681}-\\x{1fff}\\x{200b}-\\x{2027}' +
  '\\x{202a}-\\x{202e}\\x{2030}-\\x{205e}\\x{2060}-\\x{2fff}\\x{3001}-\\x{fefe}\\x{ff00}-\\x{10ffff}';
const anything = '[\\x{0}-\\x{10ffff}]';
const nothing = '[^\\x{0}-\\x{10ffff}]';
const notLineTerminator = '[^\\x{a}\\x{d}\\x{2028}\\x{2029}]';
const controlEscapes: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13, '0': 0 };

/** Code points of a `\p{…}` or `\P{…}` escape as the inside of a class. */
export type PropertyRanges = (escape: string) => string;

/**
 * Says an ECMAScript pattern in RE2's syntax; undefined when that has no words for it: lookaround, back references,
 * inline flags.
 *
 * Only what means the same in both is passed on: characters are written by number, and what the two define
 * differently (`.`, `\s`, `\p`, empty classes) as ranges of code points. Groups lose their names, quantifiers their
 * laziness: neither changes whether a pattern matches (ECMA-262 section 22.2.2).
 *
 * @param source a pattern that is valid with the flag `u`
 */
export function toRe2Syntax(source: string, propertyRanges: PropertyRanges): string | undefined {
  let output = '';
  let index = 0;
  while (index < source.length) {
    const rest = source.slice(index, index + 12);
    const group = /^\((\?:|\?<[^=!]|\?)?/u.exec(rest);
    if (group !== null) {
      if (group[1] === '?') return undefined;
      output += '(?:';
      index = group[1]?.startsWith('?<') === true ? source.indexOf('>', index) + 1 : index + group[0].length;
      continue;
    }
    const quantifier = /^(?:[*+?]|\{\d+(?:,\d*)?\})\??/u.exec(source.slice(index, index + 64));
    if (quantifier !== null) {
      output += quantifier[0].replace(/(?<=.)\?$/u, '');
      index += quantifier[0].length;
      continue;
    }
    if (source[index] === '[') {
      const charClass = translateClass(source, index, propertyRanges);
      output += charClass.text;
      index = charClass.end;
      continue;
    }
    const atom = readAtom(source, index, false);
    if (atom === undefined) return undefined;
    if (atom.kind === 'property') output += toClass(propertyRanges(atom.text), false);
    else if (atom.kind === 'set') output += `[${atom.text}]`;
    else output += atom.text;
    index = atom.end;
  }
  return output;
}

/** One character, escape or operator. */
type Atom =
  | { readonly kind: 'character'; readonly text: string; readonly end: number }
  /** The inside of a class. */
  | { readonly kind: 'set'; readonly text: string; readonly end: number }
  /** The escape as it stands in the pattern. */
  | { readonly kind: 'property'; readonly text: string; readonly end: number }
  | { readonly kind: 'operator'; readonly text: string; readonly end: number };

function translateClass(
  source: string,
  start: number,
  propertyRanges: PropertyRanges,
): { readonly text: string; readonly end: number } {
  const isNegated = source[start + 1] === '^';
  let index = start + (isNegated ? 2 : 1);
  let members = '';
  while (source[index] !== ']') {
    const first = readAtom(source, index, true);
    if (first === undefined) throw new Error('unreachable: a class holds no back reference');
    index = first.end;
    if (first.kind === 'property') members += propertyRanges(first.text);
    else members += first.text;
    if (source[index] === '-' && source[index + 1] !== ']') {
      const last = readAtom(source, index + 1, true);
      if (last === undefined) throw new Error('unreachable: a class holds no back reference');
      members += `-${last.text}`;
      index = last.end;
    }
  }
  return { text: toClass(members, isNegated), end: index + 1 };
}

/** RE2 has no empty classes. */
function toClass(members: string, isNegated: boolean): string {
  if (members === '') return isNegated ? anything : nothing;
  return `[${isNegated ? '^' : ''}${members}]`;
}

/** Reads what stands at `index`; undefined for a back reference. */
function readAtom(source: string, index: number, isInClass: boolean): Atom | undefined {
  const character = String.fromCodePoint(source.codePointAt(index) ?? 0);
  const end = index + character.length;
  if (character === '\\') return readEscape(source, end, isInClass);
  if (!isInClass && character === '.') return { kind: 'operator', text: notLineTerminator, end };
  if (!isInClass && '^$|)'.includes(character)) return { kind: 'operator', text: character, end };
  return toCharacter(character.codePointAt(0) ?? 0, end);
}

/** @param index after the backslash */
function readEscape(source: string, index: number, isInClass: boolean): Atom | undefined {
  const letter = source[index] ?? '';
  const end = index + 1;
  if ('dDwW'.includes(letter)) return { kind: 'set', text: `\\${letter}`, end };
  if (letter === 's') return { kind: 'set', text: whiteSpace, end };
  if (letter === 'S') return { kind: 'set', text: notWhiteSpace, end };
  if (letter === 'p' || letter === 'P') {
    const close = source.indexOf('}', index) + 1;
    return { kind: 'property', text: source.slice(index - 1, close), end: close };
  }
  if (letter === 'b' && isInClass) return toCharacter(8, end);
  if (letter === 'b' || letter === 'B') return { kind: 'operator', text: `\\${letter}`, end };
  if (letter === 'k' || /[1-9]/u.test(letter)) return undefined;
  if (letter === 'c') return toCharacter((source.codePointAt(end) ?? 0) % 32, end + 1);
  const control = Object.hasOwn(controlEscapes, letter) ? controlEscapes[letter] : undefined;
  if (control !== undefined) return toCharacter(control, end);
  const rest = source.slice(index, index + 16);
  const pair = /^u(d[89ab][\da-f]{2})\\u(d[c-f][\da-f]{2})/iu.exec(rest);
  if (pair !== null) {
    const units = [pair[1] ?? '', pair[2] ?? ''].map((unit) => Number.parseInt(unit, 16));
    return toCharacter(String.fromCharCode(...units).codePointAt(0) ?? 0, index + pair[0].length);
  }
  if (rest.startsWith('u{')) {
    const close = source.indexOf('}', index);
    return toCharacter(Number.parseInt(source.slice(index + 2, close), 16), close + 1);
  }
  const hex = /^u([\da-f]{4})/iu.exec(rest) ?? /^x([\da-f]{2})/iu.exec(rest);
  if (hex !== null) return toCharacter(Number.parseInt(hex[1] ?? '', 16), index + hex[0].length);
  return toCharacter(letter.codePointAt(0) ?? 0, end);
}

function toCharacter(codePoint: number, end: number): Atom {
  return { kind: 'character', text: `\\x{${codePoint.toString(16)}}`, end };
}
