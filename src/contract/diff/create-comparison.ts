import { createPatternCompiler, type CompiledPattern } from '../validation/pattern.ts';
import { accepts } from './accepts.ts';
import { compareNodes } from './compare-nodes.ts';
import type { Comparison, Judge } from './comparison.ts';
import { createViewer } from './create-viewer.ts';
import { isDisjoint } from './disjoint.ts';
import { keepsValues } from './effect.ts';
import { createSameness } from './sameness.ts';
import { followReference, type Node, type Place } from './side.ts';
import type { View } from './view.ts';

/** How schemas are compared. */
export interface ComparisonOptions {
  /** Whether `format` refuses values or only describes them (validation 7.2.1). @default 'annotate' */
  readonly formats?: 'annotate' | 'assert';
}

/** A comparison with a memory, and a bound on what may be asked. */
export interface BoundedComparison extends Comparison {
  /** The node's identity: the same schemas, wherever they stand. */
  readonly toKey: (node: Node) => string;
  /** Starts a new account of what is asked. */
  readonly refill: () => void;
}

/** Steps until a question stays open: schemas that need more are not written by people. */
const maxSteps = 200_000;
const maxDepth = 120;

/** Creates what answers questions about the schemas of two documents. */
export function createComparison({ formats = 'annotate' }: ComparisonOptions = {}): BoundedComparison {
  const areFormatsAsserted = formats === 'assert';
  const read = createViewer(areFormatsAsserted);
  const isSame = createSameness('meaning', areFormatsAsserted);
  const toKey = createKeys();
  const matches = createMatcher();
  const views = new Map<string, View>();
  /** Answers, and `undefined` for questions still open: those are taken for proven (coinduction). */
  const answers = new Map<string, boolean | undefined>();
  /** Proven questions, in order: those after one that fails are forgotten, as they may rest on it. */
  let trail: string[] = [];
  let depth = 0;
  let steps = 0;

  const comparison: BoundedComparison = {
    toKey,
    matches,
    isSame,
    refill: () => {
      steps = 0;
      views.clear();
      answers.clear();
      trail = [];
    },
    isExhausted: () => (steps += 1) > maxSteps,
    view: (node) => {
      const key = toKey(node);
      const view = views.get(key) ?? read(node);
      views.set(key, view);
      return view;
    },
    accepts: (node, value) => accepts(node, value, comparison),
    isDisjoint: (a, b) => isDisjoint(a, b, comparison),
    isWithin,
  };
  return comparison;

  function isWithin(a: Node, b: Node): boolean {
    if (b.length === 0) return true;
    const key = `${toKey(a)}<${toKey(b)}`;
    if (answers.has(key)) return answers.get(key) ?? true;
    if (depth > maxDepth || comparison.isExhausted()) return false;
    const mark = trail.length;
    answers.set(key, undefined);
    depth += 1;
    const isProven = isEachIn(a, b) || isSeenWithin(a, b);
    depth -= 1;
    answers.set(key, isProven);
    if (isProven) trail.push(key);
    else for (const doubtful of trail.splice(mark)) answers.delete(doubtful);
    return isProven;
  }

  /** Every demand is already there. */
  function isEachIn(a: Node, b: Node): boolean {
    return b.every((demand) => a.some((place) => isSame(place, demand)));
  }

  function isSeenWithin(a: Node, b: Node): boolean {
    let isLost = false;
    const judge: Judge = {
      get isDone() {
        return isLost;
      },
      report: (effect) => {
        isLost ||= !keepsValues(effect);
      },
      compare: (before, after, _pointer, _keyword, isMirrored = false) => {
        isLost ||= isMirrored ? !isWithin(after, before) : !isWithin(before, after);
      },
    };
    compareNodes(a, b, '', '', judge, comparison);
    return !isLost;
  }
}

/** Schemas by what they are: a bare reference is what it names. */
function createKeys(): (node: Node) => string {
  const ids = new WeakMap<object, number>();
  let next = 0;
  const toId = (place: Place): string => {
    const schema = followReference(place);
    if (typeof schema !== 'object' || schema === null) return String(schema);
    const id = ids.get(schema) ?? (next += 1);
    ids.set(schema, id);
    return String(id);
  };
  return (node) => [...new Set(node.map(toId))].toSorted().join(',');
}

/** Patterns that would backtrack are not run: their text comes from outside. */
function createMatcher(): Comparison['matches'] {
  const compile = createPatternCompiler();
  const known = new Map<string, CompiledPattern | undefined>();
  return (pattern, text) => {
    if (!known.has(pattern)) known.set(pattern, compileOrNot(pattern));
    const compiled = known.get(pattern);
    return compiled?.isLinear === true ? compiled.test(text) : undefined;
  };

  function compileOrNot(pattern: string): CompiledPattern | undefined {
    try {
      return compile(pattern);
    } catch {
      return undefined;
    }
  }
}
