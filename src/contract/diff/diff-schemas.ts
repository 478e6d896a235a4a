import { toCanonicalJson } from '../canonicalize.ts';
import { joinPointer } from '../schema/pointer.ts';
import { compareNodes } from './compare-nodes.ts';
import type { Judge } from './comparison.ts';
import type { BoundedComparison } from './create-comparison.ts';
import { mirror, type Effect } from './effect.ts';
import { flatten } from './flatten.ts';
import { isAnnotation } from './keyword-role.ts';
import type { Sameness } from './sameness.ts';
import type { Node, Place } from './side.ts';

/** Told of each difference. */
export type Report = (effect: Effect, keyword: string, pointer: string, message: string) => void;

/** What schemas of two documents are compared with. */
export interface SchemaTools {
  readonly comparison: BoundedComparison;
  /** Assertions and annotations. */
  readonly isSameText: Sameness;
}

/** Pairs of subschemas, until what is left is reported as unknown. */
const maxPairs = 100_000;

/** Two nodes that are still to be compared. */
interface Pending {
  readonly before: Node;
  readonly after: Node;
  readonly pointer: string;
  readonly keyword: string;
  readonly isMirrored: boolean;
}

/**
 * Reports how the schema `b` differs from `a`, each pair of subschemas once, so recursion ends, and at the shortest of
 * its pointers.
 *
 * @param pointer the place that the reported pointers start from
 */
export function diffSchemas(a: Place, b: Place, pointer: string, tools: SchemaTools, report: Report): void {
  const { comparison, isSameText } = tools;
  if (isSameText(a, b)) return;
  comparison.refill();
  const visited = new Set<string>();
  const queue: Pending[] = [];
  add({ before: [a], after: [b], pointer, keyword: 'schema', isMirrored: false });
  // Breadth first: the queue grows while it is gone through.
  for (const pending of queue) {
    if (queue.length > maxPairs) {
      report('unknown', 'schema', pointer, 'too large to be compared');
      return;
    }
    const { before, after, pointer: place, keyword } = pending;
    compareAnnotations(before, after, place, report);
    compareNodes(before, after, place, keyword, toJudge(pending), comparison);
  }

  function add(pending: Pending): void {
    const { before, after, isMirrored } = pending;
    const key = `${comparison.toKey(before)} ${comparison.toKey(after)} ${isMirrored}`;
    if (visited.has(key)) return;
    visited.add(key);
    if (!isSameNode(before, after)) queue.push(pending);
  }

  function toJudge({ isMirrored }: Pending): Judge {
    return {
      isDone: false,
      report: (effect, keyword, at, message) => {
        const seen = isMirrored ? mirror(effect) : effect;
        // Past the bound an answer of no may only mean that nobody looked.
        report(comparison.isExhausted() && seen !== 'none' ? 'unknown' : seen, keyword, at, message);
      },
      compare: (before, after, at, keyword, isFlipped = false) =>
        add({ before, after, pointer: at, keyword, isMirrored: isMirrored !== isFlipped }),
    };
  }

  function isSameNode(before: Node, after: Node): boolean {
    if (before.length !== after.length) return false;
    return before.every((place, index) => {
      const other = after[index];
      return other !== undefined && isSameText(place, other);
    });
  }
}

function compareAnnotations(a: Node, b: Node, pointer: string, report: Report): void {
  const [before, after] = [collectAnnotations(a), collectAnnotations(b)];
  for (const name of new Set([...before.keys(), ...after.keys()])) {
    const [old, now] = [before.get(name), after.get(name)];
    if (old === now) continue;
    const word = old === undefined ? 'added' : now === undefined ? 'removed' : 'changed';
    // A gateway may assert formats; this diff was not told so.
    const remark = name === 'format' ? ' (an annotation unless formats are asserted)' : '';
    report('none', name, joinPointer(pointer, name), `${name} ${word}${remark}`);
  }
}

/** Name → the texts of its values. */
function collectAnnotations(node: Node): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { schema } of flatten(node).flats) {
    for (const [name, value] of Object.entries(schema)) {
      if (isAnnotation(name)) found.set(name, `${found.get(name) ?? ''}${toCanonicalJson(value)}\n`);
    }
  }
  return found;
}
