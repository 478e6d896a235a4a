import { isReadOnly } from '../target/list-tools.ts';
import { Caller, type CallLimits, type ToolCall } from './caller.ts';
import type { Probe, ProbeContext, ProbeOutcome } from './check.ts';
import { describeCall, describeChange, linesOf, StateWatch, type Change } from './state-watch.ts';
import { withToken } from './token-arguments.ts';
import { inTurns } from './turns.ts';
import { chooseViews, quickTools } from './views.ts';

const ARGUMENTS_PER_TOOL = 4;
const LIMITS: CallLimits = { maxCalls: 200, maxTimeMs: 15_000 };
const BLAME_LIMITS: CallLimits = { maxCalls: 400, maxTimeMs: 30_000 };
/** Enough to find who changed them. */
const MAX_CHANGES = 2;
const BLAMED_VIEWS = 5;

/**
 * A tool with readOnlyHint changes nothing that another read-only tool can see.
 *
 * All of them are called between two looks at what they show. When something differs that does not differ by itself,
 * each is called between two looks, in a server started anew, to see whose doing it was.
 */
export const readOnly: Probe = {
  kind: 'probe',
  id: 'behaviour/read-only',
  title: 'Read-only tools change nothing that others show',
  group: 'behaviour',
  severity: 'error',
  requirement: 'read-only-changes-nothing',
  run: async (context) => {
    const views = chooseViews(context, 2);
    if (new Set(views.map(({ tool }) => tool.name)).size < 2) {
      return { kind: 'not-exercised', reason: 'there are no two read-only tools that may be called' };
    }
    const caller = new Caller(await context.openReady(), LIMITS);
    const calls = toCalls(context);
    const tried = new Set<string>();
    const callAll = async (): Promise<boolean> => {
      for (const call of calls) {
        if (caller.isOver) break;
        const exchange = await caller.call(call);
        if (exchange?.answer.kind === 'result') tried.add(call.tool.name);
      }
      return !caller.isLost;
    };
    const changes = await new StateWatch(caller).changesBy(views, MAX_CHANGES, callAll);
    const outcome = toOutcome(tried, caller);
    if (outcome.kind === 'exercised' && changes.length > 0) await blame(changes, { calls, views }, context);
    return outcome;
  },
};

function toCalls(context: ProbeContext): readonly ToolCall[] {
  return inTurns(quickTools(context).filter(isReadOnly), (tool) => {
    const own = context.arguments.argumentsFor(tool, ARGUMENTS_PER_TOOL);
    const marked = own[0] && withToken(tool, own[0], context.random.token(), context.settingsOf(tool));
    return marked === undefined ? own : [...own, marked];
  });
}

function toOutcome(tried: ReadonlySet<string>, { isLost }: Caller): ProbeOutcome {
  if (isLost) return { kind: 'not-exercised', reason: 'the server was lost while its tools were called' };
  return tried.size > 0
    ? { kind: 'exercised', tools: [...tried] }
    : { kind: 'not-exercised', reason: 'no read-only tool gave a result' };
}

/**
 * In a server started anew: what is written twice may look the same as what is written once. For the same reason those
 * come first that show something else than before: they may have taken it away themselves.
 */
async function blame(
  changes: readonly Change[],
  { calls, views }: { readonly calls: readonly ToolCall[]; readonly views: readonly ToolCall[] },
  context: ProbeContext,
): Promise<void> {
  const caller = new Caller(await context.openReady(), BLAME_LIMITS);
  const watch = new StateWatch(caller);
  const changed = changes.map(({ view }) => view);
  const shown = oneOfEach([...changed, ...views]).slice(0, BLAMED_VIEWS);
  for (const { tool } of oneOfEach([...changed, ...calls])) {
    const own = calls.filter((call) => call.tool.name === tool.name);
    const others = shown.filter((view) => view.tool.name !== tool.name);
    const callAll = async (): Promise<boolean> => {
      for (const call of own) await caller.call(call);
      return !caller.isOver;
    };
    const [change] = await watch.changesBy(others, 1, callAll);
    if (change !== undefined) await convict(own, change.view, context);
    if (caller.isOver) return;
  }
}

/** Finds the very call, in a server started anew. */
async function convict(calls: readonly ToolCall[], view: ToolCall, context: ProbeContext): Promise<void> {
  const watch = new StateWatch(new Caller(await context.openReady(), BLAME_LIMITS));
  for (const call of calls) {
    const { exchange, change } = await watch.changeBy(call, [view]);
    if (change === undefined || exchange === undefined) continue;
    const { was, is } = describeChange(change);
    context.report({
      variant: 'changes what others show',
      title: `A read-only tool changes what ${view.tool.name} shows`,
      tool: call.tool.name,
      arguments: call.args,
      expected: `${describeCall(view)} still answers ${was}`,
      seen: is,
      lines: linesOf(change, exchange),
    });
    return;
  }
}

function oneOfEach(calls: readonly ToolCall[]): readonly ToolCall[] {
  const byTool = new Map<string, ToolCall>();
  for (const call of calls) if (!byTool.has(call.tool.name)) byTool.set(call.tool.name, call);
  return [...byTool.values()];
}
