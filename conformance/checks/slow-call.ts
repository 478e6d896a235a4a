import type { CallSample } from './check.ts';

/** Long enough for another message to get in between. */
const SLOW_MS = 150;
/** A busy machine alone does not make a call this long three times. */
const SURELY_SLOW_MS = 300;
/** A call is fast beside a slow one when it takes this part of it. */
const FAST_SHARE = 0.2;

export const slowReason: string = `no tool that was called took ${SLOW_MS} ms or more`;

/** A call that is slow enough to do something meanwhile: of those that surely are the fastest, else the slowest. */
export function findSlowCall(samples: readonly CallSample[]): CallSample | undefined {
  const slow = samples.filter(({ tookMs }) => tookMs >= SLOW_MS).toSorted((a, b) => a.tookMs - b.tookMs);
  return slow.find(({ tookMs }) => tookMs >= SURELY_SLOW_MS) ?? slow.at(-1);
}

/** The fastest call of another tool, if it is fast beside a slow one. */
export function findFastCall(samples: readonly CallSample[], slow: CallSample): CallSample | undefined {
  const [fastest] = samples
    .filter(({ tool }) => tool.name !== slow.tool.name)
    .toSorted((a, b) => a.tookMs - b.tookMs);
  return fastest !== undefined && fastest.tookMs < slow.tookMs * FAST_SHARE ? fastest : undefined;
}
