import type { Finding } from '../findings/finding.ts';
import type { TestCall } from '../fuzzing/test-call.ts';
import { listTools, toolsOf } from '../target/list-tools.ts';
import type { Target } from '../target/target.ts';
import { chooseChecks } from './choose-checks.ts';
import { reproduce } from './reproduce.ts';
import { SessionKeeper } from './session-keeper.ts';
import { toFindingId } from './to-finding.ts';
import type { Seen } from './unit.ts';

/** What is known of calls that showed something. */
export type ShownCalls = Pick<Finding, 'id' | 'check' | 'server' | 'call' | 'arguments' | 'earlier'>;

/** Whether calls show the same again. */
export type Shown =
  | { readonly kind: 'seen'; readonly seen: Seen }
  | { readonly kind: 'not-seen' }
  /** They could not be made. */
  | { readonly kind: 'untried'; readonly reason: string };

export interface ShowOptions {
  readonly target: Target;
  readonly requestTimeoutMs: number;
  readonly protocolVersion: string;
  readonly signal: AbortSignal | undefined;
  /** Each on a server started anew. */
  readonly tries: number;
}

/**
 * Makes calls of the fuzzing once more.
 *
 * @throws {ServerUnavailableError} when the server does not start
 */
export async function showAgain(shown: ShownCalls, options: ShowOptions): Promise<Shown> {
  const { target, requestTimeoutMs, protocolVersion, signal } = options;
  const { observers, calls: checks } = chooseChecks([shown.check], []);
  const openKeeper = (): SessionKeeper =>
    new SessionKeeper({ target, observers, requestTimeoutMs, protocolVersion });
  let keeper = openKeeper();
  const stop = (): void => void keeper.close();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    const found = await findCalls(shown, keeper);
    if (found.kind === 'untried') return found;
    for (let left = options.tries; left > 0 && signal?.aborted !== true; left -= 1) {
      await keeper.close();
      keeper = openKeeper();
      const again = await reproduce(found.calls, { keeper, checks });
      const seen = [...again.values()].find(({ key }) => toFindingId(key, shown.server) === shown.id);
      if (seen !== undefined) return { kind: 'seen', seen };
    }
    return { kind: 'not-seen' };
  } finally {
    signal?.removeEventListener('abort', stop);
    await keeper.close();
  }
}

async function findCalls(
  { call, earlier = [], arguments: last = {} }: ShownCalls,
  keeper: SessionKeeper,
): Promise<
  | { readonly kind: 'calls'; readonly calls: readonly TestCall[] }
  | { readonly kind: 'untried'; readonly reason: string }
> {
  if (call === undefined) return { kind: 'untried', reason: 'it was seen without a call of the fuzzing' };
  const tools = new Map(toolsOf(await listTools(await keeper.session())).map((tool) => [tool.name, tool]));
  const calls: TestCall[] = [];
  for (const { tool: name, arguments: args } of [...earlier, { tool: call.tool, arguments: last }]) {
    const tool = tools.get(name);
    if (tool === undefined) return { kind: 'untried', reason: `the server lists no tool '${name}'` };
    calls.push({ ...call, tool, arguments: args, isAlike: () => false });
  }
  return { kind: 'calls', calls };
}
