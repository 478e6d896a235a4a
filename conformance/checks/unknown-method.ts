import { describeReply } from '../target/initialize.ts';
import { exercised, type Probe } from './check.ts';
import { codeOf, isAnswered, toLines } from './evidence.ts';

const METHOD_NOT_FOUND = -32601;

export const unknownMethod: Probe = {
  kind: 'probe',
  id: 'wire/unknown-method',
  title: 'Unknown methods are refused with -32601',
  group: 'wire',
  severity: 'error',
  requirement: 'method-not-found',
  run: async ({ session, random, report }) => {
    const shared = await session();
    const pending = shared.start(`mcpo-verify/${random.token()}`);
    const reply = await pending.reply;
    // Silence and the end of the server are told by those who watch for them.
    if (!isAnswered(reply) || codeOf(reply) === METHOD_NOT_FOUND) return exercised;
    report({
      variant: reply.kind === 'error' ? `code ${String(codeOf(reply))}` : 'a result',
      title: 'An unknown method is not refused as one',
      expected: `an error with the code ${METHOD_NOT_FOUND}`,
      seen: describeReply(reply),
      lines: toLines(pending, reply),
    });
    return exercised;
  },
};
