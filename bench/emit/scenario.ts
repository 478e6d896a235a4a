import type { Assertion } from '../assertions/assertion.ts';
import type { BenchOptions } from '../options.ts';
import { toUserSteps } from '../run/steps.ts';
import { toSequence, type WorkCall } from '../work/calls.ts';

/** Load as another engine makes it: what users call, how many there are, and what must hold. */
export interface Scenario {
  /** Of the gateway, without a slash at the end; whoever runs it may name another. */
  readonly url: string;
  readonly work: readonly WorkCall[];
  /** Indices into `work`, the order in which each user calls. */
  readonly sequence: readonly number[];
  /** Users of each step; one step with a rate. */
  readonly steps: readonly number[];
  readonly users: number;
  /** Of each step. */
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly rate: number | undefined;
  readonly assertions: readonly Assertion[];
  /** Names of headers whose values come from the environment: they may be secret. */
  readonly headerNames: readonly string[];
}

/** What is written for another engine. */
export interface Emitted {
  readonly text: string;
  /** How it is run: shell, a line each. */
  readonly command: (path: string) => string;
  /** What that engine cannot do, a sentence each. */
  readonly notes: readonly string[];
}

const defaultUrl = 'http://127.0.0.1:8000';

/** The load that a run with these options would make. */
export function toScenario(
  { target, users, durationMs, warmUpMs, rate, seed, assertions }: Omit<BenchOptions, 'signal'>,
  work: readonly WorkCall[],
): Scenario {
  return {
    url: (target.kind === 'url' ? target.url : defaultUrl).replace(/\/+$/, ''),
    work,
    sequence: toSequence(work, seed),
    steps: rate === undefined ? toUserSteps(users) : [users],
    users,
    seconds: durationMs / 1_000,
    warmUpSeconds: warmUpMs / 1_000,
    rate,
    assertions,
    headerNames: target.kind === 'url' ? Object.keys(target.headers).filter((name) => !isKey(name)) : [],
  };
}

/** The variable that holds the value of a header. */
export function toVariable(header: string): string {
  return `MCPO_HEADER_${header.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}`;
}

/** Where a key is, which has a variable of its own. */
function isKey(header: string): boolean {
  return header === 'authorization';
}
