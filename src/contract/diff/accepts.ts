import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import { toCanonicalJson } from '../canonicalize.ts';
import { itemsAt, membersNamed } from './applicable.ts';
import { atomOf } from './atoms.ts';
import type { Comparison } from './comparison.ts';
import { isMultipleOf } from './multiple-of.ts';
import type { Node } from './side.ts';
import type { ArrayView, Condition, ObjectView, View } from './view.ts';

type Verdict = boolean | undefined;
type Context = Pick<Comparison, 'view' | 'matches' | 'isExhausted'>;

const maxDepth = 60;

/** Whether a node admits a value; undefined when it cannot be told. */
export function accepts(node: Node, value: JsonValue, context: Context, depth = 0): Verdict {
  if (node.length === 0) return true;
  if (depth > maxDepth || context.isExhausted()) return undefined;
  const view = context.view(node);
  if (!view.types.has(atomOf(value))) return false;
  if (view.listed?.has(toCanonicalJson(value)) === false) return false;
  const judge = (other: Node, inner: JsonValue): Verdict => accepts(other, inner, context, depth + 1);
  return all([
    () => acceptsContent(view, value, judge, context),
    ...view.anyOfs.map(
      ({ branches }) =>
        () =>
          any(branches.map((branch) => () => judge([branch], value))),
    ),
    ...view.oneOfs.map(
      ({ branches }) =>
        () =>
          exactlyOne(branches.map((branch) => judge([branch], value))),
    ),
    ...view.nots.map((place) => () => negate(judge([place], value))),
    ...view.conditions.map((condition) => () => acceptsCondition(condition, value, judge)),
    // What could not be read may refuse anything.
    () => (view.opaque.length === 0 ? true : undefined),
  ]);
}

type Judgement = (node: Node, value: JsonValue) => Verdict;

function acceptsContent(view: View, value: JsonValue, judge: Judgement, context: Context): Verdict {
  if (typeof value === 'number') return acceptsNumber(view, value);
  if (typeof value === 'string') return acceptsString(view, value, context);
  if (Array.isArray(value)) return acceptsArray(view.arrays, value, judge);
  if (isJsonObject(value)) return acceptsObject(view.objects, value, judge, context);
  return true;
}

function acceptsNumber({ numbers: { lower, upper, multiples } }: View, value: number): Verdict {
  if (lower.isExclusive ? value <= lower.value : value < lower.value) return false;
  if (upper.isExclusive ? value >= upper.value : value > upper.value) return false;
  return all(multiples.map((divisor) => () => isMultipleOf(value, divisor)));
}

function acceptsString({ strings }: View, value: string, { matches }: Context): Verdict {
  // In characters of RFC 8259, not UTF-16 code units (validation 6.3.1).
  const length = Array.from(value).length;
  if (length < strings.min || length > strings.max) return false;
  const patterns = [...strings.patterns].map((pattern) => () => matches(pattern, value));
  return all([...patterns, () => (strings.formats.size === 0 ? true : undefined)]);
}

function acceptsArray(view: ArrayView, items: readonly JsonValue[], judge: Judgement): Verdict {
  if (items.length < view.min || items.length > view.max) return false;
  if (view.isUnique && new Set(items.map((item) => toCanonicalJson(item))).size < items.length) return false;
  return all([
    ...items.map((item, index) => () => judge(itemsAt(view, index), item)),
    ...view.contains.map(({ place, min, max }) => () => {
      const verdicts = items.map((item) => judge([place], item));
      const sure = verdicts.filter((verdict) => verdict === true).length;
      const possible = verdicts.filter((verdict) => verdict !== false).length;
      if (possible < min || sure > max) return false;
      return sure >= min && possible <= max ? true : undefined;
    }),
  ]);
}

function acceptsObject(view: ObjectView, value: JsonObject, judge: Judgement, context: Context): Verdict {
  const keys = Object.keys(value);
  const has = (name: string): boolean => Object.hasOwn(value, name);
  if (keys.length < view.min || keys.length > view.max || ![...view.required].every(has)) return false;
  for (const [key, names] of view.dependentRequired) if (has(key) && ![...names].every(has)) return false;
  return all([
    ...Object.entries(value).map(([name, member]) => () => {
      const node = membersNamed(view, name, context.matches);
      return node === undefined ? undefined : judge(node, member);
    }),
    ...view.names.map((place) => () => all(keys.map((key) => () => judge([place], key)))),
    ...[...view.dependentSchemas].map(
      ([key, places]) =>
        () =>
          has(key) ? judge(places, value) : true,
    ),
  ]);
}

function acceptsCondition(
  { test, consequent, otherwise }: Condition,
  value: JsonValue,
  judge: Judgement,
): Verdict {
  const isMet = judge([test], value);
  const verdicts = [consequent, otherwise].map((place) =>
    place === undefined ? true : judge([place], value),
  );
  if (isMet !== undefined) return verdicts[isMet ? 0 : 1];
  return verdicts[0] === verdicts[1] ? verdicts[0] : undefined;
}

function all(verdicts: readonly (() => Verdict)[]): Verdict {
  let result: Verdict = true;
  for (const verdict of verdicts) {
    const found = verdict();
    if (found === false) return false;
    if (found === undefined) result = undefined;
  }
  return result;
}

function any(verdicts: readonly (() => Verdict)[]): Verdict {
  return negate(all(verdicts.map((verdict) => () => negate(verdict()))));
}

function exactlyOne(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.filter((verdict) => verdict === true).length > 1) return false;
  if (verdicts.includes(undefined)) return undefined;
  return verdicts.includes(true);
}

function negate(verdict: Verdict): Verdict {
  return verdict === undefined ? undefined : !verdict;
}
