import type { KnownFinding } from './baseline/known-finding.ts';
import type { Phase } from './fuzzing/test-call.ts';
import type { Finding } from './findings/finding.ts';
import type { ServerFacts } from './target/server-facts.ts';

/** How one check went, over all that it was tried on. */
export type CheckVerdict =
  | { readonly kind: 'passed' }
  | { readonly kind: 'failed'; readonly findings: number }
  /** All that was found is in the baseline. */
  | { readonly kind: 'known'; readonly findings: number }
  /** What was found did not happen again. */
  | { readonly kind: 'flaky'; readonly findings: number }
  /** Nothing was proved. */
  | { readonly kind: 'not-exercised'; readonly reason: string };

/** Whether a tool is called, and if not, why not. */
export type ToolUse = { readonly kind: 'called' } | { readonly kind: 'not-called'; readonly reason: string };

/** The end of a run, in numbers. */
export interface RunSummary {
  readonly isInterrupted: boolean;
  /** True when `maxFailures` ended the run. */
  readonly isCutShort: boolean;
  /** Pieces of work that were left undone, since the server could not be started again. */
  readonly withoutServer: number;
  readonly checks: {
    readonly passed: number;
    readonly failed: number;
    readonly flaky: number;
    /** Failed, with findings of the baseline only. */
    readonly known: number;
    readonly notExercised: number;
    /** Chosen, but not reached. */
    readonly notRun: number;
  };
  readonly tools: { readonly listed: number; readonly called: number };
  /** Flaky ones, and those of the baseline, are counted apart. */
  readonly findings: { readonly error: number; readonly warning: number; readonly flaky: number };
  /** Undefined without a baseline. */
  readonly baseline?: BaselineCounts;
  readonly requests: number;
  readonly durationMs: number;
}

/** Findings of the baseline. */
interface BaselineCounts {
  /** Seen again. */
  readonly known: number;
  /** Looked for, and not seen any more: the baseline should be updated, and the run fails. */
  readonly gone: number;
}

/** What happens in a run, in the order in which it happens. */
export type VerifyEvent =
  | {
      readonly kind: 'run-started';
      readonly target: string;
      /** The server's name, where there are several, each with a run of its own. */
      readonly server?: string;
      readonly seed: number;
      readonly calls: 'safe' | 'all';
      readonly startedAt: string;
    }
  | { readonly kind: 'server-started'; readonly server: ServerFacts }
  /** Something about the options that is probably not meant so. */
  | { readonly kind: 'warning'; readonly message: string }
  | { readonly kind: 'tool-listed'; readonly tool: string; readonly use: ToolUse }
  /** Said later of a tool that was to be called, when nothing could be sent. */
  | { readonly kind: 'tool-skipped'; readonly tool: string; readonly reason: string }
  /** A phase of a tool's fuzzing is over. */
  | {
      readonly kind: 'tool-fuzzed';
      readonly tool: string;
      readonly phase: Phase;
      readonly sent: number;
      /** Sent and left. */
      readonly planned: number;
      /** True when the time was used up before all were sent. */
      readonly isCutShort: boolean;
      /** Answered by a refusal, as negative ones should be. */
      readonly refused: number;
      readonly callsPerSecond: number;
      /** Made in vain, since the validator did not judge them as meant. */
      readonly discarded: number;
      /** Assertions of the schema for which no call could be made. */
      readonly untestable: readonly {
        readonly pointer: string;
        readonly keyword: string;
        readonly reason: string;
      }[];
    }
  | { readonly kind: 'progress'; readonly done: number; readonly total: number; readonly now: string }
  | { readonly kind: 'check-started'; readonly check: string; readonly title: string }
  | { readonly kind: 'finding'; readonly finding: Finding }
  | {
      readonly kind: 'check-finished';
      readonly check: string;
      readonly title: string;
      readonly verdict: CheckVerdict;
      /** Tools that it was tried on; undefined when it is about the server as a whole. */
      readonly tools?: readonly string[];
    }
  /** A finding of the baseline was looked for, and not seen any more. */
  | { readonly kind: 'known-gone'; readonly known: KnownFinding }
  /** The server could not be started: nothing more comes of this run. */
  | { readonly kind: 'run-failed'; readonly message: string; readonly stderrTail: readonly string[] }
  | { readonly kind: 'run-finished'; readonly summary: RunSummary };
