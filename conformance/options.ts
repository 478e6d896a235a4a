import type { JsonObject } from '../src/index.ts';
import type { KnownFinding } from './baseline/known-finding.ts';
import type { RestOptions } from './gateway/gateway.ts';
import type { Phase } from './fuzzing/test-call.ts';
import type { Target } from './target/target.ts';

/** What the user says of one tool. */
export interface ToolSettings {
  /** Members that its calls have, whatever else they have; a negative call may break them. */
  readonly arguments?: JsonObject;
  /** Whole arguments objects to begin with, and to make others like. */
  readonly examples?: readonly JsonObject[];
  /** Why it is not called. */
  readonly skip?: string;
  /** True when equal arguments give equal answers. @default false */
  readonly isDeterministic?: boolean;
}

/** What to verify, and how. Patterns know `*` and `?`. */
export interface VerifyOptions {
  readonly target: Target;
  /** Chooses everything that is random; the same seed does the same. @default a random one, told in `run-started` */
  readonly seed?: number;
  /** Ids of checks, patterns of them, or phases. @default all */
  readonly checks?: readonly string[];
  /** @default none */
  readonly excludeChecks?: readonly string[];
  /** Names of tools, or patterns. @default all */
  readonly include?: readonly string[];
  /** @default none */
  readonly exclude?: readonly string[];
  /** `safe` calls only tools with readOnlyHint: others may destroy. @default 'safe' */
  readonly calls?: 'safe' | 'all';
  /** Tools that may be called besides, or patterns. @default none */
  readonly allow?: readonly string[];
  /** Arguments by tool, instead of made ones. @default none */
  readonly arguments?: Readonly<Record<string, JsonObject>>;
  /** By name, or pattern of names; of several that match, the later ones add to the earlier ones. @default none */
  readonly tools?: Readonly<Record<string, ToolSettings>>;
  /** The steps of the fuzzing. @default all */
  readonly phases?: readonly Phase[];
  /** Calls of each tool in each phase, at most. @default 100 */
  readonly maxExamples?: number;
  /** What all fuzzing may take, split over the tools; other checks are not counted. @default 300000 */
  readonly maxTimeMs?: number;
  /** False keeps the calls of findings as they were made. @default true */
  readonly shrinks?: boolean;
  /** Calls under way at once, in checks that need several. @default 8 */
  readonly concurrency?: number;
  /** After this a request counts as never answered. @default 30000 */
  readonly requestTimeoutMs?: number;
  /** Ends the run after so many findings. @default no limit */
  readonly maxFailures?: number;
  /** The revision of MCP that the client asks for. @default '2025-06-18' */
  readonly protocolVersion?: string;
  /** The server's name, where there are several: their findings are not the same. @default undefined */
  readonly server?: string | undefined;
  /** Findings that do not fail the run. @default none known */
  readonly baseline?: readonly KnownFinding[] | undefined;
  /** A REST gateway that already runs in front of the server. @default one is started */
  readonly rest?: RestOptions | undefined;
  /** An OpenAPI document that the server is held to. @default none */
  readonly contract?: JsonObject | undefined;
  /** Ends the run early; what was found is reported. */
  readonly signal?: AbortSignal;
  /** Words of a command line that opens the same target, for replay commands. */
  readonly commandLine?: {
    readonly options: readonly string[];
    readonly command: readonly string[];
    /** The command that replays a finding by its id, where findings are saved. */
    readonly toSavedReplay?: (id: string) => string;
  };
}

/** All of it decided. */
export interface Plan extends Required<Omit<VerifyOptions, 'signal'>> {
  readonly signal: AbortSignal | undefined;
}
