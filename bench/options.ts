import type { Assertion } from './assertions/assertion.ts';
import type { Base } from './compare/base.ts';
import type { WantedCall } from './work/choose-work.ts';

/** What is measured. */
export type BenchedTarget =
  | {
      readonly kind: 'command';
      readonly words: readonly string[];
      /** What it is called in reports. @default its words */
      readonly name?: string;
      readonly env: Readonly<Record<string, string>>;
      /** Another gateway's command, with `{port}`; the server's words follow it. @default mcpo-serve */
      readonly gateway?: string;
      /** What calls to that gateway need. */
      readonly headers: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'url'; readonly url: string; readonly headers: Readonly<Record<string, string>> };

/** How it is measured. */
export interface BenchOptions {
  readonly target: BenchedTarget;
  /** None: read-only tools are called, with generated arguments. */
  readonly wanted: readonly WantedCall[];
  readonly dataFile?: string;
  /** Fast calls are looked at beside this one. */
  readonly slow?: WantedCall;
  readonly users: number;
  /** Of each step, the most. */
  readonly durationMs: number;
  readonly warmUpMs: number;
  /** Calls a second, due whether or not others were answered. */
  readonly rate?: number;
  readonly seed: number;
  /** Kill the server under load, hang up, read slowly. */
  readonly hasFaults?: boolean;
  /** Keep the load up for so long after the steps. */
  readonly soakMs?: number;
  readonly assertions: readonly Assertion[];
  /** @default nothing is repeated in rounds */
  readonly comparisons?: ComparisonOptions;
  /** What was measured until then is the result. */
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

/** What the run is held against. */
interface ComparisonOptions {
  /** Of each step; they share its time. */
  readonly rounds: number;
  /** Whether later runs will be held against this one. */
  readonly isSaved: boolean;
  readonly base?: { readonly path: string; readonly saved: Base };
  /** Another gateway's command, with `{port}`; the server's words follow it. */
  readonly against?: string;
}

/** Where a run is. */
export interface Progress {
  readonly stage: string;
  readonly callsPerSecond?: number;
}
