import { describeReply } from '../target/initialize.ts';
import type { Session } from '../target/session.ts';
import { exercised, type Probe, type ProbeContext } from './check.ts';
import { codeOf, isAnswered, toLines } from './evidence.ts';
import { readAnswer } from '../fuzzing/read-answer.ts';

const invalidParams = -32602;

export const unknownTool: Probe = {
  kind: 'probe',
  id: 'negative/unknown-tool',
  title: 'A tool that does not exist is refused',
  group: 'negative',
  severity: 'error',
  requirement: 'unknown-tool-refused',
  run: async (context) => {
    if (!('tools' in context.server.capabilities)) {
      return { kind: 'not-exercised', reason: 'the server declares no tools' };
    }
    const known = new Set(context.tools.map(({ name }) => name));
    for (const name of toNames(context)) {
      if (!known.has(name)) await callUnknown(name, await context.session(), context);
    }
    return exercised;
  },
};

/** One of a kind, and what tables hold that were never filled: members that objects have from birth. */
function toNames({ random }: ProbeContext): readonly string[] {
  return [random.token(), '', 'constructor', '__proto__', 'toString'];
}

async function callUnknown(name: string, session: Session, { report }: ProbeContext): Promise<void> {
  const pending = session.start('tools/call', { name, arguments: {} });
  const reply = await pending.reply;
  // Silence and exit are for those who watch the wire.
  if (!isAnswered(reply)) return;
  const isBuiltIn = name === 'constructor' || name === '__proto__' || name === 'toString';
  const label = isBuiltIn ? 'a built-in name' : name === '' ? 'an empty name' : 'a made-up name';
  const common = { seen: describeReply(reply), lines: toLines(pending, reply) };
  const answer = readAnswer(reply);
  if (answer.kind === 'result') {
    report({
      ...common,
      variant: `result ${label}`,
      title: `A call of a tool that does not exist, by ${label}, gets a result`,
      expected: 'an error with code -32602, or isError',
    });
  } else if (answer.kind === 'internal-error' && answer.phrase !== undefined) {
    report({
      ...common,
      variant: `accident ${label}`,
      title: `A call of a tool that does not exist, by ${label}, makes an exception that nobody caught`,
      expected: 'an error with code -32602, or isError',
    });
  } else if (reply.kind === 'error' && codeOf(reply) !== invalidParams) {
    report({
      ...common,
      variant: 'code',
      title: 'A tool that does not exist is refused with another code than -32602',
      expected: 'an error with code -32602',
      severity: 'warning',
    });
  }
}
