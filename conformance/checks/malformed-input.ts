import type { JsonValue } from '../../src/index.ts';
import { describeReply } from '../target/initialize.ts';
import type { Session } from '../target/session.ts';
import { exercised, type Probe, type ProbeContext } from './check.ts';
import { isAnswered } from './evidence.ts';

/** A server that gets through none of them need not be started for each. */
const MAX_FINDINGS = 3;
const MAX_WAIT_MS = 10_000;

export const malformedInput: Probe = {
  kind: 'probe',
  id: 'wire/malformed-input',
  title: 'Malformed input leaves the server healthy',
  group: 'wire',
  severity: 'error',
  requirement: 'input-survived',
  run: async (context) => {
    let findings = 0;
    let session: Session | undefined;
    for (const { name, text, id } of context.random.shuffle(toTexts(context.random.token()))) {
      session ??= await context.openReady({ judgesHealth: true });
      session.sendText(text, id);
      const fault = await findFault(session, context);
      if (fault === undefined) continue;
      context.report({
        variant: name,
        title: `After ${name}, the server no longer works`,
        expected: 'an error or silence, and then an answer to ping',
        seen: fault,
        lines: session.recentLines.slice(-4),
      });
      session = undefined;
      findings += 1;
      if (findings === MAX_FINDINGS) break;
    }
    return exercised;
  },
};

async function findFault(session: Session, { requestTimeoutMs }: ProbeContext): Promise<string | undefined> {
  const timeoutMs = Math.min(requestTimeoutMs, MAX_WAIT_MS);
  const pong = await session.request('ping', undefined, { timeoutMs });
  if (!isAnswered(pong)) return describeReply(pong);
  return undefined;
}

interface MalformedText {
  /** Follows "after". */
  readonly name: string;
  readonly text: string;
  /** That the server may answer to. */
  readonly id?: JsonValue;
}

function toTexts(id: string): readonly MalformedText[] {
  const request = { jsonrpc: '2.0', id, method: 'ping' };
  return [
    { name: 'a line that is not JSON', text: 'hello' },
    { name: 'a message cut short', text: JSON.stringify(request).slice(0, -4) },
    { name: 'an empty line', text: '' },
    { name: 'a line of white space', text: ' \t ' },
    { name: 'null', text: 'null' },
    { name: 'a string', text: '"ping"' },
    { name: 'a number', text: '42' },
    { name: 'an empty array', text: '[]' },
    { name: 'an empty object', text: '{}' },
    { name: 'a message without jsonrpc', text: JSON.stringify({ id, method: 'ping' }), id },
    { name: 'a message of JSON-RPC 1.0', text: JSON.stringify({ ...request, jsonrpc: '1.0' }), id },
    { name: 'a method that is a number', text: JSON.stringify({ ...request, method: 5 }), id },
    { name: 'a request without a method', text: JSON.stringify({ jsonrpc: '2.0', id }), id },
    { name: 'params that are a string', text: JSON.stringify({ ...request, params: 'x' }), id },
    { name: 'an id that is an object', text: JSON.stringify({ ...request, id: { a: 1 } }), id: { a: 1 } },
    { name: 'an id that is null', text: JSON.stringify({ ...request, id: null }), id: null },
    {
      name: 'an unknown notification',
      text: JSON.stringify({ jsonrpc: '2.0', method: 'notifications/none' }),
    },
    { name: 'a response to nothing', text: JSON.stringify({ jsonrpc: '2.0', id, result: {} }), id },
    {
      name: 'the cancellation of a request that was never made',
      text: JSON.stringify({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: id } }),
    },
    { name: 'tools/call without params', text: JSON.stringify({ ...request, method: 'tools/call' }), id },
  ];
}
