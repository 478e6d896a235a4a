import type { FaultSlice, Recovery } from './faults-result.ts';

/** What is known of a load in the middle of which the server was killed. */
export interface KilledLoad {
  /** Of one length, without gaps, rising; the last one may be cut short, and is not looked at. */
  readonly slices: readonly FaultSlice[];
  readonly sliceMs: number;
  /** When rates count: calls before it warmed things up. Since the load began. */
  readonly fromMs: number;
  readonly killedAtMs: number;
  /** The first success of a call that began after the kill, since the load began; undefined when there was none. */
  readonly firstSuccessAtMs: number | undefined;
}

/** The former rate is back at this part of it: rates of themselves differ by some percent. */
const part = 0.9;
/** A rate is told from so many calls, and from so long a time. */
const leastCalls = 20;
const leastMs = 500;

/** How long it took until calls succeeded again, and until they did as often as before. */
export function findRecovery({
  slices,
  sliceMs,
  fromMs,
  killedAtMs,
  firstSuccessAtMs,
}: KilledLoad): Recovery {
  const whole = slices.slice(0, -1);
  const before = whole.filter(({ atMs }) => atMs >= fromMs && atMs + sliceMs <= killedAtMs);
  const former = rateOf(before, sliceMs);
  const windowMs = Math.max(leastMs, former === 0 ? 0 : (leastCalls * 1_000) / former);
  const length = Math.ceil(windowMs / sliceMs);
  const after = whole.filter(({ atMs }) => atMs + sliceMs > killedAtMs);
  const first = firstSuccessAtMs === undefined ? null : Math.max(0, firstSuccessAtMs - killedAtMs);
  return {
    killedAtMs,
    firstSuccessMs: first,
    formerRateMs:
      firstSuccessAtMs === undefined || former === 0
        ? null
        : findFormerRate(after, { sliceMs, length, rate: part * former, firstSuccessAtMs, killedAtMs }),
    formerCallsPerSecond: former,
    laterCallsPerSecond: rateOf(after.slice(-length), sliceMs),
  };
}

/** From when on, after the kill, the rate was kept for a whole window; null when it never was. */
function findFormerRate(
  after: readonly FaultSlice[],
  wanted: {
    readonly sliceMs: number;
    readonly length: number;
    readonly rate: number;
    readonly firstSuccessAtMs: number;
    readonly killedAtMs: number;
  },
): number | null {
  const { sliceMs, length, rate, firstSuccessAtMs, killedAtMs } = wanted;
  for (let at = 0; at + length <= after.length; at += 1) {
    const [first] = after.slice(at, at + 1);
    if (first === undefined || first.atMs + sliceMs <= firstSuccessAtMs) continue;
    if (rateOf(after.slice(at, at + length), sliceMs) < rate) continue;
    return Math.max(first.atMs, firstSuccessAtMs) - killedAtMs;
  }
  return null;
}

/** Successes a second. */
function rateOf(slices: readonly FaultSlice[], sliceMs: number): number {
  if (slices.length === 0) return 0;
  return slices.reduce((sum, { succeeded }) => sum + succeeded, 0) / ((slices.length * sliceMs) / 1_000);
}
