import type { PackedHistogram } from '../histogram.ts';
import type { Failure } from '../result.ts';
import type { StdioCommand } from './stdio-client.ts';

/** Stands in arguments where each user's own token goes, and is as long as they are. */
export const tokenMarker = 'mb0000000000xx';

/** A call, ready to be sent. */
export interface LoadCall {
  readonly tool: string;
  /** Below the gateway's address. */
  readonly path: string;
  /** JSON text; holds {@link tokenMarker} when `hasToken`. */
  readonly argumentsText: string;
  readonly hasToken: boolean;
}

/** What a worker does until it is stopped. */
export interface LoadJob {
  readonly via: 'http' | 'stdio';
  /** Undefined: closed loop. */
  readonly rate: number | undefined;
  readonly users: number;
  /** Of the gateway; '' over stdio. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly calls: readonly LoadCall[];
  /** Indices into `calls`, the order in which each user makes them, from a place of its own. */
  readonly sequence: readonly number[];
  /** Tokens of different workers are different. */
  readonly worker: number;
}

/** What a worker counted between `measure` and `stop`. */
export interface WorkerCount {
  readonly seconds: number;
  readonly histogram: PackedHistogram;
  readonly maxMs: number;
  readonly failures: readonly Failure[];
  readonly wrong: number;
  readonly cpuUs: number;
  readonly loopLagP50Ms: number;
  readonly loopLagP99Ms: number;
}

export type ToWorker =
  | { readonly kind: 'open'; readonly command: StdioCommand }
  | { readonly kind: 'close' }
  | { readonly kind: 'start'; readonly job: LoadJob }
  | { readonly kind: 'measure' }
  | { readonly kind: 'lap' }
  | { readonly kind: 'stop' };

export type FromWorker =
  | { readonly kind: 'done' }
  | { readonly kind: 'slice'; readonly calls: number; readonly ms: number }
  | { readonly kind: 'count'; readonly count: WorkerCount }
  | { readonly kind: 'failed'; readonly message: string };

/** The token of one user. */
export function toToken(worker: number, user: number): string {
  return `mb${worker.toString(36).padStart(2, '0')}${user.toString(36).padStart(8, '0')}xx`;
}

/** The arguments of a call as this user sends them. */
export function withUserToken({ argumentsText, hasToken }: LoadCall, token: string): string {
  return hasToken ? argumentsText.replaceAll(tokenMarker, token) : argumentsText;
}
