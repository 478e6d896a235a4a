import type { JsonObject } from '../src/index.ts';
import type { Target } from './target/target.ts';

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
  /** Calls under way at once, in checks that need several. @default 8 */
  readonly concurrency?: number;
  /** After this a request counts as never answered. @default 30000 */
  readonly requestTimeoutMs?: number;
  /** Ends the run after so many findings. @default no limit */
  readonly maxFailures?: number;
  /** The revision of MCP that the client asks for. @default '2025-06-18' */
  readonly protocolVersion?: string;
  /** Ends the run early; what was found is reported. */
  readonly signal?: AbortSignal;
  /** Words of a command line that opens the same target, for replay commands. */
  readonly commandLine?: { readonly options: readonly string[]; readonly command: readonly string[] };
}

/** All of it decided. */
export interface Plan extends Required<Omit<VerifyOptions, 'signal'>> {
  readonly signal: AbortSignal | undefined;
}
