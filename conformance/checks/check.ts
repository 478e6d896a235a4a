import type { JsonObject } from '../../src/index.ts';
import type { ArgumentSource } from '../arguments/argument-source.ts';
import type { FindingDraft, Group, Severity } from '../findings/finding.ts';
import type { Generator, Untestable } from '../arbitraries/create-generator.ts';
import type { GatewayAccess } from '../gateway/gateway.ts';
import type { CallTotals, Intent, JudgedCall } from '../fuzzing/test-call.ts';
import type { ToolSettings } from '../options.ts';
import type { Random } from '../random.ts';
import type { ServerFacts } from '../target/server-facts.ts';
import type { ListedTool } from '../target/list-tools.ts';
import type { Session } from '../target/session.ts';
import type { WireEvent } from '../target/wire-event.ts';

/** What every check says of itself. */
export interface CheckInfo {
  /** `wire/id-echoed`. */
  readonly id: string;
  readonly title: string;
  readonly group: Group;
  /** What its findings are, unless they say otherwise: errors break a MUST, warnings a SHOULD. */
  readonly severity: Severity;
  /** A key of the requirements. */
  readonly requirement: string;
  /** True when it runs only where its id is named in full: it may do what nobody expects. */
  readonly isOptIn?: true;
}

/** A check that watches whatever the others do. */
export interface Observer extends CheckInfo {
  readonly kind: 'observer';
  /** True when it tells that the server ends or is silent, which some probes judge themselves. */
  readonly watchesHealth?: true;
  /** Said when it never saw what it looks at. */
  readonly unexercised: string;
  /** Starts to watch one connection. */
  readonly watch: (context: WatchContext) => (event: WireEvent) => void;
}

interface WatchContext {
  readonly report: (draft: FindingDraft) => void;
  /** Says that there was something to judge. */
  readonly exercise: () => void;
  /** Undefined before the connection is initialized. */
  readonly server: () => ServerFacts | undefined;
}

/** A check that does something of its own. */
export interface Probe extends CheckInfo {
  readonly kind: 'probe';
  readonly run: (context: ProbeContext) => Promise<ProbeOutcome>;
}

/** A check that judges the calls of the fuzzing, each on its own: it remembers nothing. */
export interface CallCheck extends CheckInfo {
  readonly kind: 'call';
  /** The calls that it judges. */
  readonly intents: readonly Intent['kind'][];
  /** Said when there was no such call. */
  readonly unexercised: string;
  /** What is wrong with the answer; the engine adds tool, arguments and lines where the draft has none. */
  readonly judge: (call: JudgedCall) => readonly FindingDraft[];
  /** What is wrong with all valid calls of a tool taken together. */
  readonly judgeTotals?: (totals: CallTotals) => readonly FindingDraft[];
}

export type Check = Observer | Probe | CallCheck;

/** Passed or failed is told by findings; this says whether there was anything to try. */
export type ProbeOutcome =
  /** Tools are named where it was tried on each of these, and undefined where it is about the server as a whole. */
  | { readonly kind: 'exercised'; readonly tools?: readonly string[] }
  | { readonly kind: 'not-exercised'; readonly reason: string }
  /** The server could not be started for it. */
  | { readonly kind: 'no-server'; readonly reason: string };

export const exercised: ProbeOutcome = { kind: 'exercised' };

/** The slowest answered call of a tool so far. */
export interface CallSample {
  readonly tool: ListedTool;
  readonly arguments: JsonObject;
  readonly tookMs: number;
}

export interface ProbeContext {
  /** All tools that the server lists, apart from those that the user left out. */
  readonly tools: readonly ListedTool[];
  /** Those that may be called. */
  readonly callable: readonly ListedTool[];
  readonly server: ServerFacts;
  /** True when a connection is a process that ends with its input. */
  readonly endsWithInput: boolean;
  readonly random: Random;
  readonly arguments: ArgumentSource;
  /** Values for a tool's input schema. */
  readonly generatorOf: (tool: ListedTool) => Generator | Untestable;
  /** What the user said of a tool. */
  readonly settingsOf: (tool: ListedTool) => ToolSettings;
  /** What calls took that were made on their own. */
  readonly samples: readonly CallSample[];
  readonly concurrency: number;
  readonly requestTimeoutMs: number;
  readonly report: (draft: FindingDraft) => void;
  /** The REST gateway in front of the server, shared by all checks; opened when it is first asked for. */
  readonly gateway: () => Promise<GatewayAccess>;
  /** The committed contract that the server is held to. */
  readonly contract: JsonObject | undefined;
  /** An initialized session that other checks use too. */
  readonly session: () => Promise<Session>;
  /** A session of its own, not initialized; closed when the check is done. */
  readonly open: (options?: OpenOptions) => Session;
  /** A session of its own, initialized. */
  readonly openReady: (options?: OpenOptions) => Promise<Session>;
}

export interface OpenOptions {
  /** True when the check itself judges whether the server stays and answers. @default false */
  readonly judgesHealth?: boolean;
  /** @default the run's */
  readonly protocolVersion?: string;
}
