import type { JsonObject } from '../../../src/index.ts';

/** A way from a schema to one inside of it. */
export interface Step {
  readonly keyword: string;
  /** The place below the outer schema; none through a reference. */
  readonly tokens: readonly string[];
  readonly target: JsonObject;
  /** The outer schema for values that come to a broken target, and meet all the rest. */
  readonly around: (broken: JsonObject) => JsonObject;
}
