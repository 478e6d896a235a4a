import { isJsonObject } from '../../src/index.ts';
import { describeReply } from '../target/initialize.ts';
import { isReadOnly, type ListedTool } from '../target/list-tools.ts';
import { Caller, type CallLimits, type ToolCall } from './caller.ts';
import { exercised, type Probe, type ProbeContext } from './check.ts';
import { describeCall, describeChange, linesOf, StateWatch } from './state-watch.ts';
import { inTurns } from './turns.ts';
import { chooseViews, quickTools, viewsBeside } from './views.ts';

const ARGUMENTS_PER_TOOL = 3;
const LIMITS: CallLimits = { maxCalls: 200, maxTimeMs: 15_000 };

/**
 * What a tool with idempotentHint did once, it does not do again: a second call with the same arguments changes nothing
 * that a read-only tool can see.
 *
 * The hint promises no equal answers. That the second call fails where the first did not is told all the same, as a
 * warning: who repeats a call because its answer was lost takes it for one that was never done.
 */
export const idempotent: Probe = {
  kind: 'probe',
  id: 'behaviour/idempotent',
  title: 'Idempotent tools do nothing more when called again',
  group: 'behaviour',
  severity: 'error',
  requirement: 'idempotent-once',
  run: async (context) => {
    const tools = quickTools(context).filter(isIdempotent);
    if (tools.length === 0) {
      return { kind: 'not-exercised', reason: 'no tool that may be called says that it is idempotent' };
    }
    const views = chooseViews(context, 1);
    const caller = new Caller(await context.openReady(), LIMITS);
    const watch = new StateWatch(caller);
    const tried = new Set<string>();
    const guilty = new Set<string>();
    for (const call of inTurns(tools, (tool) => context.arguments.argumentsFor(tool, ARGUMENTS_PER_TOOL))) {
      if (caller.isOver) break;
      if (guilty.has(call.tool.name)) continue;
      await repeat(call, viewsBeside(views, call, context), { caller, watch, context, tried, guilty });
    }
    if (tried.size === 0) return { kind: 'not-exercised', reason: 'no idempotent tool gave a result' };
    return views.length > 0
      ? { ...exercised, tools: [...tried] }
      : { kind: 'not-exercised', reason: 'no read-only tool that may be called shows what the others do' };
  },
};

/** The hint means nothing for what is read-only (MCP schema, ToolAnnotations). */
function isIdempotent(tool: ListedTool): boolean {
  const { annotations } = tool.source;
  return !isReadOnly(tool) && isJsonObject(annotations) && annotations['idempotentHint'] === true;
}

interface Means {
  readonly caller: Caller;
  readonly watch: StateWatch;
  readonly context: ProbeContext;
  /** Tools that gave a result. */
  readonly tried: Set<string>;
  /** Tools that were found out. */
  readonly guilty: Set<string>;
}

async function repeat(
  call: ToolCall,
  views: readonly ToolCall[],
  { caller, watch, context, tried, guilty }: Means,
): Promise<void> {
  const first = await caller.call(call);
  if (first?.answer.kind !== 'result') return;
  const { name } = call.tool;
  tried.add(name);
  await watch.warmUp(views);
  const { exchange: second, change } = await watch.changeBy(call, views);
  if (second === undefined) return;
  if (change !== undefined) {
    guilty.add(name);
    const { was, is } = describeChange(change);
    context.report({
      variant: 'has an effect again',
      title: `An idempotent tool changes what ${change.view.tool.name} shows, when called again`,
      tool: name,
      arguments: call.args,
      expected: `${describeCall(change.view)} still answers, as after the first call, ${was}`,
      seen: is,
      lines: [...first.lines, ...linesOf(change, second)],
    });
  }
  if (second.answer.kind !== 'result' && second.answer.kind !== 'none') {
    context.report({
      variant: 'fails again',
      severity: 'warning',
      title: 'An idempotent tool fails when called again',
      tool: name,
      arguments: call.args,
      expected: 'a result, as for the first call',
      seen: describeReply(second.reply),
      lines: [...first.lines, ...second.lines],
    });
  }
}
