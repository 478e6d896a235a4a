import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { SharedAnswers } from '../../../src/gateway/idempotency/shared-answers.ts';
import { RateLimiter } from '../../../src/limits/rate-limiter.ts';
import { RedisLink } from '../../../src/redis/redis-link.ts';
import { systemClock } from '../../../src/upstream/clock.ts';
import { hostilities, startHostileRedis, type Hostility } from '../../fixtures/hostile-redis.ts';

const megabyte = 1024 * 1024;
const secret = 'hunter2-secret';

interface Rig {
  readonly link: RedisLink;
  readonly lines: readonly string[];
  /** A call with a key. */
  ask(n: number): Promise<string>;
  /** A counted call, and one with a key. */
  call(n: number): Promise<readonly string[]>;
}

async function linkTo(hostility: Hostility, isHonestAtFirst: boolean): Promise<Rig> {
  const server = await startHostileRedis(hostility, isHonestAtFirst);
  const lines: string[] = [];
  const write = (fields: object, message: string): void =>
    void lines.push(JSON.stringify({ ...fields, message }));
  const logger = { debug: write, info: write, warn: write, error: write };
  const link = new RedisLink({ url: server.url, password: secret, prefix: 'x:', fail: 'open' }, logger);
  onTestFinished(async () => {
    link.close();
    await server.stop();
  });
  const limiter = new RateLimiter(link);
  const all = { max: 5, windowMs: 60_000, by: { kind: 'address' } } as const;
  await limiter.replace({ all, servers: new Map() });
  const answers = new SharedAnswers({ redis: link, ttlMs: 60_000, clock: systemClock });
  const answer = { kind: 'body', status: 200, mediaType: 'application/json', body: '1' } as const;
  const ask = async (n: number): Promise<string> => {
    const call = { key: `k${n}`, fingerprint: 'f', isRepeatable: false, isFree: () => false };
    return (await answers.ask({ ...call, make: async () => ({ requestId: 'r', answer }) })).kind;
  };
  return {
    link,
    lines,
    ask,
    async call(n) {
      const request = { identity: undefined, headers: {}, address: () => '10.0.0.1' };
      const counted = await limiter.check('', 'echo', request);
      return [counted.kind, await ask(n)];
    },
  };
}

/** @param made what a call with a key may come to */
async function callAll(rig: Rig, made: readonly string[] = ['first']): Promise<void> {
  const startedAt = performance.now();
  const memory = process.memoryUsage().rss;
  const verdicts: string[] = [];
  for (let n = 0; n < 8; n += 1) {
    const [counted = '', asked] = await rig.call(n);
    verdicts.push(counted);
    expect(made).toContain(asked);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  // Counted here, as there is nothing to count by.
  expect(verdicts).toEqual([...Array<string>(5).fill('allowed'), ...Array<string>(3).fill('limited')]);
  expect(process.memoryUsage().rss - memory).toBeLessThan(200 * megabyte);
  const { lines } = rig;
  expect(lines.filter((line) => line.includes('does not answer')).length).toBeLessThanOrEqual(
    6 + (performance.now() - startedAt) / 1_000,
  );
  expect(lines.join()).not.toContain(secret);
}

describe.each(Object.entries(hostilities))('where a Redis should be, %s', (name, hostility) => {
  test('is as good as nothing (REDIS-08)', async () => {
    const rig = await linkTo(hostility, false);
    await rig.link.settled(300);
    expect(rig.link.isUp).toBe(false);
    await callAll(rig);
  });

  test('after an honest beginning is taken for nothing else (REDIS-08)', async () => {
    const rig = await linkTo(hostility, true);
    await vi.waitFor(() => expect(rig.link.isUp).toBe(true), { timeout: 30_000 });
    // One of them is as a record of a call is, whose answer cannot be read.
    const isRecord = name.startsWith('lists of texts');
    expect(await rig.ask(0)).toBe(isRecord ? 'let_go' : 'first');
    await callAll(rig, isRecord ? ['first', 'let_go'] : ['first']);
  }, 60_000);
});
