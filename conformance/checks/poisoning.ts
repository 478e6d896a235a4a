import { isJsonObject, type JsonObject, type JsonValue } from '../../src/index.ts';
import { describeReply } from '../target/initialize.ts';
import { isReadOnly, type ListedTool } from '../target/list-tools.ts';
import type { PendingReply, Reply, Session } from '../target/session.ts';
import { exercised, type Probe, type ProbeContext } from './check.ts';
import { isAnswered, toLines } from './evidence.ts';
import { quickTools } from './views.ts';
import { readAnswer } from '../fuzzing/read-answer.ts';

const MAX_TOOLS = 20;
const BAD_CALLS_PER_TOOL = 12;
/** How many bad calls are tried one by one, to name the one that does it. */
const MAX_SEARCHED = 40;

interface Call {
  readonly tool: ListedTool;
  readonly args: JsonValue;
}

interface Made {
  readonly pending: PendingReply;
  readonly reply: Reply;
}

export const poisoning: Probe = {
  kind: 'probe',
  id: 'negative/poisoning',
  title: 'Bad calls leave later ones as they were',
  group: 'negative',
  severity: 'error',
  requirement: 'refused-calls-leave-nothing',
  run: async (context) => {
    let isExercised = false;
    for (const group of toGroups(context)) {
      if (await judgeGroup(group, context)) isExercised = true;
    }
    return isExercised
      ? exercised
      : { kind: 'not-exercised', reason: 'no tool that may be called answers the same twice' };
  },
};

/** A bad call that is executed all the same may write: only tools that write nothing are mixed. */
function toGroups(context: ProbeContext): readonly (readonly ListedTool[])[] {
  const tools = quickTools(context).slice(0, MAX_TOOLS);
  return [
    tools.filter(isReadOnly),
    ...tools.filter((tool) => !isReadOnly(tool)).map((tool) => [tool]),
  ].filter(({ length }) => length > 0);
}

/** False when there was nothing to compare. */
async function judgeGroup(tools: readonly ListedTool[], context: ProbeContext): Promise<boolean> {
  const session = await context.openReady();
  const good = tools.flatMap((tool) =>
    context.arguments.argumentsFor(tool, 1).map((args): Call => ({ tool, args })),
  );
  const steady: { readonly call: Call; readonly alone: string }[] = [];
  for (const call of good) {
    const first = toAnswer(await make(session, call));
    const second = toAnswer(await make(session, call));
    if (first !== undefined && first === second) steady.push({ call, alone: first });
  }
  const bad = tools.flatMap((tool) => toBadCalls(tool, context));
  if (steady.length === 0 || bad.length === 0) return false;
  for (const call of bad) {
    const made = await make(session, call);
    // One that ends the server or is executed is found by others; what comes after it proves nothing here.
    if (!isAnswered(made.reply)) return true;
    if (readAnswer(made.reply).kind === 'result' && !isReadOnly(call.tool)) return true;
  }
  for (const { call, alone } of steady) {
    const after = await make(session, call);
    const answer = toAnswer(after);
    if (answer === undefined || answer === alone) continue;
    await explain({ call, alone, after, bad }, context);
  }
  return true;
}

/** What changes by itself changes in a server started anew too, and proves nothing. */
async function explain(
  { call, alone, after, bad }: { call: Call; alone: string; after: Made; bad: readonly Call[] },
  context: ProbeContext,
): Promise<void> {
  const fresh = await context.openReady();
  if (toAnswer(await make(fresh, call)) !== alone) return;
  const culprit = await findCulprit(call, alone, bad, context);
  const shown = culprit?.after ?? after;
  context.report({
    variant: 'answer',
    title: 'After bad calls, a good one gives another answer',
    tool: call.tool.name,
    ...(isJsonObject(call.args) && { arguments: call.args }),
    expected: `what it answers before: ${alone.slice(0, 200)}`,
    seen: describeReply(shown.reply),
    lines: [
      ...(culprit === undefined ? [] : toLines(culprit.bad.pending, culprit.bad.reply)),
      ...toLines(shown.pending, shown.reply),
    ],
  });
}

async function findCulprit(
  call: Call,
  alone: string,
  bad: readonly Call[],
  context: ProbeContext,
): Promise<{ readonly bad: Made; readonly after: Made } | undefined> {
  const session = await context.openReady();
  for (const suspect of bad.slice(0, MAX_SEARCHED)) {
    const made = await make(session, suspect);
    const after = await make(session, call);
    const answer = toAnswer(after);
    if (answer === undefined) return undefined;
    if (answer !== alone) return { bad: made, after };
  }
  return undefined;
}

function toBadCalls(tool: ListedTool, { generatorOf }: ProbeContext): readonly Call[] {
  const generator = generatorOf(tool);
  if (generator.kind === 'untestable') return [];
  const calls: Call[] = [];
  for (const { value } of generator.negatives()) {
    calls.push({ tool, args: value });
    if (calls.length === BAD_CALLS_PER_TOOL) break;
  }
  return calls;
}

async function make(session: Session, { tool, args }: Call): Promise<Made> {
  const params: JsonObject = { name: tool.name, arguments: args };
  const pending = session.start('tools/call', params);
  return { pending, reply: await pending.reply };
}

function toAnswer({ reply }: Made): string | undefined {
  if (!isAnswered(reply)) return undefined;
  return JSON.stringify(reply.kind === 'result' ? reply.result : reply.error);
}
