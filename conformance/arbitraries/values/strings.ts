import { createDraw, hashText, type Draw } from '../draw.ts';
import { countCharacters } from '../json.ts';
import type { Constraints } from '../goals/constraints.ts';
import type { SchemaModel } from '../schema/schema-model.ts';
import { sampleFormat } from './formats.ts';
import { guessMatching } from './matching.ts';

type StringConstraints = Pick<
  Constraints,
  'patterns' | 'notPatterns' | 'minLength' | 'maxLength' | 'format' | 'excluded'
>;

/** Finds strings within constraints; the same ones each time. */
export interface StringFinder {
  /** A few strings within the constraints, the plainest first; none when none was found. */
  readonly find: (constraints: Partial<StringConstraints>) => readonly string[];
  readonly isPossible: (constraints: StringConstraints) => boolean;
  /** A string within the constraints; undefined when none was found. */
  readonly draw: (constraints: StringConstraints, draw: Draw) => string | undefined;
}

const maxKept = 48;
/** Longer strings are not made, however long they have to be. */
const maxGenerated = 1_000_000;
/** Strings at their longest are made up to here. */
const maxEdge = 1_000;
/** How much longer than necessary strings get. */
const maxMore = 24;

const noConstraints: StringConstraints = {
  patterns: [],
  notPatterns: [],
  minLength: 0,
  maxLength: Infinity,
  format: undefined,
  excluded: [],
};

/** Creates a finder with a memory of its own. */
export function createStringFinder(model: SchemaModel): StringFinder {
  const pools = new Map<string, readonly string[]>();
  const find = (partial: Partial<StringConstraints>): readonly string[] => {
    const constraints = { ...noConstraints, ...partial };
    const { patterns, notPatterns, minLength, maxLength, format, excluded } = constraints;
    const key = JSON.stringify([patterns, notPatterns, minLength, String(maxLength), format, excluded]);
    const known = pools.get(key);
    if (known !== undefined) return known;
    const pool = fill(model, constraints, createDraw(model.seed ^ hashText(key)));
    pools.set(key, pool);
    return pool;
  };
  return {
    find,
    isPossible: (constraints) => isFree(constraints) || find(constraints).length > 0,
    draw: (constraints, draw) => {
      const isPlain = isFree(constraints) && constraints.format === undefined;
      if (isPlain && constraints.minLength <= maxGenerated) return drawFree(constraints, draw);
      const pool = find(constraints);
      return pool.length === 0 ? undefined : draw.pick(pool);
    },
  };
}

/** True when every string of the right length will do. */
function isFree({ patterns, notPatterns, minLength, maxLength, excluded }: StringConstraints): boolean {
  return (
    patterns.length + notPatterns.length + excluded.length === 0 &&
    minLength <= Math.min(maxLength, maxGenerated)
  );
}

function fill(model: SchemaModel, constraints: StringConstraints, draw: Draw): readonly string[] {
  const { patterns, notPatterns, format, minLength } = constraints;
  if (minLength > maxGenerated) return [];
  const kept = new Set<string>();
  const keep = (candidates: Iterable<string>): void => {
    for (const text of candidates) {
      if (kept.size < maxKept && !kept.has(text) && isStringWithin(model, constraints, text)) kept.add(text);
    }
  };
  if (format !== undefined) keep(sampleFormat(format, model.seed) ?? []);
  // Annotated, not asserted: where the lengths leave no string of the format, any other is as right.
  if (format !== undefined && kept.size > 0 && notPatterns.length === 0) return [...kept];
  for (const pattern of patterns) keep(guessMatching(pattern, constraints, model.seed));
  for (const pattern of notPatterns) keep(nearMisses(guessMatching(pattern, constraints, model.seed), draw));
  for (const length of [minLength, constraints.maxLength]) if (length <= maxEdge) keep([toPlainText(length)]);
  for (let tries = 0; tries < 3 * maxKept; tries += 1) keep([drawFree(constraints, draw)]);
  return [...kept].filter((text) => text !== '' || minLength === 0);
}

/** True when a string meets the constraints. */
export function isStringWithin(model: SchemaModel, constraints: StringConstraints, text: string): boolean {
  const { patterns, notPatterns, minLength, maxLength, excluded } = constraints;
  // A character has one or two UTF-16 units.
  if (text.length < minLength || text.length > 2 * maxLength) return false;
  const length = countCharacters(text);
  if (length < minLength || length > maxLength || excluded.includes(text)) return false;
  // What does not survive UTF-8 is no text.
  if (!text.isWellFormed()) return false;
  return (
    patterns.every((pattern) => model.matches(pattern, text)) &&
    !notPatterns.some((pattern) => model.matches(pattern, text))
  );
}

/** Strings with one small thing wrong. */
function* nearMisses(texts: readonly string[], draw: Draw): Iterable<string> {
  for (const text of texts.slice(0, maxKept)) {
    const at = draw.integer(0, text.length);
    yield text.slice(0, at) + text.slice(at + 1);
    yield `${text.slice(0, at)}${draw.pick(['!', ' ', 'é', '0', 'Z', '\n'])}${text.slice(at)}`;
    yield text.toUpperCase();
    yield `${text} `;
  }
}

const plainCharacters = 'abcdefghijklmnopqrstuvwxyz';
const otherCharacters = [
  'A',
  'Z',
  '0',
  '9',
  ' ',
  '-',
  '_',
  '.',
  '/',
  '"',
  '\\',
  "'",
  '<',
  '&',
  '%',
  'é',
  'ß',
  '中',
  '𝒳',
  '😀',
  '\n',
  '\t',
  '\u0000',
  '\u202e',
];

/** So many letters. */
export function toPlainText(length: number): string {
  return plainCharacters.repeat(Math.ceil(length / plainCharacters.length)).slice(0, length);
}

/** A string of the right length. */
function drawFree(
  { minLength, maxLength }: Pick<StringConstraints, 'minLength' | 'maxLength'>,
  draw: Draw,
): string {
  if (draw.kind !== 'random') {
    const isEdge = draw.kind === 'edge' && maxLength <= maxEdge;
    return toPlainText(isEdge ? maxLength : Math.max(minLength, Math.min(maxLength, 1)));
  }
  const most = Math.min(maxLength, minLength + draw.pick([0, 1, 8, 8, maxMore]));
  const length = draw.integer(minLength, Math.max(minLength, most));
  const isPlain = draw.chance(0.6);
  // Beyond, the characters do not matter, their number does.
  if (length > 4_096) return toPlainText(length);
  let text = '';
  for (let count = 0; count < length; count += 1) {
    text += isPlain || draw.chance(0.7) ? plainCharacters[draw.integer(0, 25)] : draw.pick(otherCharacters);
  }
  return text;
}
