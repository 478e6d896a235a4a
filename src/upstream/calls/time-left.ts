import type { ToolCall } from '../upstream.ts';

/** The call for sending it `waitedMs` after it came: what it has waited is gone from its time. */
export function afterWaiting(call: ToolCall, waitedMs: number): ToolCall {
  const { timeoutMs, extraTime } = call;
  return {
    ...call,
    timeoutMs: timeoutMs - waitedMs,
    ...(extraTime && { extraTime: { byMs: extraTime.byMs, maxMs: extraTime.maxMs - waitedMs } }),
  };
}
