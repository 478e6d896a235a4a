import { expect, vi } from 'vitest';
import type { ChaosGateway, Holdings } from './chaos-gateway.ts';
import { runCrowd, users, type Plan, type Tally } from './crowd.ts';
import type { Ending } from './outcome.ts';

/** What garbage collection does not take back: compiled code, pools, fragments. */
const heapSlackMb = 6;
const rssSlackMb = 100;
const eventually = { timeout: 30_000, interval: 50 };

/**
 * Lets a crowd call, and expects that every request was answered, once, with what belongs to it and is allowed.
 *
 * @param meanwhile what is done to the server, or beside the crowd; resolves with the number of calls that took
 */
export async function expectAnswers(
  chaos: ChaosGateway,
  plan: Plan,
  meanwhile: () => Promise<number> = () => Promise.resolve(0),
): Promise<Tally> {
  const before = (await chaos.status()).calls;
  const crowd = runCrowd(chaos.port, plan);
  // Whatever happens, no crowd goes on beside the next test.
  const others = await meanwhile().finally(async () => await crowd);
  const tally = await crowd;
  expect(tally.faults.slice(0, 10)).toEqual([]);
  const answered = [...tally.endings.values()].reduce((sum, amount) => sum + amount, 0);
  expect(answered).toBe(tally.requests);
  // The gateway has counted each of them once, and nothing else.
  await vi.waitFor(
    async () => expect((await chaos.status()).calls - before).toBe(tally.requests + others),
    eventually,
  );
  return tally;
}

/** How often a crowd's calls ended like this. */
export function count({ endings }: Tally, ...of: readonly Ending[]): number {
  return of.reduce((sum, ending) => sum + (endings.get(ending) ?? 0), 0);
}

/** Waits until calls succeed again, in the same gateway. */
export async function expectRecovery(chaos: ChaosGateway): Promise<void> {
  await vi.waitFor(async () => {
    const answer = await chaos.call('work_brief', { token: 'again' });
    expect([answer.status, answer.text]).toEqual([200, '{"token":"again","pad":""}']);
  }, eventually);
}

/** What a gateway holds that has seen a crowd, and has nothing to do. */
export async function warmUp(chaos: ChaosGateway): Promise<Holdings> {
  const tally = await expectAnswers(chaos, (_user, step) =>
    step < 2 ? { tool: 'work', ms: 20, endings: ['ok'] } : undefined,
  );
  expect(count(tally, 'ok')).toBe(2 * users);
  return await vi.waitFor(async () => {
    const holdings = await chaos.holdings();
    expect(holdings.resources.get('TCPSocketWrap')).toBeUndefined();
    return holdings;
  }, eventually);
}

/** Expects that no call is left, nor a file that it opened. */
export async function expectQuiet(chaos: ChaosGateway, before: Holdings): Promise<void> {
  await vi.waitFor(async () => {
    expect(await chaos.status()).toMatchObject({ state: 'ready', circuit: 'closed', inFlight: 0, queued: 0 });
    expect(chaos.files()).toBe(before.files);
  }, eventually);
}

/** The same of everything else: memory, and, once the deadlines of calls are over, timers. */
export async function expectRest(chaos: ChaosGateway, before: Holdings): Promise<Holdings> {
  await expectQuiet(chaos, before);
  return await vi.waitFor(async () => {
    const holdings = await chaos.holdings();
    const left = [...holdings.resources].filter(([type, amount]) => amount > idle(type, before));
    expect(left).toEqual([]);
    expect(holdings.heapMb).toBeLessThan(before.heapMb + heapSlackMb);
    expect(holdings.rssMb).toBeLessThan(before.rssMb + rssSlackMb);
    return holdings;
  }, eventually);
}

/** The warm-up's deadlines may still have been running. */
function idle(type: string, { resources }: Holdings): number {
  return type === 'Timeout' ? 0 : (resources.get(type) ?? 0);
}
