import { isJsonObject } from '../../src/index.ts';
import type { Session } from '../target/session.ts';
import type { RequestId, WireLine } from '../target/wire-event.ts';
import { exercised, type Probe } from './check.ts';
import { isAnswered, toLines } from './evidence.ts';
import { findSlowCall, slowReason } from './slow-call.ts';

const START_MS = 50;
const AFTER_MS = 500;

export const cancellation: Probe = {
  kind: 'probe',
  id: 'wire/cancellation',
  title: 'A cancelled call is silent',
  group: 'wire',
  severity: 'warning',
  requirement: 'cancelled-is-silent',
  run: async ({ openReady, samples, random, report }) => {
    const slow = findSlowCall(samples);
    if (slow === undefined) return { kind: 'not-exercised', reason: slowReason };
    const session = await openReady();
    const params = { name: slow.tool.name, arguments: slow.arguments };
    const progressToken = random.token();
    // Long enough for the call to come to its own end.
    const timeoutMs = slow.tookMs * 1.5 + START_MS + AFTER_MS;
    const pending = session.start('tools/call', params, { timeoutMs, progressToken });
    await delay(START_MS);
    session.cancel(pending.request);
    // What the server says after the pong, it says in knowledge of the cancellation.
    const pong = await session.request('ping');
    const reply = await pending.reply;
    if (!isAnswered(pong)) return exercised;
    const common = { tool: slow.tool.name, arguments: slow.arguments };
    if (isAnswered(reply) && reply.line.atMs < pong.line.atMs) {
      return { kind: 'not-exercised', reason: 'the call was over before it could be cancelled' };
    }
    if (isAnswered(reply)) {
      report({
        ...common,
        variant: 'response',
        title: 'A cancelled call is answered',
        expected: 'no response: the work is stopped, and its result thrown away',
        seen: `a response ${Math.round(reply.line.atMs - pong.line.atMs)} ms after a ping that followed the cancellation`,
        lines: [...toLines(pending, reply).slice(0, 1), pong.line, reply.line],
      });
    }
    const late = findProgress(session, progressToken, pong.line.atMs);
    if (late !== undefined) {
      report({
        ...common,
        variant: 'progress',
        title: 'A cancelled call reports progress',
        expected: 'no progress after the cancellation',
        seen: 'a notification of progress after a ping that followed the cancellation',
        lines: [...toLines(pending, reply).slice(0, 1), pong.line, late],
      });
    }
    return exercised;
  },
};

function findProgress(session: Session, token: RequestId, afterMs: number): WireLine | undefined {
  return session.recentLines.find(({ direction, text, atMs }) => {
    if (direction !== 'received' || atMs <= afterMs || !text.includes('notifications/progress')) return false;
    const message: unknown = JSON.parse(text);
    const params = isJsonObject(message) ? message['params'] : undefined;
    return isJsonObject(params) && params['progressToken'] === token;
  });
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
