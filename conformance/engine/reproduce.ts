import type { CallCheck } from '../checks/check.ts';
import type { TestCall } from '../fuzzing/test-call.ts';
import { judgeCall } from './judge-call.ts';
import { ServerUnavailableError, type SessionKeeper } from './session-keeper.ts';
import { toKey, type Seen } from './unit.ts';

/** What was tried is of no interest here. */
const exercise = (): void => {};

export interface ReproduceOptions {
  readonly keeper: SessionKeeper;
  readonly checks: readonly CallCheck[];
  /** @default the keeper's */
  readonly timeoutMs?: number;
  /** When to make no more calls, by `performance.now()`. @default when all are made */
  readonly endsAtMs?: number;
}

/**
 * Makes calls one after the other on the keeper's session, and tells by key what is seen.
 *
 * The calls before the last one are not judged themselves; those who watch the wire see them all.
 */
export async function reproduce(
  calls: readonly TestCall[],
  { keeper, checks, timeoutMs, endsAtMs = Number.POSITIVE_INFINITY }: ReproduceOptions,
): Promise<ReadonlyMap<string, Seen>> {
  const seen = new Map<string, Seen>();
  const report = (check: Seen['check'], draft: Seen['draft']): void => {
    const key = toKey(check, draft, draft.tool);
    if (!seen.has(key)) seen.set(key, { key, check, draft });
  };
  keeper.collectInto({ report, exercise });
  try {
    for (const [index, call] of calls.entries()) {
      if (performance.now() > endsAtMs) break;
      const session = await keeper.session();
      const params = { name: call.tool.name, arguments: call.arguments };
      const pending = session.start('tools/call', params, timeoutMs === undefined ? {} : { timeoutMs });
      const reply = await pending.reply;
      if (index === calls.length - 1) judgeCall(checks, { ...call, pending, reply }, { report, exercise });
    }
    await keeper.settle();
  } catch (error) {
    // A server that does not start any more shows nothing, and what it showed before counts.
    if (!(error instanceof ServerUnavailableError)) throw error;
  }
  return seen;
}
