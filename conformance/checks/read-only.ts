import { isReadOnly } from '../target/list-tools.ts';
import { Caller, type CallLimits, type ToolCall } from './caller.ts';
import { exercised, type Probe, type ProbeContext, type ProbeOutcome } from './check.ts';
import { describeCall, describeChange, linesOf, StateWatch, type Change } from './state-watch.ts';
import { withToken } from './token-arguments.ts';
import { chooseViews, quickTools } from './views.ts';

const MAX_TOOLS = 20;
const ARGUMENTS_PER_TOOL = 4;
const LIMITS: CallLimits = { maxCalls: 200, maxTimeMs: 15_000 };
/** Enough to find who changed them. */
const BLAMED_VIEWS = 2;

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
    let answered = 0;
    const callAll = async (): Promise<boolean> => {
      for (const call of calls) if ((await caller.call(call))?.answer.kind === 'result') answered += 1;
      return !caller.isLost;
    };
    const changes = await new StateWatch(caller).changesBy(views, BLAMED_VIEWS, callAll);
    const outcome = toOutcome(answered, caller);
    if (outcome.kind === 'exercised' && changes.length > 0) await blame(changes, calls, context);
    return outcome;
  },
};

function toCalls(context: ProbeContext): readonly ToolCall[] {
  return quickTools(context)
    .filter(isReadOnly)
    .slice(0, MAX_TOOLS)
    .flatMap((tool) => {
      const own = context.arguments.argumentsFor(tool, ARGUMENTS_PER_TOOL);
      const marked = own[0] && withToken(tool, own[0], context.random.token());
      return [...own, ...(marked === undefined ? [] : [marked])].map((args) => ({ tool, args }));
    });
}

function toOutcome(answered: number, { isLost }: Caller): ProbeOutcome {
  if (isLost) return { kind: 'not-exercised', reason: 'the server was lost while its tools were called' };
  return answered > 0 ? exercised : { kind: 'not-exercised', reason: 'no read-only tool gave a result' };
}

/** In a server started anew: what is written twice may look the same as what is written once. */
async function blame(
  changes: readonly Change[],
  calls: readonly ToolCall[],
  { openReady, report }: ProbeContext,
): Promise<void> {
  const caller = new Caller(await openReady(), { ...LIMITS, maxCalls: 2 * LIMITS.maxCalls });
  const watch = new StateWatch(caller);
  const guilty = new Set<string>();
  for (const call of calls) {
    if (guilty.has(call.tool.name) || caller.isOver) continue;
    const others = changes.map(({ view }) => view).filter(({ tool }) => tool.name !== call.tool.name);
    const { exchange, change } = await watch.changeBy(call, others);
    if (change === undefined || exchange === undefined) continue;
    guilty.add(call.tool.name);
    const { was, is } = describeChange(change);
    report({
      variant: `changes what ${change.view.tool.name} shows`,
      title: `A read-only tool changes what ${change.view.tool.name} shows`,
      tool: call.tool.name,
      arguments: call.args,
      expected: `${describeCall(change.view)} still answers ${was}`,
      seen: is,
      lines: linesOf(change, exchange),
    });
  }
}
