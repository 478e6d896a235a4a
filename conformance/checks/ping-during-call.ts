import { exercised, type CallSample, type Probe, type ProbeContext } from './check.ts';
import { isAnswered, toLines } from './evidence.ts';
import { findSlowCall, slowReason } from './slow-call.ts';

/** A pong that is late once may have met a busy machine. */
const TRIES = 3;

export const pingDuringCall: Probe = {
  kind: 'probe',
  id: 'concurrency/ping-during-call',
  title: 'A ping is answered while a call is under way',
  group: 'concurrency',
  severity: 'error',
  requirement: 'ping-during-calls',
  run: async (context) => {
    const slow = findSlowCall(context.samples);
    if (slow === undefined) return { kind: 'not-exercised', reason: slowReason };
    for (let tries = 1; tries <= TRIES; tries += 1) {
      if (!(await isHeldUp(slow, context, tries === TRIES))) break;
    }
    return exercised;
  },
};

async function isHeldUp(
  slow: CallSample,
  { session, report }: ProbeContext,
  isLast: boolean,
): Promise<boolean> {
  const shared = await session();
  const call = shared.start('tools/call', { name: slow.tool.name, arguments: slow.arguments });
  const ping = shared.start('ping');
  const [reply, pong] = await Promise.all([call.reply, ping.reply]);
  if (!isAnswered(reply) || !isAnswered(pong) || pong.line.atMs < reply.line.atMs) return false;
  if (isLast) {
    report({
      variant: 'ping',
      title: `A ping waits for a call of ${slow.tool.name}`,
      tool: slow.tool.name,
      arguments: slow.arguments,
      expected: 'an answer to ping at once: clients take silence for the end of a server',
      seen: `an answer after ${Math.round(pong.tookMs)} ms, behind that of the call`,
      lines: [...toLines(call, reply), ...toLines(ping, pong)],
    });
  }
  return true;
}
