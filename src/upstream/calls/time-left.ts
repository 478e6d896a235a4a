import type { ToolCall } from '../upstream.ts';

/** The call for sending it when `waitedMs` of its time have gone by in all. */
export function afterWaiting(call: ToolCall, waitedMs: number): ToolCall {
  return { ...call, waitedMs };
}
