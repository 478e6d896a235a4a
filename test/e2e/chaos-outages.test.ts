import { describe, expect, test, vi } from 'vitest';
import { isBuilt } from '../fixtures/gateway-process.ts';
import { isAlive } from '../fixtures/scripted-upstream.ts';
import { startChaos, type ChaosGateway } from './chaos/chaos-gateway.ts';
import { users, type Plan } from './chaos/crowd.ts';
import type { Ending } from './chaos/outcome.ts';
import { count, expectAnswers, expectRecovery, expectRest, warmUp } from './chaos/trial.ts';

interface Outage {
  readonly timeout: string;
  readonly plan: Plan;
  /** Brings it about, and resolves when the worst is over, with the calls that it took. */
  readonly begin: (chaos: ChaosGateway, pid: number) => Promise<number>;
}

const eventually = { timeout: 40_000, interval: 50 };
const silent: readonly Ending[] = ['ok', 'upstream_timeout', 'upstream_unavailable', 'upstream_not_ready'];

const keepsDying: Outage = {
  timeout: '10s',
  plan: paced('work', 8, ['ok', 'upstream_unavailable', 'upstream_not_ready']),
  async begin(chaos, pid) {
    chaos.failStarts(4);
    process.kill(pid, 'SIGKILL');
    await vi.waitFor(async () => expect((await chaos.status()).circuit).toBe('open'), eventually);
    const answer = await chaos.call('work', { token: 't' });
    expect([answer.status, answer.json()]).toMatchObject([503, { code: 'upstream_not_ready' }]);
    return 1;
  },
};

const stopsReading: Outage = {
  timeout: '4s',
  plan: paced('work_brief', 10, silent),
  async begin(chaos) {
    expect((await chaos.call('work_brief', { token: 't', how: 'deaf' })).status).toBe(504);
    await restarted(chaos);
    return 1;
  },
};

const isStopped: Outage = {
  timeout: '4s',
  plan: paced('work_brief', 10, silent),
  async begin(chaos, pid) {
    process.kill(pid, 'SIGSTOP');
    await restarted(chaos);
    return 0;
  },
};

describe.skipIf(!isBuilt || process.platform === 'win32')(
  `${users} users of a server`,
  // Each outage is waiting above all: they are waited for together.
  { concurrent: true },
  () => {
    test.each<readonly [string, Outage, Ending]>([
      ['keeps dying are told when to come again (ERR-07)', keepsDying, 'upstream_not_ready'],
      ['stops reading for good wait no longer than they should (ERR-08)', stopsReading, 'upstream_timeout'],
      ['is stopped for good wait no longer than they should (ERR-08)', isStopped, 'upstream_timeout'],
    ])('that %s, and are served once another is in its place', async (_what, outage, refusal) => {
      const chaos = await startChaos({ server: { timeout: outage.timeout } });
      try {
        const before = await warmUp(chaos);
        const { pid } = await chaos.facts();
        const tally = await expectAnswers(chaos, outage.plan, async () => await outage.begin(chaos, pid));
        expect(count(tally, refusal)).toBeGreaterThan(users / 2);
        await expectRecovery(chaos);
        expect((await chaos.facts()).pid).not.toBe(pid);
        expect(isAlive(pid)).toBe(false);
        await expectRest(chaos, before);
      } finally {
        await chaos.stop();
      }
    });
  },
);

/** Calls at a pace, so that some fall into each part of an outage. */
function paced(tool: 'work' | 'work_brief', steps: number, endings: readonly Ending[]): Plan {
  return (user, step) =>
    step === steps
      ? undefined
      : { tool: user % 5 === 0 ? 'work_again' : tool, ms: user % 40, pauseMs: 300 + user, endings };
}

async function restarted(chaos: ChaosGateway): Promise<void> {
  await vi.waitFor(async () => expect((await chaos.status()).restarts).toBe(1), eventually);
}
