import type { JsonValue } from '../../json/value.ts';
import type { Effect } from './effect.ts';
import type { Node, Place } from './side.ts';
import type { View } from './view.ts';

/** What comparing two nodes needs to know; questions that cannot be settled are answered with no. */
export interface Comparison {
  readonly view: (node: Node) => View;
  /** Same assertions. */
  readonly isSame: (a: Place, b: Place) => boolean;
  /** True when every value that the first node admits is one that the second admits. */
  readonly isWithin: (a: Node, b: Node) => boolean;
  /** True when no value is admitted by both. */
  readonly isDisjoint: (a: Node, b: Node) => boolean;
  /** Undefined when it cannot be told. */
  readonly accepts: (node: Node, value: JsonValue) => boolean | undefined;
  /** True when too much was asked: from then on questions are left open. */
  readonly isExhausted: () => boolean;
  /** Undefined when matching the pattern is not safe, or it is no pattern. */
  readonly matches: (pattern: string, text: string) => boolean | undefined;
}

/** Who is told what differs between two nodes. */
export interface Judge {
  /** True when nobody listens any more. */
  readonly isDone: boolean;
  /** `pointer` is the place of the change. */
  report(effect: Effect, keyword: string, pointer: string, message: string): void;
  /** Goes on to the nodes inside; `isMirrored` inside `not`. `keyword` is the one that holds them. */
  compare(a: Node, b: Node, pointer: string, keyword: string, isMirrored?: boolean): void;
}

/** Two nodes and where they stand. */
export interface Pair {
  readonly a: Node;
  readonly b: Node;
  readonly viewA: View;
  readonly viewB: View;
  readonly pointer: string;
}
