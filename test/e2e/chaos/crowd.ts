import { setTimeout as sleep } from 'node:timers/promises';
import { openRaw, post, type RawConnection } from '../../fixtures/raw-http.ts';
import { judge, toSecret, type Ending, type PlannedCall, type Sent } from './outcome.ts';

/** What became of all the requests of a crowd. */
export interface Tally {
  readonly requests: number;
  readonly endings: ReadonlyMap<Ending, number>;
  /** A line for each request that did not get exactly one answer, of its own and of an allowed kind. */
  readonly faults: readonly string[];
}

/** What a user does next, after `pauseMs`; undefined: leave. */
export type Plan = (user: number, step: number) => (PlannedCall & { readonly pauseMs?: number }) | undefined;

export const users = 200;
/** Far beyond every deadline of the gateway. */
const answerMs = 40_000;
let crowds = 0;

/** Users with a connection each, who all call at the same time, one call after the other. */
export async function runCrowd(port: number, plan: Plan): Promise<Tally> {
  crowds += 1;
  const tally = { requests: 0, endings: new Map<Ending, number>(), faults: [] as string[] };
  const visit = async (user: number): Promise<void> => {
    const connection = await openRaw(port);
    try {
      for (let step = 0; ; step += 1) {
        const call = plan(user, step);
        if (call === undefined) break;
        if (call.pauseMs !== undefined) await sleep(call.pauseMs);
        const token = `tok-${crowds}-${user}-${step}`;
        tally.requests += 1;
        const ending = await request(connection, { call, token });
        if (typeof ending === 'object')
          tally.faults.push(`${token} (${call.how ?? 'plain'}) ${ending.fault}`);
        else tally.endings.set(ending, (tally.endings.get(ending) ?? 0) + 1);
      }
      await expectNothingMore(connection);
    } catch (error) {
      tally.faults.push(`user ${user}: ${String(error)}`);
    } finally {
      connection.destroy();
    }
  };
  await Promise.all(Array.from({ length: users }, async (_, user) => await visit(user)));
  return tally;
}

async function request(connection: RawConnection, sent: Sent): Promise<ReturnType<typeof judge>> {
  const { call, token } = sent;
  const { how, ms, pad, notBy } = call;
  const body = JSON.stringify({ token: toSecret(token), how, ms, pad, notBy });
  connection.write(post(`/chaos/${call.tool}`, body, [`x-request-id: ${token}`]));
  return judge(sent, await connection.answer({ deadlineMs: answerMs }));
}

/** A second answer to any request would stand before the answer to the last. @throws Error */
async function expectNothingMore(connection: RawConnection): Promise<void> {
  connection.write('GET /healthz HTTP/1.1\r\nhost: test\r\nx-request-id: last\r\n\r\n');
  const { headers } = await connection.answer({ deadlineMs: answerMs });
  if (headers.get('x-request-id') !== 'last') throw new Error('a request was answered twice');
}
