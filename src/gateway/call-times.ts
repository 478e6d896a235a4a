import type { ExtraTime } from '../upstream/upstream.ts';

/** How long the calls of one tool may take. */
export interface CallTimes {
  readonly timeoutMs: number;
  /** What progress adds. @default nothing */
  readonly extraTime?: ExtraTime | undefined;
}

/** Where the times of a server's tools come from. */
export interface CallTimesOptions {
  readonly callTimeoutMs: number;
  /** Tool → its own. @default none has one */
  readonly toolTimeoutsMs?: ReadonlyMap<string, number>;
  /**
   * While a tool reports progress, its calls go on for as long as this; it has no meaning for one whose time-out is as
   * long. @default progress changes nothing
   */
  readonly maxCallTimeMs?: number;
}

/** Works the times of each tool out beforehand: a call only looks them up. */
export function createCallTimes(options: CallTimesOptions): (tool: string) => CallTimes {
  const { callTimeoutMs, toolTimeoutsMs, maxCallTimeMs } = options;
  const common = toTimes(callTimeoutMs, maxCallTimeMs);
  if (toolTimeoutsMs === undefined || toolTimeoutsMs.size === 0) return () => common;
  const byTool = new Map([...toolTimeoutsMs].map(([tool, ms]) => [tool, toTimes(ms, maxCallTimeMs)]));
  return (tool) => byTool.get(tool) ?? common;
}

function toTimes(timeoutMs: number, maxMs = 0): CallTimes {
  return maxMs > timeoutMs ? { timeoutMs, extraTime: { byMs: timeoutMs, maxMs } } : { timeoutMs };
}
