import type { FaultsResult } from './faults/faults-result.ts';
import type { AgainstResult } from './against/against-result.ts';
import type { Comparison, RoundStep } from './compare/comparison.ts';
import type { Machine } from './machine.ts';
import type { SoakResult } from './soak/soak-result.ts';
import type { Estimate } from './statistics.ts';

/**
 * Everything that a run found out; the JSON report is this, and every other report is made of it. Times are in ms,
 * processor time in µs, rates in calls a second.
 */
export interface BenchResult {
  readonly format: 'mcpo-bench/1';
  readonly version: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly seconds: number;
  readonly machine: Machine;
  readonly target: BenchTarget;
  readonly options: UsedOptions;
  readonly work: readonly WorkItem[];
  /** The same calls straight over the pipe; left out where the server is not started here. */
  readonly baseline?: Baseline;
  readonly sweep: Sweep;
  readonly pipelining?: PipeliningResult;
  readonly headOfLine?: HeadOfLine;
  /** The steps again, in rounds; left out where nothing is compared or saved. */
  readonly rounds?: Rounds;
  readonly comparison?: Comparison;
  readonly against?: AgainstResult;
  /** When it was asked for. */
  readonly faults?: FaultsResult;
  /** When it was asked for. */
  readonly soak?: SoakResult;
  /** What has to be known to judge the numbers, a sentence each. */
  readonly warnings: readonly string[];
  readonly assertions: readonly AssertionResult[];
  /** Stopped before the end; what was measured is here all the same. */
  readonly isInterrupted: boolean;
}

interface BenchTarget {
  /** The server's words, or where the gateway is. */
  readonly name: string;
  /** `mcpo-serve` with its version, the words of another gateway, or its address. */
  readonly gateway: string;
  readonly kind: 'command' | 'url';
}

interface UsedOptions {
  readonly users: number;
  readonly durationMs: number;
  readonly warmUpMs: number;
  readonly rate?: number;
  readonly seed: number;
  /** Left out where nothing is measured in rounds. */
  readonly rounds?: number;
}

interface Rounds {
  /** Of all calls with their whole arguments. */
  readonly workHash: string;
  readonly steps: readonly RoundStep[];
}

/** A call that users make. */
export interface WorkItem {
  readonly tool: string;
  readonly weight: number;
  /** The arguments as JSON, cut to 200 characters. */
  readonly shownArguments: string;
  readonly source: 'given' | 'file' | 'generated';
  /** Its answers are held against a token of their own. */
  readonly hasToken: boolean;
}

/** What many calls came to. */
export interface LoadResult {
  /** Users, or calls kept in flight. */
  readonly users: number;
  readonly seconds: number;
  /** Those that succeeded: nothing else counts anywhere below. */
  readonly calls: number;
  readonly callsPerSecond: number;
  /** Over slices of the time; wide when the rate was not steady. */
  readonly rate: Estimate;
  readonly latencyMs: Latencies;
  /** Upper bounds in ms and counts, rising. */
  readonly histogram: readonly (readonly [upToMs: number, count: number])[];
  readonly failures: readonly Failure[];
  readonly failed: number;
  /** Answers that were not to their own question. */
  readonly wrong: number;
  readonly generator: GeneratorUse;
  /** Processor time for each call that succeeded. */
  readonly cpuUsPerCall: CpuPerCall;
  /** How many cores everything on the machine kept busy. */
  readonly machineCores: number | null;
}

interface Latencies {
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

export interface Failure {
  /** An HTTP status as text, or what broke. */
  readonly what: string;
  readonly count: number;
  /** The start of the first such answer. */
  readonly example: string;
}

/** The load generator's own needs. */
interface GeneratorUse {
  readonly cores: number;
  readonly loopLagP50Ms: number;
  readonly loopLagP99Ms: number;
  readonly workers: number;
}

/** Null where it cannot be read. */
interface CpuPerCall {
  readonly gateway: number | null;
  /** The server with all that it started. */
  readonly server: number | null;
  readonly generator: number | null;
}

export interface Baseline {
  /** One call at a time, and as many as users. */
  readonly levels: readonly LoadResult[];
  /** With one user: what the gateway adds to the median. Null when the sweep has no such step. */
  readonly addedLatencyMs: number | null;
  /** With one user: the median behind the gateway over the one without it. */
  readonly overhead: number | null;
  /** With all users: the rate behind the gateway over the one without it. */
  readonly throughputRatio: number | null;
}

interface Sweep {
  /** Closed: each user calls again when answered. Open: calls are due at a rate, and late ones count from then. */
  readonly loop: 'closed' | 'open';
  readonly steps: readonly Step[];
  /** The users past which throughput stops growing; null when it was still growing, or cannot be told. */
  readonly knee: number | null;
}

export interface Step extends LoadResult {
  /** Calls at the server at one time, by the gateway's own count, on average; null where it does not tell. */
  readonly inFlight: number | null;
  readonly samples: readonly Sample[];
}

/** How things stood at one time. */
export interface Sample {
  /** Since the run began. */
  readonly atMs: number;
  readonly callsPerSecond: number;
  readonly gatewayRssMb: number | null;
  readonly gatewayLoopLagMs: number | null;
  readonly inFlight: number | null;
}

/** What was seen at the pipe between gateway and server while many users called. */
export interface PipeliningResult {
  readonly verdict: PipeliningVerdict;
  /** 0 to 1: how much of what is possible was at work at the same time. */
  readonly pipelining: number;
  readonly users: number;
  readonly behindGateway: PipeUse;
  readonly direct: PipeUse;
  /** The mean time of one call alone. */
  readonly serviceMs: number;
  readonly mostAtPipe: number;
  readonly meanAtPipe: number;
  readonly correlation: Correlation;
}

export interface PipeUse {
  /** The calls' own times, as if each were alone, over the time all of them took. */
  readonly factor: number;
  readonly calls: number;
  readonly failed: number;
  readonly wallMs: number;
}

/** Whether each answer was to its own question; none checked where no tool repeats what it is sent. */
interface Correlation {
  readonly checked: number;
  readonly wrong: number;
  /** The first wrong ones, in words. */
  readonly examples: readonly string[];
}

export interface PipeliningVerdict {
  readonly kind: 'pipelined' | 'partly' | 'serialised';
  /** Who keeps calls from running side by side; null when nobody does. */
  readonly by: 'server' | 'gateway' | null;
  /** One line. */
  readonly headline: string;
  /** Sentences with the numbers it comes from. */
  readonly evidence: readonly string[];
}

/** Whether fast calls wait for a slow one in the same pipe. */
export interface HeadOfLine {
  readonly slowTool: string;
  readonly slowMs: number;
  readonly fastTool: string;
  /** The slowest tenth of fast calls begins here. */
  readonly aloneP90Ms: number;
  readonly besideP90Ms: number;
  readonly directBesideP90Ms: number;
  readonly blockedBy: 'server' | 'gateway' | null;
}

export interface AssertionResult {
  readonly text: string;
  readonly isMet: boolean;
  /** `p99 is 61 ms at 100 users`. */
  readonly found: string;
}
