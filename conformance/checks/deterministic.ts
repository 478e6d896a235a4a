import { describeReply } from '../target/initialize.ts';
import { Caller, type CallLimits, type Exchange, type ToolCall } from './caller.ts';
import { exercised, type Probe, type ProbeContext } from './check.ts';
import { inTurns } from './turns.ts';
import { quickTools } from './views.ts';

const ARGUMENTS_PER_TOOL = 5;
const LIMITS: CallLimits = { maxCalls: 130, maxTimeMs: 15_000 };

/**
 * Where it is promised, equal arguments give equal answers: in one session, and in a server started anew.
 *
 * No annotation of MCP promises that. readOnlyHint and idempotentHint speak of effects, and openWorldHint of what a
 * tool deals with: the time of day may be read-only and closed, and a memory changes what is read from it. So the
 * promise is the user's, made with the setting `isDeterministic`.
 */
export const deterministic: Probe = {
  kind: 'probe',
  id: 'behaviour/deterministic',
  title: 'Tools said to be deterministic give equal answers',
  group: 'behaviour',
  severity: 'error',
  requirement: 'deterministic-as-promised',
  run: async (context) => {
    const tools = quickTools(context).filter((tool) => context.settingsOf(tool).isDeterministic === true);
    if (tools.length === 0) {
      return {
        kind: 'not-exercised',
        reason: 'no tool that may be called has the setting "deterministic": true',
      };
    }
    const calls = inTurns(tools, (tool) => context.arguments.argumentsFor(tool, ARGUMENTS_PER_TOOL));
    const answered = await callTwice(calls, context);
    const anew = new Caller(await context.openReady(), LIMITS);
    for (const first of answered)
      judge(first, await anew.call(first.call), 'in a server started anew', context);
    const tried = [...new Set(answered.map(({ call }) => call.tool.name))];
    return tried.length > 0
      ? { ...exercised, tools: tried }
      : { kind: 'not-exercised', reason: 'no such tool answered' };
  },
};

/** The first answers. */
async function callTwice(calls: readonly ToolCall[], context: ProbeContext): Promise<readonly Exchange[]> {
  const caller = new Caller(await context.openReady(), LIMITS);
  const answered: Exchange[] = [];
  for (const call of calls) {
    if (caller.isOver) break;
    const first = await caller.call(call);
    if (first === undefined) continue;
    answered.push(first);
    judge(first, await caller.call(call), 'in one session', context);
  }
  return answered;
}

function judge(first: Exchange, second: Exchange | undefined, where: string, { report }: ProbeContext): void {
  if (second === undefined || toText(first) === toText(second)) return;
  const { tool, args } = first.call;
  report({
    variant: where,
    title: `A tool said to be deterministic answers otherwise ${where}`,
    tool: tool.name,
    arguments: args,
    expected: `the first answer: ${describeReply(first.reply)}`,
    seen: describeReply(second.reply),
    lines: [...first.lines, ...second.lines],
  });
}

/** Members of objects have no order. */
function toText({ reply }: Exchange): string {
  return JSON.stringify(reply.kind === 'result' ? reply.result : reply.error, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}
