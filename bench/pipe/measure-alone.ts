import { toToken, withUserToken } from '../load/messages.ts';
import type { CpuWatch } from '../run/processes.ts';
import { median } from '../statistics.ts';
import type { WorkCall } from '../work/calls.ts';
import type { Caller } from './call-users.ts';

/** How long calls take when nothing else is in the pipe. */
export interface AloneTimes {
  /** Over the work, by weight. */
  readonly meanMs: number;
  readonly ofCall: readonly number[];
  /** The part of the time in which client or server computed, 0 to 1; null where it cannot be read. */
  readonly busy: number | null;
}

const warmCalls = 3;
const leastCalls = 5;
const mostCalls = 300;
const forMs = 300;

/** Makes each call of the work alone, several times. */
export async function measureAlone(
  call: Caller,
  work: readonly WorkCall[],
  watch: CpuWatch,
): Promise<AloneTimes> {
  const ofCall: number[] = [];
  for (const each of work) for (let at = 0; at < warmCalls; at += 1) await call(each, toText(each));
  const before = watch.read();
  const startMs = performance.now();
  for (const each of work) {
    const times: number[] = [];
    const endsAt = performance.now() + forMs;
    while (times.length < leastCalls || (times.length < mostCalls && performance.now() < endsAt)) {
      const sentMs = performance.now();
      await call(each, toText(each));
      times.push(performance.now() - sentMs);
    }
    // Of a few, one that was disturbed would weigh too much; of delays that vary by nature, the mean is what adds up.
    const mean = times.reduce((sum, ms) => sum + ms, 0) / times.length;
    ofCall.push(Math.min(mean, 2 * median(times)));
  }
  const wallUs = (performance.now() - startMs) * 1_000;
  const after = watch.read();
  const used =
    after.root === null || before.root === null
      ? null
      : after.root - before.root + (after.descendants ?? 0) - (before.descendants ?? 0);
  const total = work.reduce((sum, { weight }) => sum + weight, 0);
  const meanMs = work.reduce((sum, { weight }, index) => sum + (ofCall[index] ?? 0) * weight, 0) / total;
  return { meanMs, ofCall, busy: used === null ? null : Math.min(1, used / wallUs) };
}

function toText(call: WorkCall): string {
  return withUserToken(call, toToken(0, 0));
}
