import { describeReply } from '../target/initialize.ts';
import { listPage } from '../target/list-tools.ts';
import { exercised, type Probe } from './check.ts';
import { codeOf, isAnswered, toLines } from './evidence.ts';

const INVALID_PARAMS = -32602;

export const badCursor: Probe = {
  kind: 'probe',
  id: 'listing/bad-cursor',
  title: 'A cursor that was not given is refused',
  group: 'listing',
  severity: 'warning',
  requirement: 'bad-cursor-refused',
  run: async ({ session, random, report }) => {
    const shared = await session();
    const first = await listPage(shared);
    if (!('tools' in first)) return { kind: 'not-exercised', reason: 'tools/list gave no page' };
    const pending = shared.start('tools/list', { cursor: `no-cursor-${random.token()}` });
    const reply = await pending.reply;
    if (!isAnswered(reply) || codeOf(reply) === INVALID_PARAMS) return exercised;
    // A server with one page alone has no cursors, and need not look at them.
    if (reply.kind === 'result' && first.nextCursor === undefined) {
      return { kind: 'not-exercised', reason: 'the server lists its tools on one page' };
    }
    report({
      variant: reply.kind === 'error' ? `code ${String(codeOf(reply))}` : 'a page',
      title: 'A cursor that the server never gave is not refused as one',
      expected: `an error with the code ${INVALID_PARAMS}`,
      seen: describeReply(reply),
      lines: toLines(pending, reply),
    });
    return exercised;
  },
};
