import type { HeadOfLine } from '../result.ts';
import { percentile } from '../statistics.ts';
import type { WorkCall } from '../work/calls.ts';
import { callAsUsers, type Caller } from './call-users.ts';
import type { AloneTimes } from './measure-alone.ts';
import { toToken, withUserToken } from '../load/messages.ts';

export interface HeadOfLineOptions {
  readonly work: readonly WorkCall[];
  readonly slow: WorkCall;
  readonly alone: AloneTimes;
  readonly users: number;
  readonly durationMs: number;
  readonly signal: AbortSignal;
}

const slowCalls = 5;
const leastMs = 400;
const mostFastUsers = 4;

/** The call of the work beside which others are fast; undefined when there is none. */
export function findSlow(work: readonly WorkCall[], { ofCall }: AloneTimes): WorkCall | undefined {
  const slowest = Math.max(...ofCall);
  const isSlow = slowest >= 20 && slowest >= 5 * Math.min(...ofCall);
  return isSlow ? work[ofCall.indexOf(slowest)] : undefined;
}

/** Looks whether fast calls wait for a slow one: behind the gateway, and, to know whose fault it is, without it. */
export async function checkHeadOfLine(
  sides: Readonly<Record<'direct' | 'gateway', Caller>>,
  options: HeadOfLineOptions,
): Promise<HeadOfLine | undefined> {
  const { work, slow, alone } = options;
  const fastest = Math.min(...alone.ofCall);
  const fast = work[alone.ofCall.indexOf(fastest)];
  const slowMs = await timeOf(sides.direct, slow);
  // Beside a call that is no slower, there is nothing to see.
  if (fast === undefined || fast.tool === slow.tool || slowMs < 2 * fastest) return undefined;
  const context = { ...options, fast, slowMs };
  const aloneP90Ms = await fastP90(sides.gateway, context, false);
  const besideP90Ms = await fastP90(sides.gateway, context, true);
  const directBesideP90Ms = await fastP90(sides.direct, context, true);
  // Behind a slow call, a fast one waits for most of it: far beyond any noise.
  const waits = (ms: number): boolean => ms >= slowMs / 2 && ms >= 2 * aloneP90Ms;
  const by = waits(directBesideP90Ms) ? 'server' : 'gateway';
  return {
    slowTool: slow.tool,
    slowMs,
    fastTool: fast.tool,
    aloneP90Ms,
    besideP90Ms,
    directBesideP90Ms,
    blockedBy: waits(besideP90Ms) ? by : null,
  };
}

async function fastP90(
  call: Caller,
  options: HeadOfLineOptions & { readonly fast: WorkCall; readonly slowMs: number },
  isBeside: boolean,
): Promise<number> {
  const { fast, slow, slowMs, users, durationMs } = options;
  const forMs = Math.max(Math.min(leastMs, durationMs), Math.min(durationMs, slowCalls * slowMs));
  const common = { forMs, serviceMs: () => 0, signal: options.signal };
  const fastUsers = Math.max(1, Math.min(mostFastUsers, users - 1));
  const [result] = await Promise.all([
    callAsUsers(call, { work: [fast], sequence: [0] }, { ...common, users: fastUsers }),
    isBeside ? callAsUsers(call, { work: [slow], sequence: [0] }, { ...common, users: 1 }) : undefined,
  ]);
  return result.latenciesMs.length === 0 ? 0 : percentile(result.latenciesMs, 0.9);
}

async function timeOf(call: Caller, slow: WorkCall): Promise<number> {
  const startMs = performance.now();
  await call(slow, withUserToken(slow, toToken(0, 0)));
  return performance.now() - startMs;
}
