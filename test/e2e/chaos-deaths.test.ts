import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { isBuilt } from '../fixtures/gateway-process.ts';
import { isAlive } from '../fixtures/scripted-upstream.ts';
import { startChaos, type ChaosGateway, type Holdings } from './chaos/chaos-gateway.ts';
import { users, type Plan } from './chaos/crowd.ts';
import { count, expectAnswers, expectQuiet, expectRecovery, expectRest, warmUp } from './chaos/trial.ts';

/** First calls that the server keeps until it dies, a fifth of which may be repeated; then more of them. */
function beforeAndAfter(pid: number): Plan {
  return (user, step) => {
    const tool = user % 5 === 0 ? 'work_again' : 'work';
    if (step === 0) return { tool, notBy: pid, endings: [tool === 'work' ? 'upstream_unavailable' : 'ok'] };
    if (step === 4) return undefined;
    const endings = ['ok', 'upstream_unavailable', 'upstream_not_ready'] as const;
    return { tool, ms: user % 40, pauseMs: 30 * step, endings };
  };
}

/** Ends the server. @returns the calls that it took */
async function kill(chaos: ChaosGateway, pid: number, how: string): Promise<number> {
  if (how.startsWith('SIGKILL')) {
    process.kill(pid, 'SIGKILL');
    return 0;
  }
  let isOver = false;
  const last = chaos.call('work', { token: 'last words', how }).finally(() => (isOver = true));
  const more: Array<Promise<unknown>> = [];
  // That nobody reads any more shows when something is written.
  while (how === 'close_stdin' && !isOver) {
    more.push(chaos.call('work', { token: 'unread', notBy: pid }));
    await sleep(50);
  }
  expect((await last).status).toBe(how === 'answer_then_exit' ? 200 : 502);
  return 1 + (await Promise.all(more)).length;
}

// Five in a row are another matter.
const deaths = [
  ['exit_0', 'exit_1', 'half_then_exit', 'SIGKILL from outside'],
  ['close_stdout', 'close_stdin', 'answer_then_exit', 'crash'],
];

describe.skipIf(!isBuilt || process.platform === 'win32')(`${users} users of a server that dies`, () => {
  const gateways: { readonly chaos: ChaosGateway; readonly before: Holdings }[] = [];

  const at = (which: number): (typeof gateways)[number] => {
    const gateway = gateways[which];
    if (gateway === undefined) throw new Error('it was not started');
    return gateway;
  };

  beforeAll(async () => {
    for (const _ of deaths) {
      const chaos = await startChaos();
      gateways.push({ chaos, before: await warmUp(chaos) });
    }
  });

  afterAll(async () => {
    for (const { chaos } of gateways) await chaos.stop();
  });

  test.each(deaths.flatMap((hows, which) => hows.map((how) => [how, which] as const)))(
    'by %s are told at once when their calls may not be repeated, answered when they may, and served again (ERR-06, ERR-07)',
    async (how, which) => {
      const { chaos, before } = at(which);
      const { pid } = await chaos.facts();
      const { restarts } = await chaos.status();
      const tally = await expectAnswers(chaos, beforeAndAfter(pid), async () => {
        await vi.waitFor(async () => expect((await chaos.status()).inFlight).toBe(users), {
          timeout: 30_000,
          interval: 20,
        });
        return await kill(chaos, pid, how);
      });
      expect(count(tally, 'upstream_unavailable')).toBeGreaterThanOrEqual(users * 0.8);
      await expectRecovery(chaos);
      expect((await chaos.facts()).pid).not.toBe(pid);
      expect([isAlive(pid), (await chaos.status()).restarts]).toEqual([false, restarts + 1]);
      await expectQuiet(chaos, before);
    },
  );

  test('leave nothing behind', async () => {
    for (const { chaos, before } of gateways)
      expect((await expectRest(chaos, before)).files).toBe(before.files);
  });
});
