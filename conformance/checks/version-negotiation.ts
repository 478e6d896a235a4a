import { isJsonObject } from '../../src/index.ts';
import { describeReply, initializeParams } from '../target/initialize.ts';
import type { PendingReply, Reply } from '../target/session.ts';
import { exercised, type Probe, type ProbeContext } from './check.ts';
import { isAnswered, toLines } from './evidence.ts';

const unknownVersion = '1999-12-31';

export const versionNegotiation: Probe = {
  kind: 'probe',
  id: 'wire/version-negotiation',
  title: 'The version of the protocol is negotiated',
  group: 'wire',
  severity: 'error',
  requirement: 'version-negotiated',
  run: async (context) => {
    const first = await ask(context, unknownVersion);
    // The specification shows such an error, too (basic/lifecycle, error handling).
    if (first.reply.kind === 'error') return exercised;
    const offered = versionIn(first.reply);
    if (offered === undefined || offered === unknownVersion || !/^\d{4}-\d{2}-\d{2}$/.test(offered)) {
      context.report({
        variant: 'unknown version',
        title: 'A version that cannot be supported is accepted, or not answered',
        expected: `a version other than ${unknownVersion}, that the server supports`,
        seen: offered === undefined ? describeReply(first.reply) : `"protocolVersion": "${offered}"`,
        lines: toLines(first.pending, first.reply),
      });
      return exercised;
    }
    const second = await ask(context, offered);
    const echoed = versionIn(second.reply);
    if (echoed !== offered) {
      context.report({
        variant: 'offered version',
        title: 'The version that the server offers is not the one it then speaks',
        expected: `"protocolVersion": "${offered}", since the server offered it before`,
        seen: echoed === undefined ? describeReply(second.reply) : `"protocolVersion": "${echoed}"`,
        lines: toLines(second.pending, second.reply),
      });
    }
    return exercised;
  },
};

async function ask(
  { open }: ProbeContext,
  version: string,
): Promise<{ readonly pending: PendingReply; readonly reply: Reply }> {
  const session = open({ judgesHealth: true });
  const pending = session.start('initialize', initializeParams(version));
  const reply = await pending.reply;
  if (isAnswered(reply)) session.notify('notifications/initialized');
  return { pending, reply };
}

function versionIn(reply: Reply): string | undefined {
  if (reply.kind !== 'result' || !isJsonObject(reply.result)) return undefined;
  const { protocolVersion } = reply.result;
  return typeof protocolVersion === 'string' ? protocolVersion : undefined;
}
