import type { JsonObject } from '../../src/index.ts';
import type { ListedTool } from '../target/list-tools.ts';
import type { PendingReply, Reply } from '../target/session.ts';

/** A step of the fuzzing of a tool; in this order, so that what is cheap and telling comes first. */
export const phases = ['coverage', 'negative', 'fuzzing'] as const;
export type Phase = (typeof phases)[number];

/** What is to be learned from a call. */
export type Intent =
  /** The input schema accepts the arguments. */
  | { readonly kind: 'valid' }
  /** The input schema refuses the arguments, on account of one assertion. */
  | {
      readonly kind: 'invalid';
      /** JSON Pointer into the input schema. */
      readonly pointer: string;
      readonly keyword: string;
      /** True when a lenient server might read the value as what was meant, such as "5" as 5. */
      readonly isCoercible: boolean;
    }
  /** The input schema accepts the arguments, and they are hard to bear: a NUL, a lone surrogate, a megabyte. */
  | { readonly kind: 'hostile' };

/** A call of a tool that the fuzzing makes. */
export interface TestCall {
  readonly tool: ListedTool;
  readonly phase: Phase;
  readonly intent: Intent;
  readonly arguments: JsonObject;
  /** What is worth a try about them, such as `/limit is 100`. */
  readonly what: string;
  /** True when other arguments try the same, so that they may stand for these. */
  readonly isAlike: (other: JsonObject) => boolean;
}

/** The same, and what came of it. */
export interface JudgedCall extends TestCall {
  readonly pending: PendingReply;
  readonly reply: Reply;
}

/** What the valid calls of a tool came to. */
export interface CallTotals {
  readonly tool: ListedTool;
  readonly sent: number;
  /** Refused in a way that speaks of the shape of the arguments. */
  readonly refused: number;
}
