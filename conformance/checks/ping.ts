import { isJsonObject } from '../../src/index.ts';
import { describeReply } from '../target/initialize.ts';
import type { Reply, Session } from '../target/session.ts';
import { exercised, type Probe } from './check.ts';
import { toLines } from './evidence.ts';

const MAX_WAIT_MS = 10_000;

export const ping: Probe = {
  kind: 'probe',
  id: 'wire/ping',
  title: 'Pings are answered with an empty result',
  group: 'wire',
  severity: 'error',
  requirement: 'ping',
  run: async ({ openReady, random, requestTimeoutMs, report }) => {
    // Not the first ids of a client, and for some servers not true enough to be ids.
    const ids = [0, random.token(), Number.MAX_SAFE_INTEGER, -random.integer(1, 1_000)];
    let session: Session | undefined;
    for (const id of random.shuffle(ids)) {
      session = session?.isUsable === true ? session : await openReady({ judgesHealth: true });
      const pending = session.start('ping', undefined, {
        id,
        timeoutMs: Math.min(requestTimeoutMs, MAX_WAIT_MS),
      });
      const reply = await pending.reply;
      if (isEmptyResult(reply)) continue;
      report({
        variant: `${reply.kind} to id ${typeof id === 'string' ? 'string' : Math.sign(id)}`,
        title: 'A ping is not answered with an empty result',
        expected: '"result": {}',
        seen: describeReply(reply),
        lines: toLines(pending, reply),
      });
    }
    return exercised;
  },
};

/** `_meta` may stand in every result. */
function isEmptyResult(reply: Reply): boolean {
  if (reply.kind !== 'result' || !isJsonObject(reply.result)) return false;
  return Object.keys(reply.result).every((key) => key === '_meta');
}
