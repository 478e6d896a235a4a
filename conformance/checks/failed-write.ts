import { isJsonObject, type JsonObject } from '../../src/index.ts';
import { isReadOnly, type ListedTool } from '../target/list-tools.ts';
import { Caller, type CallLimits, type Exchange } from './caller.ts';
import { exercised, type Probe, type ProbeContext } from './check.ts';
import { describeCall, describeChange, linesOf, StateWatch, type Change } from './state-watch.ts';
import { inTurns } from './turns.ts';
import { chooseViews, quickTools, viewsBeside } from './views.ts';

const VALID_PER_TOOL = 2;
const INVALID_PER_TOOL = 8;
/** Of so many faults, some are chosen. */
const MAX_FAULTS = 60;
const LIMITS: CallLimits = { maxCalls: 300, maxTimeMs: 20_000 };

/**
 * A call that answers with an error leaves no trace that read-only tools can see.
 *
 * MCP does not ask for that, and it takes calls that are meant to fail of tools that write: the user has to name it.
 */
export const failedWrite: Probe = {
  kind: 'probe',
  id: 'behaviour/failed-write',
  title: 'A call that fails leaves nothing behind',
  group: 'behaviour',
  severity: 'warning',
  requirement: 'failed-write-without-trace',
  isOptIn: true,
  run: async (context) => {
    const tools = quickTools(context).filter((tool) => !isReadOnly(tool));
    if (tools.length === 0) return { kind: 'not-exercised', reason: 'no tool that writes may be called' };
    const views = chooseViews(context, 1);
    if (views.length === 0) {
      return { kind: 'not-exercised', reason: 'no read-only tool may be called that would show a trace' };
    }
    const caller = new Caller(await context.openReady(), LIMITS);
    const watch = new StateWatch(caller);
    const guilty = new Set<string>();
    const failed = new Set<string>();
    for (const call of inTurns(tools, (tool) => argumentsToFail(tool, context))) {
      if (caller.isOver) break;
      if (guilty.has(call.tool.name)) continue;
      const beside = viewsBeside(views, call, context);
      const { exchange, change } = await watch.changeBy(call, beside, isFailure);
      if (exchange === undefined || !isFailure(exchange)) continue;
      failed.add(call.tool.name);
      if (change === undefined) continue;
      guilty.add(call.tool.name);
      report(exchange, change, context);
    }
    return failed.size > 0
      ? { ...exercised, tools: [...failed] }
      : { kind: 'not-exercised', reason: 'no call of a tool that writes failed' };
  },
};

/** Invalid ones for the most part, and valid ones that may fail for other reasons. */
function argumentsToFail(tool: ListedTool, context: ProbeContext): readonly JsonObject[] {
  const valid = context.arguments.argumentsFor(tool, VALID_PER_TOOL);
  const generator = context.generatorOf(tool);
  if (generator.kind === 'untestable') return valid;
  const faulty: JsonObject[] = [];
  const { arguments: fixed = {} } = context.settingsOf(tool);
  for (const { value } of generator.negatives()) {
    if (!isJsonObject(value)) continue;
    const merged = { ...value, ...fixed };
    // The fault may be in a member that the user fixed.
    faulty.push(generator.judge(merged) === 'invalid' ? merged : value);
    if (faulty.length === MAX_FAULTS) break;
  }
  return [...context.random.shuffle(faulty).slice(0, INVALID_PER_TOOL), ...valid];
}

function isFailure({ answer }: Exchange): boolean {
  return answer.kind !== 'result' && answer.kind !== 'none';
}

function report(failed: Exchange, change: Change, context: ProbeContext): void {
  const { tool, args } = failed.call;
  const { was, is } = describeChange(change);
  context.report({
    variant: 'leaves a trace',
    title: `A call that fails changes what ${change.view.tool.name} shows`,
    tool: tool.name,
    arguments: args,
    expected: `${describeCall(change.view)} still answers ${was}`,
    seen: is,
    lines: linesOf(change, failed),
  });
}
