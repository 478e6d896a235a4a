import type { Assertion } from './assertions/assertion.ts';
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
  readonly assertions: readonly Assertion[];
  /** What was measured until then is the result. */
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

/** Where a run is. */
export interface Progress {
  readonly stage: string;
  readonly callsPerSecond?: number;
}
