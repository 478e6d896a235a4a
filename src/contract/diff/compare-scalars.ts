import { joinPointer } from '../schema/pointer.ts';
import { toTypeWords } from './atoms.ts';
import type { Comparison, Judge, Pair } from './comparison.ts';
import { toEffect } from './effect.ts';
import { isMultipleOf } from './multiple-of.ts';
import type { Bound, View } from './view.ts';

/** Compares `type`: `integer` is part of `number` (validation 6.1.1). Types of branches are left to the branches. */
export function compareTypes({ viewA, viewB, pointer }: Pair, judge: Judge): void {
  const isLoss = [...viewA.types].some((type) => !viewB.ownTypes.has(type));
  const isGain = [...viewB.types].some((type) => !viewA.ownTypes.has(type));
  if (!isLoss && !isGain) return;
  const message = `type: ${toTypeWords(viewA.types)} → ${toTypeWords(viewB.types)}`;
  const effect = toEffect(isLoss ? 'yes' : 'no', isGain ? 'yes' : 'no');
  judge.report(effect, 'type', joinPointer(pointer, 'type'), message);
}

/** Compares bounds and divisors (validation 6.2). */
export function compareNumbers({ viewA, viewB, pointer }: Pair, judge: Judge): void {
  for (const [end, sign, keyword, exclusive] of [
    ['lower', 1, 'minimum', 'exclusiveMinimum'],
    ['upper', -1, 'maximum', 'exclusiveMaximum'],
  ] as const) {
    const [a, b] = [viewA.numbers[end], viewB.numbers[end]];
    const isLoss = isTighter(b, viewA.tightNumbers[end], sign);
    const isGain = isTighter(a, viewB.tightNumbers[end], sign);
    if (!isLoss && !isGain) continue;
    const present = Number.isFinite(b.value) ? b : a;
    const name = present.isExclusive ? exclusive : keyword;
    const message = `${name}: ${toBoundWords(a)} → ${toBoundWords(b)}`;
    judge.report(
      toEffect(isLoss ? 'yes' : 'no', isGain ? 'yes' : 'no'),
      name,
      joinPointer(pointer, name),
      message,
    );
  }
  compareMultiples(viewA, viewB, pointer, judge);
}

/** Compares lengths, patterns, and formats where they are asserted (validation 6.3, 7). */
export function compareStrings(pair: Pair, judge: Judge, comparison: Comparison): void {
  const { viewA, viewB, pointer } = pair;
  const [a, b] = [viewA.strings, viewB.strings];
  compareCount('minLength', a.min, b.min, pointer, judge);
  compareCount('maxLength', -a.max, -b.max, pointer, judge);
  comparePatterns(pair, judge, comparison);
  const [lost, added] = [minus(a.formats, b.formats), minus(b.formats, a.formats)];
  if (lost.length === 0 && added.length === 0) return;
  judge.report(
    toEffect(added.length > 0 ? 'perhaps' : 'no', lost.length > 0 ? 'perhaps' : 'no'),
    'format',
    joinPointer(pointer, 'format'),
    `format: ${list(a.formats)} → ${list(b.formats)}, asserted`,
  );
}

/** Compares counts of which a higher one admits less; upper bounds come negated. */
export function compareCount(keyword: string, a: number, b: number, pointer: string, judge: Judge): void {
  if (a === b) return;
  const message = `${keyword}: ${toCountWords(a)} → ${toCountWords(b)}`;
  judge.report(b > a ? 'narrows' : 'widens', keyword, joinPointer(pointer, keyword), message);
}

function compareMultiples(a: View, b: View, pointer: string, judge: Judge): void {
  const [added, dropped] = [unimplied(a, b), unimplied(b, a)];
  if (added.length === 0 && dropped.length === 0) return;
  // Numbers that cannot be written out are not divided.
  const isSure = [...added, ...dropped].every((divisor) => isMultipleOf(divisor, divisor) === true);
  const certainty = isSure ? 'yes' : 'perhaps';
  judge.report(
    toEffect(added.length > 0 ? certainty : 'no', dropped.length > 0 ? certainty : 'no'),
    'multipleOf',
    joinPointer(pointer, 'multipleOf'),
    `multipleOf: ${list(a.numbers.multiples)} → ${list(b.numbers.multiples)}`,
  );
}

/** The divisors of `of` that the numbers of `by` need not have. */
function unimplied(by: View, of: View): readonly number[] {
  const known = [...by.numbers.multiples, ...(by.types.has('fraction') ? [] : [1])];
  return of.numbers.multiples.filter(
    (divisor) => !known.some((multiple) => isMultipleOf(multiple, divisor) === true),
  );
}

/** No pattern is proven to be part of another: a few strings are tried, and show what they show. */
function comparePatterns({ a, b, viewA, viewB, pointer }: Pair, judge: Judge, comparison: Comparison): void {
  const dropped = minus(viewA.strings.patterns, viewB.strings.patterns);
  const added = minus(viewB.strings.patterns, viewA.strings.patterns);
  if (dropped.length === 0 && added.length === 0) return;
  const samples = toSamples(Math.max(viewA.strings.min, viewB.strings.min));
  const passes = (text: string, patterns: readonly string[]): boolean | undefined => {
    const verdicts = new Set(patterns.map((pattern) => comparison.matches(pattern, text)));
    return verdicts.has(false) ? false : verdicts.has(undefined) ? undefined : true;
  };
  const lost = samples.find((text) => passes(text, added) === false && comparison.accepts(a, text) === true);
  const gained = samples.find(
    (text) => passes(text, dropped) === false && comparison.accepts(b, text) === true,
  );
  const examples = [
    ...(lost === undefined ? [] : [`${JSON.stringify(lost)} no longer matches`]),
    ...(gained === undefined ? [] : [`${JSON.stringify(gained)} matches now`]),
  ].map((example) => `; ${example}`);
  judge.report(
    toEffect(
      added.length === 0 ? 'no' : lost === undefined ? 'perhaps' : 'yes',
      dropped.length === 0 ? 'no' : gained === undefined ? 'perhaps' : 'yes',
    ),
    'pattern',
    joinPointer(pointer, 'pattern'),
    `pattern: ${list(viewA.strings.patterns)} → ${list(viewB.strings.patterns)}${examples.join('')}`,
  );
}

function toSamples(length: number): readonly string[] {
  const shortest = ['', 'a', 'A', '0', '-', '_', ' ', '\n', 'é', 'a b', 'ab-1', 'https://example.org/'];
  // Longer ones prove nothing that these do not.
  if (length > 200) return shortest;
  return shortest.flatMap((text) => [text, `${text}${(text.at(-1) ?? 'x').repeat(length)}`]);
}

function isTighter(bound: Bound, than: Bound, sign: 1 | -1): boolean {
  if (bound.value === than.value) return bound.isExclusive && !than.isExclusive;
  return bound.value * sign > than.value * sign;
}

function toBoundWords({ value, isExclusive }: Bound): string {
  if (!Number.isFinite(value)) return 'none';
  return isExclusive ? `${value} (exclusive)` : String(value);
}

function toCountWords(count: number): string {
  return Number.isFinite(count) ? String(Math.abs(count)) : 'none';
}

function minus(a: ReadonlySet<string>, b: ReadonlySet<string>): readonly string[] {
  return [...a].filter((item) => !b.has(item));
}

function list(items: Iterable<string | number>): string {
  const words = [...items].map(String);
  return words.length === 0 ? 'none' : words.join(', ');
}
