import type { JsonObject } from '../../src/index.ts';
import { describeReply } from '../target/initialize.ts';
import { isReadOnly, type ListedTool } from '../target/list-tools.ts';
import type { PendingReply, Reply, Session } from '../target/session.ts';
import { exercised, type Probe, type ProbeContext } from './check.ts';
import { isAnswered, toLines } from './evidence.ts';
import { withToken } from './token-arguments.ts';

const MAX_TOOLS = 20;
/** A tool that takes longer would keep the others waiting. */
const SLOW_MS = 1_000;

interface Call {
  readonly tool: ListedTool;
  readonly args: JsonObject;
  /** What it answers alone; undefined when that changes from time to time. */
  readonly alone: string | undefined;
}

export const sameAsSerial: Probe = {
  kind: 'probe',
  id: 'concurrency/same-as-serial',
  title: 'Calls give the same answers at once as one after the other',
  group: 'concurrency',
  severity: 'error',
  requirement: 'serial-equals-concurrent',
  run: async (context) => {
    const calls = toCalls(context);
    let isExercised = false;
    for (const group of toGroups(calls)) {
      if (await judgeGroup(group, context)) isExercised = true;
    }
    return isExercised
      ? exercised
      : { kind: 'not-exercised', reason: 'no tool that may be called answers the same twice' };
  },
};

/** What a tool writes may change what another answers: only those that write nothing are mixed. */
function toGroups(calls: readonly Call[]): readonly (readonly Call[])[] {
  const groups = new Map<string, Call[]>();
  for (const call of calls) {
    const key = isReadOnly(call.tool) ? 'read-only' : `tool ${call.tool.name}`;
    groups.set(key, [...(groups.get(key) ?? []), call]);
  }
  return [...groups.values()];
}

/** False when there was nothing to compare. */
async function judgeGroup(calls: readonly Call[], context: ProbeContext): Promise<boolean> {
  const before = await callAlone(await context.session(), calls);
  const steady = before.filter(({ alone }) => alone !== undefined);
  if (steady.length === 0) return false;
  const differing = await callAtOnce(await context.session(), steady, context);
  if (differing.length === 0) return true;
  // What has changed by itself meanwhile, such as the time, proves nothing.
  const after = await callAlone(await context.session(), calls);
  for (const { call, reply, pending } of differing) {
    const again = after.find(({ tool, args }) => tool === call.tool && args === call.args);
    if (again?.alone !== call.alone) continue;
    context.report({
      variant: 'answer',
      title: 'A call among others gives another answer than alone',
      tool: call.tool.name,
      arguments: call.args,
      expected: `what it answers alone, before and after: ${(call.alone ?? '').slice(0, 200)}`,
      seen: describeReply(reply),
      lines: toLines(pending, reply),
    });
  }
  return true;
}

function toCalls({ callable, samples, random, ...context }: ProbeContext): readonly Call[] {
  const isSlow = (tool: ListedTool): boolean =>
    samples.some((sample) => sample.tool.name === tool.name && sample.tookMs > SLOW_MS);
  return callable
    .filter((tool) => !isSlow(tool))
    .slice(0, MAX_TOOLS)
    .flatMap((tool) => {
      const own = context.arguments.argumentsFor(tool, 2);
      const [first] = own;
      const marked = first && withToken(tool, first, random.token(), context.settingsOf(tool));
      const all = marked === undefined ? own : [...own, marked];
      return all.map((args) => ({ tool, args, alone: undefined }));
    });
}

async function callAlone(session: Session, calls: readonly Call[]): Promise<readonly Call[]> {
  const answered: Call[] = [];
  for (const { tool, args } of calls) {
    const params = { name: tool.name, arguments: args };
    const first = toAnswer(await session.request('tools/call', params));
    const second = toAnswer(await session.request('tools/call', params));
    answered.push({ tool, args, alone: first === second ? first : undefined });
  }
  return answered;
}

interface Differing {
  readonly call: Call;
  readonly reply: Reply;
  readonly pending: PendingReply;
}

/** All calls, each several times, in any order, and never more at once than is asked for. */
async function callAtOnce(
  session: Session,
  calls: readonly Call[],
  { concurrency, random }: ProbeContext,
): Promise<readonly Differing[]> {
  const queue = random.shuffle([...calls, ...calls, ...calls]);
  const differing: Differing[] = [];
  const work = async (): Promise<void> => {
    for (let call = queue.pop(); call !== undefined; call = queue.pop()) {
      const params = { name: call.tool.name, arguments: call.args };
      const pending = session.start('tools/call', params);
      const reply = await pending.reply;
      const answer = toAnswer(reply);
      if (answer !== undefined && answer !== call.alone) differing.push({ call, reply, pending });
    }
  };
  await Promise.all(Array.from({ length: Math.max(2, concurrency) }, work));
  return differing;
}

function toAnswer(reply: Reply): string | undefined {
  if (!isAnswered(reply)) return undefined;
  return JSON.stringify(reply.kind === 'result' ? reply.result : reply.error);
}
