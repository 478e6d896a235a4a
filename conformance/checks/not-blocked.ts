import type { CallSample, Probe, ProbeContext } from './check.ts';
import { exercised } from './check.ts';
import { isAnswered, toLines } from './evidence.ts';
import { findFastCall, findSlowCall, slowReason } from './slow-call.ts';

/** A fast call that is late once may have met a busy machine. */
const TRIES = 3;

export const notBlocked: Probe = {
  kind: 'probe',
  id: 'concurrency/not-blocked',
  title: 'A fast call is not held up by a slow one',
  group: 'concurrency',
  severity: 'warning',
  requirement: 'calls-do-not-block',
  run: async (context) => {
    const slow = findSlowCall(context.samples);
    if (slow === undefined) return { kind: 'not-exercised', reason: slowReason };
    const fast = findFastCall(context.samples, slow);
    if (fast === undefined) {
      return { kind: 'not-exercised', reason: `no other tool is fast beside ${slow.tool.name}` };
    }
    for (let tries = 1; tries <= TRIES; tries += 1) {
      if (!(await isHeldUp(slow, fast, context, tries === TRIES))) break;
    }
    return exercised;
  },
};

async function isHeldUp(
  slow: CallSample,
  fast: CallSample,
  { session, report }: ProbeContext,
  isLast: boolean,
): Promise<boolean> {
  const shared = await session();
  const first = shared.start('tools/call', { name: slow.tool.name, arguments: slow.arguments });
  const second = shared.start('tools/call', { name: fast.tool.name, arguments: fast.arguments });
  const [slowReply, fastReply] = await Promise.all([first.reply, second.reply]);
  if (!isAnswered(slowReply) || !isAnswered(fastReply)) return false;
  if (fastReply.line.atMs < slowReply.line.atMs) return false;
  if (isLast) {
    report({
      variant: 'call',
      title: `A call of ${fast.tool.name} waits for one of ${slow.tool.name}`,
      tool: fast.tool.name,
      arguments: fast.arguments,
      expected: `its answer before that of ${slow.tool.name}: alone they take ${Math.round(fast.tookMs)} and ${Math.round(slow.tookMs)} ms`,
      seen: `its answer after ${Math.round(fastReply.tookMs)} ms, behind the other, ${TRIES} times of ${TRIES}`,
      lines: [...toLines(first, slowReply), ...toLines(second, fastReply)],
    });
  }
  return true;
}
