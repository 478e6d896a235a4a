import type { ListedTool } from '../target/list-tools.ts';
import type { JsonObject } from '../../src/index.ts';
import { exercised, type Probe, type ProbeContext } from './check.ts';
import { isAnswered, toLines } from './evidence.ts';
import { readAnswer } from '../fuzzing/read-answer.ts';
import { withToken } from './token-arguments.ts';

const MAX_TOOLS = 5;
const ROUNDS = 2;

export const ownAnswer: Probe = {
  kind: 'probe',
  id: 'concurrency/own-answer',
  title: 'Of calls under way at once, each gets its own answer',
  group: 'concurrency',
  severity: 'error',
  requirement: 'answers-find-owners',
  run: async (context) => {
    const echoes = await findEchoes(context);
    if (echoes.length === 0) {
      return { kind: 'not-exercised', reason: 'no tool that may be called repeats what it is given' };
    }
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const echo of echoes) await callAtOnce(echo, context);
    }
    return exercised;
  },
};

interface Echo {
  readonly tool: ListedTool;
  readonly args: JsonObject;
}

/** Tools whose answer holds the text that they were given. */
async function findEchoes({ callable, session, random, ...context }: ProbeContext): Promise<readonly Echo[]> {
  const echoes: Echo[] = [];
  for (const tool of callable) {
    const [args] = context.arguments.argumentsFor(tool, 1);
    const token = random.token();
    const marked = args && withToken(tool, args, token, context.settingsOf(tool));
    if (args === undefined || marked === undefined) continue;
    const params = { name: tool.name, arguments: marked };
    const reply = await (await session()).request('tools/call', params);
    if (isAnswered(reply) && reply.line.text.includes(token)) echoes.push({ tool, args });
    if (echoes.length === MAX_TOOLS) break;
  }
  return echoes;
}

async function callAtOnce({ tool, args }: Echo, context: ProbeContext): Promise<void> {
  const session = await context.session();
  const calls = Array.from({ length: Math.max(2, context.concurrency) }, () => {
    const token = context.random.token();
    const marked = withToken(tool, args, token, context.settingsOf(tool)) ?? args;
    const pending = session.start('tools/call', { name: tool.name, arguments: marked });
    return { token, marked, pending };
  });
  const tokens = calls.map(({ token }) => token);
  for (const { token, marked, pending } of calls) {
    const reply = await pending.reply;
    // A server that is busy may say so; that is an answer.
    if (readAnswer(reply).kind !== 'result' || !isAnswered(reply) || reply.line.text.includes(token))
      continue;
    const foreign = tokens.find((other) => reply.line.text.includes(other));
    context.report({
      variant: 'answer',
      title:
        foreign === undefined ? 'A call among others loses its answer' : 'A call gets the answer of another',
      tool: tool.name,
      arguments: marked,
      expected: `an answer that repeats ${token}, as the tool does when called alone`,
      seen:
        foreign === undefined ? 'none of the texts that were sent' : `the text of another call: ${foreign}`,
      lines: toLines(pending, reply),
    });
  }
}
