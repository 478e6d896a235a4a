import type { ToolBook } from '../arguments/tool-book.ts';
import { isJsonObject, type JsonObject } from '../../src/index.ts';
import type { ListedTool } from '../target/list-tools.ts';
import { hostileArguments } from './hostile-values.ts';
import type { Intent, Phase, TestCall } from './test-call.ts';

/** What the calls of a phase are made from. */
export interface CallPlan {
  readonly book: ToolBook;
  readonly tool: ListedTool;
  readonly phase: Phase;
  readonly seed: number;
  /** Calls at most. */
  readonly maxExamples: number;
}

/** Ways to break a schema are tried at their edge, then at random. */
const NEGATIVE_ROUNDS = 3;
const MAX_HOSTILE = 24;
/** A tool with few possible inputs gets each of them once. */
const MAX_REMEMBERED = 10_000;

/** The calls of one phase, made as they are asked for, the most telling first; the same ones for the same seed. */
export function planCalls(plan: CallPlan): Iterable<TestCall> {
  switch (plan.phase) {
    case 'coverage':
      return planCoverage(plan);
    case 'negative':
      return planNegative(plan);
    case 'fuzzing':
      return planFuzzing(plan);
  }
}

function* planCoverage({ book, tool, phase, maxExamples }: CallPlan): Iterable<TestCall> {
  const isAlike = toIsValid(book, tool);
  const intent: Intent = { kind: 'valid' };
  let first: JsonObject | undefined;
  let count = 0;
  for (const { value, what } of book.coverage(tool)) {
    first ??= value;
    yield { tool, phase, intent, arguments: value, what, isAlike };
    count += 1;
    if (count === maxExamples) break;
  }
  if (first === undefined) return;
  let hostile = 0;
  for (const { value, what } of hostileArguments(tool, first)) {
    if (hostile === Math.min(MAX_HOSTILE, maxExamples)) return;
    if (!isAlike(value)) continue;
    hostile += 1;
    yield { tool, phase, intent: { kind: 'hostile' }, arguments: value, what, isAlike };
  }
}

function* planNegative({ book, tool, phase, maxExamples }: CallPlan): Iterable<TestCall> {
  const generator = book.generatorOf(tool);
  if (generator.kind === 'untestable') return;
  const { arguments: fixed = {} } = book.settingsOf(tool);
  let count = 0;
  for (const { value, site, what, isCoercible, isSame } of generator.negatives(NEGATIVE_ROUNDS)) {
    // What is no object is for a check of its own.
    if (!isJsonObject(value)) continue;
    const intent: Intent = { kind: 'invalid', ...site, isCoercible };
    const isAlike = (other: JsonObject): boolean => generator.judge(other) === 'invalid' && isSame(other);
    const merged = { ...value, ...fixed };
    // The fault may be in a member that the user fixed, and then it is kept.
    yield { tool, phase, intent, arguments: isAlike(merged) ? merged : value, what, isAlike };
    count += 1;
    if (count === maxExamples) return;
  }
}

function* planFuzzing({ book, tool, phase, seed, maxExamples }: CallPlan): Iterable<TestCall> {
  const generator = book.generatorOf(tool);
  if (generator.kind === 'untestable') return;
  const isAlike = toIsValid(book, tool);
  const seen = new Set<string>();
  for (let index = 0; index < maxExamples; index += 1) {
    // Seeds of neighbouring runs must not overlap.
    const value = book.withFixed(tool, generator.generate(Math.imul(seed, 0x9e3779b1) + index));
    const text = JSON.stringify(value);
    if (value === undefined || seen.has(text)) continue;
    if (seen.size < MAX_REMEMBERED) seen.add(text);
    yield { tool, phase, intent: { kind: 'valid' }, arguments: value, what: `sample ${index + 1}`, isAlike };
  }
}

function toIsValid(book: ToolBook, tool: ListedTool): (value: JsonObject) => boolean {
  const { arguments: fixed = {} } = book.settingsOf(tool);
  return (value) => {
    const generator = book.generatorOf(tool);
    const isRight = generator.kind === 'untestable' || generator.judge(value) === 'valid';
    return isRight && JSON.stringify({ ...value, ...fixed }) === JSON.stringify(value);
  };
}
