import type { JsonObject, JsonValue } from '../../src/index.ts';
import type { Intent, Phase } from '../fuzzing/test-call.ts';
import type { WireLine } from '../target/wire-event.ts';

export type Severity = 'error' | 'warning';

/** The part of the suite that a check belongs to, and the first part of its id. */
export type Group = 'wire' | 'listing' | 'positive' | 'negative' | 'behaviour' | 'concurrency' | 'contract';

/** Two values that should be the same. */
export interface JsonDifference {
  readonly expected: JsonValue;
  readonly seen: JsonValue;
}

/** What a check saw, before it is known whether it happens again. */
export interface FindingDraft {
  /** Tells different findings of one check and tool apart, in a few words that stay the same from run to run. */
  readonly variant: string;
  readonly title: string;
  readonly tool?: string | undefined;
  readonly arguments?: JsonObject | undefined;
  readonly expected: string;
  readonly seen: string;
  readonly diff?: JsonDifference;
  /** The lines that show it, oldest first. */
  readonly lines?: readonly WireLine[];
  /** Where else the same happens, such as `/limit`; shown beside the first one. */
  readonly place?: string;
  /** The request through a gateway that shows it. */
  readonly curl?: string | undefined;
  /** @default the check's */
  readonly severity?: Severity;
}

/** A defect of a server. */
export interface Finding {
  /** Names it in reports: a digest of check, tool, variant, and server where there are several. */
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  readonly group: Group;
  readonly check: string;
  readonly requirement: { readonly id: string; readonly source: string; readonly behaviour: string };
  readonly tool?: string;
  /** The server's name, where a run has several. */
  readonly server?: string;
  readonly arguments?: JsonObject;
  readonly expected: string;
  readonly seen: string;
  /** What was expected and seen, where both are JSON values. */
  readonly diff?: JsonDifference;
  readonly lines: readonly WireLine[];
  /** The call of the fuzzing that shows it, whose arguments are above. */
  readonly call?: {
    readonly tool: string;
    readonly phase: Phase;
    readonly intent: Intent;
    /** What was worth a try about it, such as `/limit is 100`. */
    readonly what: string;
  };
  /** The check that did what showed it, where it did so on purpose; else it was ordinary use. */
  readonly during?: string;
  /** Calls that have to come before, oldest first; mostly none. */
  readonly earlier?: readonly { readonly tool: string; readonly arguments: JsonObject }[];
  /** How often it was seen, and at which places of the schema. */
  readonly occurrences: number;
  readonly places: readonly string[];
  /** The same call through the REST gateway. */
  readonly curl?: string;
  readonly seed: number;
  /** A command that looks for exactly this again. */
  readonly replay: string;
  /** One that does so where nothing was saved, as nearly as options can say it; absent when `replay` is one. */
  readonly replayElsewhere?: string;
  /** True when it did not happen again in a server started anew. */
  readonly isFlaky: boolean;
  /** True when it is in the baseline, and does not fail the run. */
  readonly isKnown?: true;
}
